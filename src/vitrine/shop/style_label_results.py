"""What a shop tells of its labels: what to ask, how far it is, and what products are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitrine.styles.labelling import CurvePoint
    from vitrine.types import Json

_ROUND = 4


@dataclass(frozen=True, slots=True)
class AskedProduct:
    """A product that somebody should label, and why."""

    product_id: str
    reason: str
    """middle: of its style; border: of two; unlike: all that has a label; chance: a check."""
    style_id: str
    beside: str
    """The id of the style that comes next; the same one where there is no other."""
    proposed: tuple[tuple[str, float], ...]
    """The likeliest words so far, with their probabilities."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        proposed = [{"label": word, "probability": round(p, _ROUND)} for word, p in self.proposed]
        said = {name: getattr(self, name) for name in ("product_id", "reason", "style_id")}
        return {**said, "beside": self.beside, "proposed": proposed}


@dataclass(frozen=True, slots=True)
class ProductLabel:
    """What a product is called."""

    product_id: str
    label: str
    """Empty where nobody gave any label yet."""
    probability: float
    given: bool
    """Whether a person said so."""
    unsure: bool

    def to_json(self) -> Json:
        """The shape that the HTTP API prints."""
        return asdict(self) | {"probability": round(self.probability, _ROUND)}


@dataclass(frozen=True, slots=True)
class LabelProgress:
    """How far labels have come."""

    n_labels: int
    n_products: int
    """With a photo."""
    n_skipped: int
    words: Mapping[str, int]
    """How often each was given, the commonest first."""
    n_unsure: int
    """Products of which no word has half of the probability."""
    n_checked: int
    """Labelled products that were asked for by chance; the curve is judged by these."""
    curve: tuple[CurvePoint, ...]
    """Empty where fewer than 4 were checked."""

    def brought(self) -> tuple[float | None, ...]:
        """The share that each label brought since the point before, by point of the curve."""
        gains: list[float | None] = [None] if self.curve else []
        for before, here in pairwise(self.curve):
            gains.append((here.right - before.right) / (here.n_labels - before.n_labels))
        return tuple(gains)

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        points = [
            {name: round(value, _ROUND) for name, value in asdict(each).items()}
            | {"brought": None if brought is None else round(brought, _ROUND + 2)}
            for each, brought in zip(self.curve, self.brought(), strict=True)
        ]
        return {
            "labels": self.n_labels,
            "products": self.n_products,
            "skipped": self.n_skipped,
            "unsure": self.n_unsure,
            "checked": self.n_checked,
            "words": [{"label": word, "given": n} for word, n in self.words.items()],
            "curve": points,
        }
