"""From a shop's vectors and words to its styles, with the figures that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.clustering import cluster, nearest
from vitrine.styles.matching import kept_styles
from vitrine.styles.membership import Membership, fitted_limits
from vitrine.styles.model import StyleModel
from vitrine.styles.naming import style_names
from vitrine.styles.novelty import whitening_of
from vitrine.styles.separation import cosine_silhouettes, shuffled

if TYPE_CHECKING:
    from vitrine.index import ChoiceColumn
    from vitrine.types import Vectors

DEFAULT_RECIPE = "merged-prototypes"
MOST_MEASURED = 20_000

Recipe = Callable[["Vectors", int | None, int], "Vectors"]
"""Unit vectors (n, dim), how many styles or None, a seed -> centroids (k, dim)."""

RECIPES: Mapping[str, Recipe] = {
    DEFAULT_RECIPE: lambda vectors, k, seed: cluster(vectors, k, seed=seed)
}


@dataclass(frozen=True, slots=True)
class Found:
    """Centroids and limits, before any style has an id or a name."""

    recipe: str
    centroids: Vectors
    """(k, dim) unit vectors."""
    sharpness: float
    novel_from: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How well styles hold together; `docs/styles.md` says what each figure can tell."""

    silhouette: float
    """Mean over all products, cosine, on the shop's full vectors; -1..1."""
    silhouette_shuffled: float
    """The same of the same recipe with as many styles on shuffled vectors, at most 20,000."""
    mean_confidence: float
    novel_share: float


def find_styles(
    vectors: Vectors, k: int | None = None, *, recipe: str = DEFAULT_RECIPE, seed: int = 0
) -> Found:
    """Find styles in unit vectors (n, dim).

    Raises:
        DataError: too few products, or too few that differ.
        UsageError: k is below 2.
    """
    centroids = RECIPES[recipe](vectors, k, seed)
    return Found(recipe, centroids, *fitted_limits(vectors, centroids, seed))


def settled_model(
    found: Found,
    vectors: Vectors,
    said: Mapping[str, ChoiceColumn],
    *,
    encoder_sha256: str,
    before: StyleModel | None = None,
) -> StyleModel:
    """Give what was found ids and names; styles that were there before keep theirs.

    Args:
        found: centroids and limits.
        vectors: (n, dim) unit vectors of the shop's products.
        said: field -> what each of those n products says.
        encoder_sha256: of the encoder whose vectors these are.
        before: styles over the same encoder's vectors, if there were any.
    """
    styles, style_of, number = kept_styles(found.centroids, before)
    model = StyleModel(
        recipe=found.recipe,
        encoder_sha256=encoder_sha256,
        styles=styles,
        centroids=found.centroids,
        style_of=style_of,
        whitening=whitening_of(vectors, found.centroids),
        sharpness=found.sharpness,
        novel_from=found.novel_from,
        next_number=number,
    )
    return with_names(model, vectors, said)


def with_names(model: StyleModel, vectors: Vectors, said: Mapping[str, ChoiceColumn]) -> StyleModel:
    """Name every style anew but those that a person named; no two names are alike."""
    positions = model.style_of[nearest(vectors, model.centroids)[0]]
    by_hand = [style.name for style in model.styles if style.by_hand]
    names = style_names(said, positions, len(model.styles), by_hand)
    styles = (
        style if style.by_hand else replace(style, name=name)
        for style, name in zip(model.styles, names, strict=True)
    )
    return replace(model, styles=tuple(styles))


def figures_of(model: StyleModel, vectors: Vectors, membership: Membership) -> Figures:
    """Measure styles on the products (n, dim) that they were found in."""
    some = shuffled(_some(vectors))
    control = RECIPES[model.recipe](some, len(model.styles), 0)
    by_chance = float(cosine_silhouettes(some, nearest(some, control)[0]).mean())
    return Figures(
        silhouette=float(cosine_silhouettes(vectors, membership.styles).mean()),
        silhouette_shuffled=by_chance,
        mean_confidence=float(membership.confidences.mean()),
        novel_share=float(membership.novel.mean()),
    )


def _some(vectors: Vectors) -> Vectors:
    if len(vectors) <= MOST_MEASURED:
        return vectors
    rows = np.random.default_rng(0).choice(len(vectors), MOST_MEASURED, replace=False)
    return vectors[np.sort(rows)]
