"""Recipes for styles side by side on one shop: do styles hold, return, mean something, and end?

`docs/styles.md` describes every figure. Each stands beside what chance gives: shuffled vectors for
silhouettes, shuffled styles for co-purchases, shuffled labels for agreement (the A of ARI and AMI),
one half for novelty.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.style_arrivals import (
    ArrivalFigures,
    Arrivals,
    figures_of_arrivals,
    rule_of,
    streamed,
)
from vitrine.evaluate.style_labels import LABELS, TYPES, agreement, fitted_without, held_out
from vitrine.evaluate.style_purchases import PurchaseFigures, information_of
from vitrine.evaluate.style_silhouettes import BesideChance, silhouettes
from vitrine.metrics import Interval, bootstrap_interval
from vitrine.styles import Looks, Recipe, assign, model_of

if TYPE_CHECKING:
    from vitrine.evaluate.outfits import CoPurchases
    from vitrine.styles import Membership, StyleModel
    from vitrine.types import Json, Rows, Vectors

PAPER_E: Mapping[str, str] = {
    "silhouette": ".1493 (k = 17)",
    "pseudo-label accuracy": "51.40 %",
    "mean confidence": ".82",
}
"""Of its own data: DeepFashion2, 40,940 and 25,988 garments; nothing here compares with it."""


@dataclass(frozen=True, slots=True)
class Design:
    """How styles are measured."""

    k: int | None = None
    """Styles for all recipes; None lets each choose."""
    n_seeds: int = 3
    """Fits of which every pair is compared, 2 or more."""
    n_splits: int = 3
    """Times that a fifth of the types is held out."""
    types: str = TYPES
    """The field whose values are types."""
    purchases: Mapping[tuple[str, ...], CoPurchases] | None = None
    """Of `style_purchases.read_purchases`."""


@dataclass(frozen=True, slots=True)
class StyleFigures:
    """What was measured of one recipe; figures over seeds or splits are means with intervals.

    NaN, or None, where a shop does not say what a figure needs.
    """

    recipe: str
    k: tuple[int, ...]
    """By seed."""
    silhouette: BesideChance
    """Cosine, on the shop's full vectors."""
    own_silhouette: BesideChance
    """In the recipe's own space."""
    davies_bouldin: float
    """On the full vectors; lower is better. Of the first seed, as all that follows."""
    seeds_ari: Interval
    """Of every pair of seeds."""
    halves_ari: float
    """Styles of two halves of the shop, given to all products."""
    ami: Mapping[str, float]
    """By field."""
    purchases: tuple[PurchaseFigures, ...]
    novelty: tuple[float, ...]
    """AUROC by split; none where too few types have enough products."""
    arrivals: ArrivalFigures | None
    mean_confidence: float
    novel_share: float
    seconds: float
    """A fit, with limits and the style of every product; on the clock."""
    processor_s: float

    @property
    def novelty_auroc(self) -> Interval:
        """Over splits."""
        return bootstrap_interval(np.array(self.novelty))

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high], what was not measured is null."""

        def plain(each: Interval) -> list[float | None]:
            return [_rounded(value) for value in (each.figure, each.low, each.high)]

        return {
            "recipe": self.recipe,
            "k": list(self.k),
            "silhouette": self.silhouette.to_json(),
            "own_silhouette": self.own_silhouette.to_json(),
            "davies_bouldin": round(self.davies_bouldin, 4),
            "seeds_ari": plain(self.seeds_ari),
            "halves_ari": round(self.halves_ari, 4),
            "ami": {name: _rounded(value) for name, value in self.ami.items()},
            "purchases": [each.to_json() for each in self.purchases],
            "novelty_auroc": plain(self.novelty_auroc),
            "arrivals": self.arrivals.to_json() if self.arrivals else None,
            "mean_confidence": round(self.mean_confidence, 4),
            "novel_share": round(self.novel_share, 4),
            "seconds": round(self.seconds, 1),
            "processor_seconds": round(self.processor_s, 1),
        }


def evaluate_styles(
    looks: Looks,
    recipes: Sequence[Recipe],
    design: Design | None = None,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> list[StyleFigures]:
    """Measure recipes on the same products, seeds and splits.

    Args:
        looks: a shop's products with their vectors and what the shop says of them
            (`style_labels.own_looks`).
        recipes: to be compared.
        design: how.
        on_step: told what is being done.

    Raises:
        DataError: too few products, or too few co-purchases.
    """
    return [_measured(looks, recipe, design or Design(), on_step) for recipe in recipes]


def _measured(
    looks: Looks, recipe: Recipe, design: Design, on_step: Callable[[str], None]
) -> StyleFigures:
    vectors = looks.vectors
    fits: list[tuple[StyleModel, Membership]] = []
    started, worked = time.perf_counter(), time.process_time()
    for seed in range(design.n_seeds):
        on_step(f"{recipe.name}: seed {seed}")
        model = model_of(recipe.name, recipe.find(vectors, design.k, seed=seed), vectors)
        fits.append((model, assign(model, vectors)))
    seconds = (time.perf_counter() - started) / design.n_seeds
    processor_s = (time.process_time() - worked) / design.n_seeds
    model, membership = fits[0]
    styles = membership.styles
    on_step(f"{recipe.name}: shuffled vectors")
    full, own = silhouettes(recipe, vectors, [(each, its.styles) for each, its in fits])
    on_step(f"{recipe.name}: halves")
    halves = _halves_ari(recipe, vectors, len(model.styles))
    pairs = [_ari(one.styles, other.styles) for (_, one), (_, other) in combinations(fits, 2)]
    purchases = design.purchases or {}
    novelty, arrivals = _novelty(looks, recipe, design, on_step)
    return StyleFigures(
        recipe=recipe.name,
        k=tuple(len(each.styles) for each, _ in fits),
        silhouette=full,
        own_silhouette=own,
        davies_bouldin=_davies_bouldin(vectors, styles),
        seeds_ari=bootstrap_interval(np.array(pairs)),
        halves_ari=halves,
        ami={name: agreement(looks, name, styles) for name in (design.types, *LABELS)},
        purchases=tuple(
            information_of(bought, styles, beyond) for beyond, bought in purchases.items()
        ),
        novelty=novelty,
        arrivals=arrivals,
        mean_confidence=float(membership.confidences.mean()),
        novel_share=float(membership.novel.mean()),
        seconds=seconds,
        processor_s=processor_s,
    )


def _novelty(
    looks: Looks, recipe: Recipe, design: Design, on_step: Callable[[str], None]
) -> tuple[tuple[float, ...], ArrivalFigures | None]:
    """Whether products of types that were held out are told, and when they become styles."""
    from sklearn.metrics import roc_auc_score

    try:
        held_out(looks, 0, design.types)
    except DataError as error:
        on_step(f"{recipe.name}: {error}")
        return (), None
    several = looks.said[design.types].lists
    aurocs: list[float] = []
    streams: list[tuple[Arrivals, Arrivals]] = []
    for split in range(design.n_splits):
        on_step(f"{recipe.name}: unseen types, split {split}")
        held = fitted_without(looks, recipe, split, k=design.k, types=design.types)
        asked = held.novel | held.unseen
        strange = assign(held.model, looks.vectors[asked]).novelty
        aurocs.append(float(roc_auc_score(held.novel[asked], strange)))
        if not several:
            rule = rule_of(held.model)
            streams.append(streamed(looks, held, rule, split, types=design.types))
    return tuple(aurocs), figures_of_arrivals(streams) if streams else None


def _halves_ari(recipe: Recipe, vectors: Vectors, k: int) -> float:
    order = np.random.default_rng(0).permutation(len(vectors))
    found: list[Rows] = []
    for number, rows in enumerate(np.array_split(order, 2)):
        half = vectors[np.sort(rows)]
        model = model_of(recipe.name, recipe.find(half, k, seed=number), half)
        found.append(assign(model, vectors).styles)
    return _ari(found[0], found[1])


def _davies_bouldin(vectors: Vectors, styles: Rows) -> float:
    from sklearn.metrics import davies_bouldin_score

    return float(davies_bouldin_score(vectors, styles))


def _ari(one: Rows, other: Rows) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
