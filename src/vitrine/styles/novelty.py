"""How strange a vector is to all styles.

A Mahalanobis distance to the nearest centroid, with one covariance within styles (Lee et al., "A
simple unified framework for detecting out-of-distribution samples", 2018): what varies within every
style, as colour does, counts little. `docs/styles.md` compares it with plain distances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.clustering import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors

_BLOCK = 16_384
_LEAST_SHRINKAGE = 0.01


def whitening_of(vectors: Vectors, centroids: Vectors) -> NDArray[np.float32]:
    """The matrix (dim, dim) under which vectors spread alike in all directions within styles.

    The covariance is drawn towards a ball, the more the fewer vectors there are, so that it can
    always be inverted.

    Args:
        vectors: (n, dim).
        centroids: (k, dim), found in them.
    """
    n, dim = vectors.shape
    covariance = np.zeros((dim, dim))
    rows, _ = nearest(vectors, centroids)
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        apart = vectors[block] - centroids[rows[block]]
        covariance += apart.T @ apart
    mean = max(float(np.trace(covariance)) / (n * dim), 1e-9)
    shrinkage = min(1.0, _LEAST_SHRINKAGE + dim / (10 * n))
    shrunk = (1 - shrinkage) * covariance / n + shrinkage * mean * np.eye(dim)
    return np.linalg.inv(np.linalg.cholesky(shrunk)).T.astype(np.float32)


def strangeness(
    vectors: Vectors, centroids: Vectors, whitening: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Distance (n,) of each vector to the nearest centroid under a whitening; about 1 is usual."""
    targets = centroids @ whitening
    squares = (targets**2).sum(axis=1)
    out = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        moved = vectors[start : start + _BLOCK] @ whitening
        apart = (moved**2).sum(axis=1)[:, None] + squares - 2 * moved @ targets.T
        out[start : start + _BLOCK] = np.maximum(apart.min(axis=1), 0)
    return np.sqrt(out / vectors.shape[1])


def upper_fence(distances: NDArray[np.floating]) -> float:
    """Where outliers begin: Q3 + 1.5 (Q3 - Q1) (Tukey, 1977)."""
    low, high = np.percentile(distances, [25, 75])
    return float(high + 1.5 * (high - low))
