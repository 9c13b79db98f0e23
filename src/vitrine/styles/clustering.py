"""The default recipe: many small groups, merged into a tree, cut, and settled.

Spherical k-means (Dhillon and Modha, 2001) alone ends elsewhere with every seed. Many more centres
than styles (256) say nearly the same whatever the seed. Joined two by two by Ward's rule (Ward,
1963) they give one tree, and a cut of that tree is a start from which spherical k-means settles in
a few steps. `docs/styles.md` has the figures against the alternatives.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, UsageError
from vitrine.styles.separation import cosine_silhouettes, group_sums
from vitrine.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

N_PROTOTYPES = 256
LEAST_PRODUCTS = 3
_MOST_FOR_PROTOTYPES = 100_000
_MOST_FOR_CHOOSING = 20_000
_STEPS = 12
_PROTOTYPE_STEPS = 15
_BLOCK = 16_384
_NUMBERS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 17, 20, 25, 30, 35, 40, 50, 60)
_TREES_FOR_CHOOSING = 3
_LEAST_MEMBERS = 8  # on average, in a style of a shop that does not say how many it wants
_AS_GOOD = 0.98  # of the best silhouette: fewer styles are easier to know


@dataclass(frozen=True, slots=True)
class Prototypes:
    """Small groups of vectors: their centres, and how many vectors each stands for."""

    centres: Vectors
    sizes: NDArray[np.float64]


def cluster(vectors: Vectors, k: int | None = None, *, seed: int = 0) -> Vectors:
    """Find k groups of unit vectors.

    Args:
        vectors: (n, dim), rows of length 1.
        k: how many; None takes the smallest number whose silhouette is nearly the best.
        seed: of the prototypes; it hardly matters, and that is the point.

    Returns:
        (k, dim) unit vectors, the centroids.

    Raises:
        DataError: fewer than 3 vectors, or fewer different ones than k.
        UsageError: k is below 2.
    """
    if k is not None and k < 2:
        raise UsageError(f"k is {k}; there are at least 2 styles")
    if len(vectors) < LEAST_PRODUCTS:
        raise DataError(
            f"{len(vectors)} products have a photo; styles need at least {LEAST_PRODUCTS}"
        )
    prototypes = _prototypes(_some(vectors, _MOST_FOR_PROTOTYPES, seed), seed)
    if k is not None and k > len(prototypes.centres):
        raise DataError(
            f"{k} styles were asked for, and the photos make {len(prototypes.centres)} small "
            "groups that differ; ask for fewer"
        )
    tree = ward_tree(prototypes)
    chosen = k or _number_of_styles(vectors, prototypes, tree, seed)
    return _settled(vectors, prototypes, tree, chosen)


def nearest(vectors: Vectors, centres: Vectors) -> tuple[Rows, NDArray[np.float32]]:
    """The nearest centre of each vector, (n,), and its cosine, (n,)."""
    rows = np.empty(len(vectors), dtype=np.int64)
    cosines = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        scores = vectors[start : start + _BLOCK] @ centres.T
        best = scores.argmax(axis=1)
        rows[start : start + _BLOCK] = best
        cosines[start : start + _BLOCK] = scores[np.arange(len(best)), best]
    return rows, cosines


def ward_tree(prototypes: Prototypes) -> list[tuple[int, int, float]]:
    """Join groups two by two, each time those whose union spreads least (Ward's rule).

    Returns:
        m - 1 of (group that stays, group that joins it, growth of the spread), in their order;
        growths rise.
    """
    centres = prototypes.centres.astype(np.float64)
    sizes = prototypes.sizes.copy()
    costs = _joining_costs(centres, sizes)
    alive = np.ones(len(centres), dtype=np.bool_)
    merges: list[tuple[int, int, float]] = []
    for _ in range(len(centres) - 1):
        stays, joins = map(int, np.unravel_index(costs.argmin(), costs.shape))
        merges.append((stays, joins, float(costs[stays, joins])))
        both = sizes[stays] + sizes[joins]
        centres[stays] = (sizes[stays] * centres[stays] + sizes[joins] * centres[joins]) / both
        sizes[stays], alive[joins] = both, False
        costs[joins], costs[:, joins] = np.inf, np.inf
        away = ((centres - centres[stays]) ** 2).sum(axis=1) * sizes * both / (sizes + both)
        away[~alive], away[stays] = np.inf, np.inf
        costs[stays], costs[:, stays] = away, away
    return merges


def cut(merges: Sequence[tuple[int, int, float]], k: int) -> Rows:
    """The group, 0..k-1, of each of the m leaves of a tree that is cut into k.

    Example:
        >>> cut([(0, 1, 0.1), (0, 2, 3.0)], 2).tolist()
        [0, 0, 1]
    """
    groups = np.arange(len(merges) + 1)
    for stays, joins, _ in merges[: len(merges) + 1 - k]:
        groups[groups == groups[joins]] = groups[stays]
    return np.unique(groups, return_inverse=True)[1]


def _joining_costs(centres: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (centres**2).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares - 2 * centres @ centres.T, 0)
    costs = apart * sizes[:, None] * sizes / (sizes[:, None] + sizes)
    np.fill_diagonal(costs, np.inf)
    return costs


def _prototypes(vectors: Vectors, seed: int) -> Prototypes:
    if len(vectors) <= N_PROTOTYPES:
        found, sizes = np.unique(vectors, axis=0, return_counts=True)
        return Prototypes(found, sizes.astype(np.float64))
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of copies: fewer groups, all right
        fitted = KMeans(N_PROTOTYPES, max_iter=_PROTOTYPE_STEPS, random_state=seed)
        groups = np.asarray(fitted.fit_predict(vectors), dtype=np.int64)
    sizes = np.bincount(groups, minlength=N_PROTOTYPES).astype(np.float64)
    sums = group_sums(vectors, groups, N_PROTOTYPES)
    there = sizes > 0
    means = sums[there] / sizes[there][:, None]
    return Prototypes(unit(means), sizes[there])


def _settled(
    vectors: Vectors, prototypes: Prototypes, tree: Sequence[tuple[int, int, float]], k: int
) -> Vectors:
    """Centroids (k, dim) after spherical k-means from the cut of the tree."""
    groups = cut(tree, k)
    weighted = (prototypes.centres * prototypes.sizes[:, None]).astype(np.float32)
    centroids = unit(group_sums(weighted, groups, k))
    before = np.full(len(vectors), -1)
    for _ in range(_STEPS):
        rows, cosines = nearest(vectors, centroids)
        rows = _without_empty(rows, cosines, k)
        if np.array_equal(rows, before):
            break
        before = rows
        centroids = unit(group_sums(vectors, rows, k))
    return centroids


def _without_empty(rows: Rows, cosines: NDArray[np.float32], k: int) -> Rows:
    """Give an empty group the vector that lies furthest from its centroid."""
    sizes = np.bincount(rows, minlength=k)
    for group in np.flatnonzero(sizes == 0).tolist():
        lonely = np.where(sizes[rows] > 1, cosines, np.inf).argmin()
        sizes[rows[lonely]] -= 1
        rows[lonely], sizes[group], cosines[lonely] = group, 1, np.inf
    return rows


def _number_of_styles(
    vectors: Vectors, prototypes: Prototypes, tree: Sequence[tuple[int, int, float]], seed: int
) -> int:
    """By the silhouettes of this tree and two more, since one alone jumps between numbers."""
    figures = [_silhouettes(vectors, prototypes, tree, seed)]
    if len(vectors) > N_PROTOTYPES:  # else every tree is the same
        for other in np.random.SeedSequence(seed).generate_state(_TREES_FOR_CHOOSING - 1).tolist():
            more = _prototypes(_some(vectors, _MOST_FOR_PROTOTYPES, other), other)
            figures.append(_silhouettes(vectors, more, ward_tree(more), other))
    numbers = set(figures[0]).intersection(*figures)
    means = {k: sum(each[k] for each in figures) / len(figures) for k in numbers}
    best = max(means.values())
    return min(k for k, mean in means.items() if mean >= best * _AS_GOOD or mean == best)


def _silhouettes(
    vectors: Vectors, prototypes: Prototypes, tree: Sequence[tuple[int, int, float]], seed: int
) -> dict[int, float]:
    """Mean silhouette by number of styles, for a tree."""
    some = _some(vectors, _MOST_FOR_CHOOSING, seed)
    most = min(len(prototypes.centres) - 1, max(2, len(some) // _LEAST_MEMBERS))
    figures: dict[int, float] = {}
    for k in [number for number in _NUMBERS if number <= most] or [2]:
        rows, _ = nearest(some, _settled(some, prototypes, tree, k))
        figures[k] = float(cosine_silhouettes(some, rows).mean())
    return figures


def _some(vectors: Vectors, most: int, seed: int) -> Vectors:
    if len(vectors) <= most:
        return vectors
    rows = np.random.default_rng(seed).choice(len(vectors), most, replace=False)
    return vectors[np.sort(rows)]
