"""Silhouettes of a recipe's styles, on the full vectors and in its own space, beside chance.

Chance is the same recipe with as many styles on shuffled vectors, of all products up to 20,000 and
of a seeded sample beyond. On the full vectors the figure is exact over all products (cosine); in a
space behind a projection distances are Euclidean, and beyond 20,000 products are sampled as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.metrics import Interval, bootstrap_interval, paired_difference
from vitrine.metrics.resampling import interval_of, mean_draws
from vitrine.styles import Recipe, StyleModel, assign, model_of
from vitrine.styles.model import projected
from vitrine.styles.separation import cosine_silhouettes, shuffled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Json, Rows, Vectors

    Silhouettes = NDArray[np.float64]

MOST_MEASURED = 20_000


@dataclass(frozen=True, slots=True)
class BesideChance:
    """Silhouettes of products, each the mean over seeds, and of shuffled ones."""

    each: Silhouettes
    """(n,)"""
    each_shuffled: Silhouettes
    """(m,)"""

    @property
    def found(self) -> Interval:
        """Mean over products."""
        return bootstrap_interval(self.each)

    @property
    def shuffled(self) -> Interval:
        """Mean of what the recipe finds in shuffled vectors."""
        return bootstrap_interval(self.each_shuffled)

    @property
    def above(self) -> Interval:
        """The one less the other."""
        draws = mean_draws(self.each)[:, 0] - mean_draws(self.each_shuffled, seed=1)[:, 0]
        return interval_of(float(self.each.mean() - self.each_shuffled.mean()), draws)

    def to_json(self) -> Json:
        """Each is [figure, low, high]."""
        named = {"found": self.found, "shuffled": self.shuffled, "above": self.above}
        return {
            name: [round(value, 4) for value in (each.figure, each.low, each.high)]
            for name, each in named.items()
        }


@dataclass(frozen=True, slots=True)
class Lead:
    """How far one recipe's silhouettes lie above another's; by product, paired."""

    found: Interval
    shuffled: Interval
    """The same of what both find in the same shuffled vectors."""
    beyond: Interval
    """What is left of the lead when that of chance is taken off."""


def lead(ours: BesideChance, theirs: BesideChance) -> Lead:
    """Compare silhouettes of the same products."""
    found = mean_draws(ours.each - theirs.each)[:, 0]
    chance = mean_draws(ours.each_shuffled - theirs.each_shuffled, seed=1)[:, 0]
    beyond = ours.above.figure - theirs.above.figure
    return Lead(
        paired_difference(ours.each, theirs.each),
        paired_difference(ours.each_shuffled, theirs.each_shuffled),
        interval_of(beyond, found - chance),
    )


def silhouettes(
    recipe: Recipe, vectors: Vectors, fits: Sequence[tuple[StyleModel, Rows]]
) -> tuple[BesideChance, BesideChance]:
    """On the full vectors, and in the recipe's own space.

    Args:
        recipe: that found the styles.
        vectors: (n, dim) unit vectors that they were found in.
        fits: by seed from 0 on, the model and the style of each product.
    """
    rows = _measured_rows(len(vectors))
    some = vectors[rows]
    real = [(model, some, styles[rows]) for model, styles in fits]
    chance = [_by_chance(recipe, some, model, seed) for seed, (model, _) in enumerate(fits)]
    full = BesideChance(
        np.mean([cosine_silhouettes(vectors, styles) for _, styles in fits], axis=0),
        np.mean([cosine_silhouettes(mixed, styles) for _, mixed, styles in chance], axis=0),
    )
    if not fits[0][0].projection:
        return full, full
    own = (np.mean([_own(*each) for each in fitted], axis=0) for fitted in (real, chance))
    return full, BesideChance(*own)


def _by_chance(
    recipe: Recipe, vectors: Vectors, fitted: StyleModel, seed: int
) -> tuple[StyleModel, Vectors, Rows]:
    """As many styles in shuffled vectors: the model, the vectors, and the style of each."""
    mixed = shuffled(vectors, seed)
    found = recipe.find(mixed, max(2, len(fitted.styles)), seed=seed)
    model = model_of(recipe.name, found, mixed)
    return model, mixed, assign(model, mixed).styles


def _own(model: StyleModel, vectors: Vectors, styles: Rows) -> Silhouettes:
    """Euclidean, behind the projection; zeros where there is one style."""
    from sklearn.metrics import silhouette_samples

    if len(np.unique(styles)) < 2:
        return np.zeros(len(vectors))
    return np.asarray(silhouette_samples(projected(model.projection, vectors), styles), np.float64)


def _measured_rows(n: int) -> Rows:
    if n <= MOST_MEASURED:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, MOST_MEASURED, replace=False))
