"""From a shop's vectors and words to its styles, with the figures that belong to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vitrine.styles.clustering import cluster
from vitrine.styles.matching import kept_styles, same_look, same_products
from vitrine.styles.membership import Membership, assign, fitted_limits, nearest_centroids
from vitrine.styles.model import Layer, Limits, Style, StyleModel
from vitrine.styles.moving import moved
from vitrine.styles.naming import style_names
from vitrine.styles.novelty import whitening_of
from vitrine.styles.separation import cosine_silhouettes, group_sums
from vitrine.styles.separation import shuffled as shuffled_vectors
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.index import ChoiceColumn
    from vitrine.types import Vectors

DEFAULT_RECIPE = "merged-prototypes"
MOST_MEASURED = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """Centroids and limits, before any style has an id or a name."""

    centroids: Vectors
    """(k, dim) unit vectors, or (k, width) behind the projection."""
    limits: Limits
    projection: tuple[Layer, ...] = ()


class Recipe(Protocol):
    """A way to find styles."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def find(self, vectors: Vectors, k: int | None = None, *, seed: int = 0) -> Found:
        """Find styles in unit vectors (n, dim).

        Args:
            vectors: of products.
            k: how many styles; None lets the recipe choose.
            seed: of whatever it draws.

        Raises:
            DataError: too few products, or too few that differ.
            UsageError: k is below 2.
        """
        ...


class MergedPrototypes:
    """The default recipe: `clustering` tells of it."""

    name = DEFAULT_RECIPE

    def find(self, vectors: Vectors, k: int | None = None, *, seed: int = 0) -> Found:
        """Find styles; k of them, or as few as separate products nearly best."""
        centroids = cluster(vectors, k, seed=seed)
        return Found(centroids, fitted_limits(vectors, centroids, seed))


RECIPES: Mapping[str, Recipe] = {DEFAULT_RECIPE: MergedPrototypes()}
"""Recipes that need no training; those that do are handed over by whoever may train."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well styles hold together; `docs/styles.md` says what each figure can tell."""

    silhouette: float
    """Mean over all products, cosine, on the shop's full vectors; -1..1."""
    silhouette_shuffled: float
    """The same of the same recipe with as many styles on shuffled vectors, at most 20,000."""
    mean_confidence: float
    novel_share: float


def model_of(
    recipe: str, found: Found, vectors: Vectors, *, encoder_sha256: str = ""
) -> StyleModel:
    """A model without names, one style for each centroid."""
    k = len(found.centroids)
    bare = StyleModel(
        recipe=recipe,
        encoder_sha256=encoder_sha256,
        styles=tuple(Style(f"s{number:02}", "") for number in range(1, k + 1)),
        centroids=found.centroids,
        style_of=np.arange(k),
        anchors=found.centroids,
        whitening=np.eye(vectors.shape[1], dtype=np.float32),
        limits=found.limits,
        next_number=k + 1,
        projection=found.projection,
    )
    if not found.projection:
        return replace(bare, whitening=whitening_of(vectors, found.centroids))
    rows = assign(bare, vectors).styles
    return replace(bare, anchors=unit(group_sums(vectors, rows, k)))


def settled_model(
    recipe: str,
    found: Found,
    vectors: Vectors,
    said: Mapping[str, ChoiceColumn],
    *,
    encoder_sha256: str = "",
    before: StyleModel | None = None,
    product_ids: Sequence[str] = (),
) -> StyleModel:
    """Give what was found ids and names; styles that were there before keep theirs.

    Args:
        recipe: that found it.
        found: centroids and limits.
        vectors: (n, dim) unit vectors of the shop's products.
        said: field -> what each of those n products says.
        encoder_sha256: of the encoder whose vectors these are.
        before: styles over the same encoder's vectors, or with what they held, if there were any.
        product_ids: of the n products; needed where `before` goes by what styles held.
    """
    model = model_of(recipe, found, vectors, encoder_sha256=encoder_sha256)
    same = np.full(len(found.centroids), -1)
    if before is not None and before.held is not None:
        before, held = moved(before, before.held, product_ids, vectors)
        same = same_products(nearest_centroids(model, vectors), held, len(same))
    elif before is not None:
        same = same_look(model.anchors, before.anchors)
    styles, style_of, number = kept_styles(same, before)
    model = replace(model, styles=styles, style_of=style_of, next_number=number)
    return with_names(_with_named_ones(model, before, vectors), vectors, said)


def _with_named_ones(model: StyleModel, before: StyleModel | None, vectors: Vectors) -> StyleModel:
    """Add again what people named or accepted and the recipe did not find, if it has products."""
    if before is None:
        return model
    found = {style.style_id for style in model.styles}
    for place, style in enumerate(before.styles):
        anchors = before.anchors[before.style_of == place]
        if not style.by_hand or style.style_id in found or not len(anchors):
            continue
        grown = model
        for anchor in anchors:
            grown = grown.grown(anchor, style)
        if (assign(grown, vectors).styles == len(grown.styles) - 1).any():
            model = grown
    return model


def with_names(model: StyleModel, vectors: Vectors, said: Mapping[str, ChoiceColumn]) -> StyleModel:
    """Name every style anew but those that a person named; no two names are alike."""
    by_hand = [style.name for style in model.styles if style.by_hand]
    names = style_names(said, assign(model, vectors).styles, len(model.styles), by_hand)
    styles = (
        style if style.by_hand else replace(style, name=name)
        for style, name in zip(model.styles, names, strict=True)
    )
    return replace(model, styles=tuple(styles))


def figures_of(
    recipe: Recipe, model: StyleModel, vectors: Vectors, membership: Membership
) -> Figures:
    """Measure styles on the products (n, dim) that they were found in."""
    return Figures(
        silhouette=float(cosine_silhouettes(vectors, membership.styles).mean()),
        silhouette_shuffled=silhouette_by_chance(recipe, vectors, len(model.styles)),
        mean_confidence=float(membership.confidences.mean()),
        novel_share=float(membership.novel.mean()),
    )


def silhouette_by_chance(recipe: Recipe, vectors: Vectors, k: int, seed: int = 0) -> float:
    """The silhouette of k styles that a recipe finds in shuffled vectors, at most 20,000."""
    mixed = shuffled_vectors(_some(vectors, seed), seed)
    model = model_of(recipe.name, recipe.find(mixed, max(2, k), seed=seed), mixed)
    return float(cosine_silhouettes(mixed, assign(model, mixed).styles).mean())


def _some(vectors: Vectors, seed: int) -> Vectors:
    if len(vectors) <= MOST_MEASURED:
        return vectors
    rows = np.random.default_rng(seed).choice(len(vectors), MOST_MEASURED, replace=False)
    return vectors[np.sort(rows)]
