"""How well groups of unit vectors hold together: exact figures in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

_BLOCK = 16_384
_N_PAIRS = 20_000


def cosine_silhouettes(vectors: Vectors, groups: Rows) -> NDArray[np.float64]:
    """Silhouette of every vector under the cosine distance (Rousseeuw, 1987).

    Of unit vectors the mean distance to a group is one less the inner product with the group's
    mean, so that all n are exact at the cost of n x groups products; nothing is sampled.

    Args:
        vectors: (n, dim), rows of length 1.
        groups: (n,) the group of each, 0 <= group; numbers may be left out.

    Returns:
        (n,) -1..1; 0 for the only member of a group. All zeros where there is one group.
    """
    _, codes = np.unique(groups, return_inverse=True)
    sizes = np.bincount(codes).astype(np.float64)
    out = np.zeros(len(vectors))
    if len(sizes) < 2:
        return out
    sums = group_sums(vectors, codes, len(sizes))
    for start in range(0, len(vectors), _BLOCK):
        own = codes[start : start + _BLOCK]
        rows = np.arange(len(own))
        to_sums = vectors[start : start + _BLOCK].astype(np.float64) @ sums.T
        distances = 1.0 - to_sums / sizes
        others = sizes[own] - 1
        # the vector itself is no neighbour of its own
        inside = (sizes[own] - to_sums[rows, own]) / np.maximum(others, 1)
        distances[rows, own] = np.inf
        nearest = distances.min(axis=1)
        widest = np.maximum(np.maximum(inside, nearest), 1e-12)
        out[start : start + _BLOCK] = np.where(others > 0, (nearest - inside) / widest, 0.0)
    return out


def group_sums(vectors: Vectors, groups: Rows, n_groups: int) -> NDArray[np.float64]:
    """Sum of the vectors of each group, (n_groups, dim); in blocks, whatever n is."""
    sums = np.zeros((n_groups, vectors.shape[1]))
    for start in range(0, len(vectors), _BLOCK):
        block = groups[start : start + _BLOCK]
        member = np.zeros((n_groups, len(block)), dtype=np.float32)
        member[block, np.arange(len(block))] = 1.0
        sums += member @ vectors[start : start + _BLOCK]
    return sums


def shuffled(vectors: Vectors, seed: int = 0) -> Vectors:
    """Vectors (n, dim) whose dimensions were shuffled one by one, scaled to length 1 again.

    Every dimension keeps its values; what they had to do with each other is gone. What a recipe
    finds in these is what it would find in anything.
    """
    from vitrine.vectors import unit

    rng = np.random.default_rng(seed)
    mixed = np.empty_like(vectors)
    for dimension in range(vectors.shape[1]):
        mixed[:, dimension] = vectors[rng.permutation(len(vectors)), dimension]
    return unit(mixed)


def likely_distance(vectors: Vectors, styles: Rows) -> float:
    """The cosine distance at which two products are as likely of one style as of two.

    Of random pairs, as many of one style lie beyond it as of two styles lie below.

    Args:
        vectors: (n, dim) unit vectors.
        styles: (n,) the style of each.
    """
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, len(vectors), (2, _N_PAIRS))
    partner = _partners(styles, one, rng)
    inside = np.sort(1.0 - (vectors[one] * vectors[partner]).sum(axis=1))
    across = styles[one] != styles[other]
    if not across.any():
        return float(inside[-1])
    outside = np.sort(1.0 - (vectors[one] * vectors[other]).sum(axis=1)[across])
    beyond = 1.0 - np.arange(len(inside)) / len(inside)
    below = np.searchsorted(outside, inside) / len(outside)
    return float(inside[int(np.abs(beyond - below).argmin())])


def _partners(styles: Rows, rows: Rows, rng: np.random.Generator) -> Rows:
    """For each row another one of the same style, or itself where it is alone."""
    order = np.argsort(styles, kind="stable")
    sizes = np.bincount(styles)
    starts = np.cumsum(sizes) - sizes
    of = styles[rows]
    return order[starts[of] + rng.integers(0, sizes[of])]
