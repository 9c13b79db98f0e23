"""Recipes for styles side by side on one shop: do styles hold, return, mean something, and end?

`docs/styles.md` describes every figure. Each stands beside what chance gives: shuffled vectors for
the silhouette, shuffled labels for agreement (the A of ARI and AMI), one half for novelty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.metrics import Interval, bootstrap_interval
from vitrine.styles import Looks, Recipe, assign, model_of, silhouette_by_chance
from vitrine.styles.separation import cosine_silhouettes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.styles import Membership, StyleModel
    from vitrine.types import Json, Rows, Vectors

LABELS = ("article_type", "usage", "gender")
PAPER_E: Mapping[str, str] = {
    "silhouette": ".1493 (k = 17)",
    "pseudo-label accuracy": "51.40 %",
    "mean confidence": ".82",
}
"""Of its own data: DeepFashion2, 40,940 and 25,988 garments; nothing here compares with it."""

_MOST_OWN = 10_000
_LEAST_OF_TYPE = 30
_HELD_SHARE = 0.2
_UNSEEN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class StyleFigures:
    """What was measured of one recipe; figures over seeds or splits are means with intervals."""

    recipe: str
    k: tuple[int, ...]
    """By seed."""
    silhouette: Interval
    """Cosine, on the shop's full vectors; the first seed."""
    silhouette_shuffled: float
    own_silhouette: float
    """In the recipe's own space; of at most 10,000 products."""
    davies_bouldin: float
    """On the full vectors; lower is better."""
    seeds_ari: Interval
    """Every pair of seeds."""
    halves_ari: float
    """Styles of two halves of the shop, given to all products."""
    ami: Mapping[str, float]
    novelty_auroc: Interval
    """Over splits."""
    mean_confidence: float
    novel_share: float
    seconds: float
    """A fit, with limits."""

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high]."""

        def plain(each: Interval) -> list[float]:
            return [round(value, 4) for value in (each.figure, each.low, each.high)]

        return {
            "recipe": self.recipe,
            "k": list(self.k),
            "silhouette": plain(self.silhouette),
            "silhouette_shuffled": round(self.silhouette_shuffled, 4),
            "own_silhouette": round(self.own_silhouette, 4),
            "davies_bouldin": round(self.davies_bouldin, 4),
            "seeds_ari": plain(self.seeds_ari),
            "halves_ari": round(self.halves_ari, 4),
            "ami": {name: round(value, 4) for name, value in self.ami.items()},
            "novelty_auroc": plain(self.novelty_auroc),
            "mean_confidence": round(self.mean_confidence, 4),
            "novel_share": round(self.novel_share, 4),
            "seconds": round(self.seconds, 1),
        }


def evaluate_styles(
    looks: Looks,
    recipes: Sequence[Recipe],
    *,
    k: int | None = None,
    n_seeds: int = 3,
    n_splits: int = 3,
    on_step: Callable[[str], None] = lambda _: None,
) -> list[StyleFigures]:
    """Measure recipes on the same products, seeds and splits.

    Args:
        looks: a shop's products with their vectors and words.
        recipes: to be compared.
        k: styles for all; None lets each recipe choose.
        n_seeds: fits of which every pair is compared, 2 or more.
        n_splits: times that a fifth of the article types is held out.
        on_step: told what is being done.

    Raises:
        DataError: too few products.
    """
    return [_measured(looks, recipe, k, n_seeds, n_splits, on_step) for recipe in recipes]


def _measured(
    looks: Looks,
    recipe: Recipe,
    k: int | None,
    n_seeds: int,
    n_splits: int,
    on_step: Callable[[str], None],
) -> StyleFigures:
    vectors = looks.vectors
    fits: list[tuple[StyleModel, Membership]] = []
    started = time.perf_counter()
    for seed in range(n_seeds):
        on_step(f"{recipe.name}: seed {seed}")
        model = model_of(recipe.name, recipe.find(vectors, k, seed=seed), vectors)
        fits.append((model, assign(model, vectors)))
    seconds = (time.perf_counter() - started) / n_seeds
    model, membership = fits[0]
    styles = membership.styles
    on_step(f"{recipe.name}: shuffled vectors")
    by_chance = silhouette_by_chance(recipe, vectors, len(model.styles))
    on_step(f"{recipe.name}: halves")
    halves = _halves_ari(recipe, vectors, len(model.styles))
    pairs = [_ari(one.styles, other.styles) for (_, one), (_, other) in combinations(fits, 2)]
    return StyleFigures(
        recipe=recipe.name,
        k=tuple(len(each.styles) for each, _ in fits),
        silhouette=bootstrap_interval(cosine_silhouettes(vectors, styles)),
        silhouette_shuffled=by_chance,
        own_silhouette=_own_silhouette(model, vectors, styles),
        davies_bouldin=_davies_bouldin(vectors, styles),
        seeds_ari=bootstrap_interval(np.array(pairs)),
        halves_ari=halves,
        ami={name: _ami(looks, name, styles) for name in LABELS if name in looks.said},
        novelty_auroc=bootstrap_interval(
            np.array(
                [_novelty_auroc(looks, recipe, k, split, on_step) for split in range(n_splits)]
            )
        ),
        mean_confidence=float(membership.confidences.mean()),
        novel_share=float(membership.novel.mean()),
        seconds=seconds,
    )


def held_out(looks: Looks, split: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Products (n,) of the article types that are held out, and others that no fit sees.

    Raises:
        DataError: fewer than 5 article types have 30 products.
    """
    column = looks.said.get("article_type")
    sizes = np.bincount(column.codes[column.known()]) if column else np.empty(0, np.int64)
    types = np.flatnonzero(sizes >= _LEAST_OF_TYPE)
    if column is None or len(types) < 5:
        raise DataError(
            f"novelty is measured by holding article types out; {len(types)} of them have "
            f"{_LEAST_OF_TYPE} products, and 5 are needed"
        )
    rng = np.random.default_rng(split)
    held = rng.choice(types, max(1, round(len(types) * _HELD_SHARE)), replace=False)
    novel = np.isin(column.codes, held)
    unseen = ~novel & (rng.random(len(novel)) < _UNSEEN_SHARE)
    return novel, unseen


def _novelty_auroc(
    looks: Looks, recipe: Recipe, k: int | None, split: int, on_step: Callable[[str], None]
) -> float:
    from sklearn.metrics import roc_auc_score

    on_step(f"{recipe.name}: unseen types, split {split}")
    novel, unseen = held_out(looks, split)
    seen = looks.vectors[~novel & ~unseen]
    model = model_of(recipe.name, recipe.find(seen, k, seed=split), seen)
    asked = novel | unseen
    return float(roc_auc_score(novel[asked], assign(model, looks.vectors[asked]).novelty))


def _halves_ari(recipe: Recipe, vectors: Vectors, k: int) -> float:
    order = np.random.default_rng(0).permutation(len(vectors))
    found: list[Rows] = []
    for number, rows in enumerate(np.array_split(order, 2)):
        half = vectors[np.sort(rows)]
        model = model_of(recipe.name, recipe.find(half, k, seed=number), half)
        found.append(assign(model, vectors).styles)
    return _ari(found[0], found[1])


def _own_silhouette(model: StyleModel, vectors: Vectors, styles: Rows) -> float:
    from sklearn.metrics import silhouette_score

    from vitrine.styles.model import projected

    if not model.projection:
        return float(cosine_silhouettes(vectors, styles).mean())
    rows = np.random.default_rng(0).permutation(len(vectors))[:_MOST_OWN]
    return float(silhouette_score(projected(model.projection, vectors[rows]), styles[rows]))


def _davies_bouldin(vectors: Vectors, styles: Rows) -> float:
    from sklearn.metrics import davies_bouldin_score

    return float(davies_bouldin_score(vectors, styles))


def _ari(one: Rows, other: Rows) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def _ami(looks: Looks, name: str, styles: Rows) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    column = looks.said[name]
    told = column.known()
    return float(adjusted_mutual_info_score(column.codes[told], styles[told]))
