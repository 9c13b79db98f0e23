"""All styles of a shop with their products, as people look at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from vitrine.index import TAG_OF, ChoiceColumn, Columns, Snapshot, choice_of
from vitrine.index.columns import MISSING
from vitrine.styles.membership import Membership, assign
from vitrine.styles.model import StyleModel
from vitrine.styles.naming import ADJECTIVE_FIELDS, NOUN_FIELDS, SURE, Typical, typical_words
from vitrine.styles.palette import Swatch
from vitrine.styles.separation import likely_distance
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.types import Json, Rows, Vectors

N_EXEMPLARS = 8
_N_NEIGHBOURS = 4
_N_TYPICAL = 8
TOO_ALIKE = 0.97  # cosine from which two exemplars show the same thing twice
_BOUNDARY = 6
_N_APART = 3
_ONLY_OF = {"pattern": ("master_category", ("Apparel",))}
"""What an encoder says of every photo, and where it means something: a watch has no stripes."""
_OWN_WORDS_ONLY = ("sleeve_length",)
"""What encoders tell badly, so that only the shop's own word counts."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Products that have a photo: which, how they look, and what they say."""

    rows: Rows
    """(n,) product rows of the snapshot."""
    product_ids: tuple[str, ...]
    vectors: Vectors
    """(n, dim) unit vectors of their first photos."""
    said: dict[str, ChoiceColumn]
    """Field -> what each of them says, else the sure tag."""


@dataclass(frozen=True, slots=True)
class StyleSummary:
    """A style in a list."""

    style_id: str
    name: str
    size: int
    exemplars: tuple[str, ...]
    """Product ids, the nearest to the style's centre first, no two nearly the same photo."""
    by_hand: bool
    """Whether a person gave the name."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "style_id": self.style_id,
            "name": self.name,
            "size": self.size,
            "exemplars": list(self.exemplars),
            "named_by_hand": self.by_hand,
        }


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A style beside another."""

    style_id: str
    name: str
    cosine: float
    """Of the two nearest centroids' middles."""
    apart: tuple[Typical, ...]
    """What this style's products say more often than the neighbour's; lift is over both."""
    between: tuple[str, ...]
    """Products on the border of the two."""


@dataclass(frozen=True, slots=True)
class StyleDetail:
    """A style and what sets it apart."""

    summary: StyleSummary
    share: float
    """Of the shop's products with a photo."""
    mean_confidence: float
    typical: tuple[Typical, ...]
    """What its products say more often than others."""
    neighbours: tuple[Neighbour, ...]
    """The nearest first."""
    palette: tuple[Swatch, ...] = ()
    """The largest share first; empty where no photo was looked at."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return self.summary.to_json() | {
            "share": round(self.share, 4),
            "mean_confidence": round(self.mean_confidence, 4),
            "palette": [each.to_json() for each in self.palette],
            "typical": [each.to_json() for each in self.typical],
            "neighbours": [
                {
                    "style_id": each.style_id,
                    "name": each.name,
                    "cosine": round(each.cosine, 4),
                    "apart": [word.to_json() for word in each.apart],
                    "between": list(each.between),
                }
                for each in self.neighbours
            ],
        }


def looks_of(view: Snapshot) -> Looks:
    """What styles are found in: the products that a photo stands for."""
    rows = np.flatnonzero(view.with_photo(view.alive))
    said: dict[str, ChoiceColumn] = {}
    for name in (*NOUN_FIELDS, *ADJECTIVE_FIELDS, "season"):
        if column := _column(view.columns, name):
            said[name] = ChoiceColumn(column.codes[rows], column.words, column.lists)
    for name, (field, values) in _ONLY_OF.items():
        if name in said and field in said:
            codes = np.where(said[field].has(values), said[name].codes, MISSING)
            said[name] = ChoiceColumn(codes, said[name].words, said[name].lists)
    ids = tuple(view.product_ids[row] for row in rows.tolist())
    return Looks(rows, ids, unit(view.main_vectors(rows)), said)


def _column(columns: Columns, name: str) -> ChoiceColumn | None:
    if name in _OWN_WORDS_ONLY:
        return columns.choices.get(name) or columns.extra.get(name)
    known = {*columns.choices, *columns.tags}
    return choice_of(columns, name) if {name, TAG_OF.get(name)} & known else None


@dataclass(frozen=True)
class StyleBoard:
    """Styles and the products of a shop as it is now."""

    model: StyleModel
    looks: Looks

    @cached_property
    def membership(self) -> Membership:
        """The style of each product of `looks`."""
        return assign(self.model, self.looks.vectors)

    @cached_property
    def one_style_within(self) -> float:
        """The cosine distance at which two products are as likely of one style as of two."""
        return likely_distance(self.looks.vectors, self.membership.styles)

    @cached_property
    def closeness(self) -> Vectors:
        """(n,) affinity of each product with the nearest centroid of its style."""
        near = self.model.affinity(self.looks.vectors)
        foreign = self.model.style_of[None] != self.membership.styles[:, None]
        return np.where(foreign, -np.inf, near).max(axis=1)

    @cached_property
    def summaries(self) -> tuple[StyleSummary, ...]:
        """Every style, the largest first."""
        found = [self._summary(position) for position in range(len(self.model.styles))]
        return tuple(sorted(found, key=lambda each: (-each.size, each.style_id)))

    def members(self) -> Iterator[tuple[str, str, float]]:
        """Product id, style id and confidence of every product with a photo."""
        ids = [style.style_id for style in self.model.styles]
        for product_id, style, confidence in zip(
            self.looks.product_ids,
            self.membership.styles.tolist(),
            self.membership.confidences.tolist(),
            strict=True,
        ):
            yield product_id, ids[style], confidence

    def detail(self, style_id: str) -> StyleDetail:
        """One style and its neighbours.

        Raises:
            NotFoundError: there is no such style.
        """
        position = self.model.position(style_id)
        members = self.membership.styles == position
        confidences = self.membership.confidences[members]
        return StyleDetail(
            summary=self._summary(position),
            share=float(members.mean()) if len(members) else 0.0,
            mean_confidence=float(confidences.mean()) if len(confidences) else 0.0,
            typical=tuple(self._typical[position][:_N_TYPICAL]),
            neighbours=tuple(self._neighbours(position)),
        )

    def exemplars(self, position: int, k: int = N_EXEMPLARS) -> list[int]:
        """Rows of `looks` nearest to a style's centre, no two nearly the same photo."""
        rows = np.flatnonzero(self.membership.styles == position)
        rows = rows[np.argsort(-self.closeness[rows], kind="stable")]
        return different(self.looks.vectors, rows.tolist(), k)

    def sample(self, style_id: str, k: int) -> list[str]:
        """Give up to k products of a style, evenly from its middle to its rim.

        Raises:
            NotFoundError: there is no such style.
        """
        rows = np.flatnonzero(self.membership.styles == self.model.position(style_id))
        rows = rows[np.argsort(-self.closeness[rows], kind="stable")]
        places = np.unique(np.linspace(0, max(0, len(rows) - 1), k).round().astype(np.int64))
        return [self.looks.product_ids[row] for row in rows[places[: len(rows)]].tolist()]

    @cached_property
    def _typical(self) -> list[list[Typical]]:
        return typical_words(self.looks.said, self.membership.styles, len(self.model.styles))

    def _summary(self, position: int) -> StyleSummary:
        style = self.model.styles[position]
        size = int(np.count_nonzero(self.membership.styles == position))
        ids = tuple(self.looks.product_ids[row] for row in self.exemplars(position))
        return StyleSummary(style.style_id, style.name, size, ids, style.by_hand)

    def _neighbours(self, position: int) -> Iterator[Neighbour]:
        own = self.model.style_of == position
        cosines = (self.model.anchors[own] @ self.model.anchors.T).max(axis=0)
        best = np.full(len(self.model.styles), -2.0)
        np.maximum.at(best, self.model.style_of, cosines)
        best[position] = -2.0
        for other in np.argsort(-best, kind="stable")[:_N_NEIGHBOURS].tolist():
            if other != position:
                style = self.model.styles[other]
                between = tuple(self._between(position, other))
                apart = tuple(self._apart(position, other))
                yield Neighbour(style.style_id, style.name, float(best[other]), apart, between)

    def _apart(self, one: int, other: int) -> Iterator[Typical]:
        """What products of one style say more often than those of another, the surest first.

        Of a path and its last part, `Shoes > Heels` and `Heels`, only the surer one is given.
        """
        pair = np.full(len(self.membership.styles), -1)
        pair[self.membership.styles == one], pair[self.membership.styles == other] = 0, 1
        words = (each for each in typical_words(self.looks.said, pair, 2)[0] if each.z >= SURE)
        different = {each.word.rpartition(">")[2].strip().casefold(): each for each in words}
        yield from islice(different.values(), _N_APART)

    def _between(self, one: int, other: int) -> Iterator[str]:
        """Products of either that lie nearest to where both are equally near."""
        rows = np.flatnonzero(np.isin(self.membership.styles, (one, other)))
        near = self.model.affinity(self.looks.vectors[rows])
        to_one = near[:, self.model.style_of == one].max(axis=1)
        to_other = near[:, self.model.style_of == other].max(axis=1)
        nearest = np.argsort(np.abs(to_one - to_other), kind="stable")
        for row in different(self.looks.vectors, rows[nearest].tolist(), _BOUNDARY):
            yield self.looks.product_ids[row]


def different(vectors: Vectors, rows: Sequence[int], k: int) -> list[int]:
    """The first k rows that do not look nearly like one before them."""
    kept: list[int] = []
    for row in rows:
        if len(kept) == k:
            break
        if not kept or float((vectors[kept] @ vectors[row]).max()) < TOO_ALIKE:
            kept.append(row)
    return kept
