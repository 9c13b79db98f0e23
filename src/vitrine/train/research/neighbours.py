"""Ranking by Euclidean distance, and classes by a vote of neighbours, as the papers do it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 512


def euclidean_neighbours(
    queries: NDArray[np.float32], gallery: NDArray[np.float32], k: int, *, leave_out: bool = False
) -> NDArray[np.int64]:
    """The k nearest rows of the gallery by Euclidean distance, best first; ties go by row.

    Args:
        queries: (q, dim).
        gallery: (g, dim).
        k: how many; at most all of the gallery.
        leave_out: queries are the gallery, and no row finds itself.

    Returns:
        (q, k)
    """
    k = min(k, len(gallery) - leave_out)
    found = np.empty((len(queries), k), np.int64)
    sizes = np.square(gallery).sum(1)
    for start in range(0, len(queries), _BLOCK):
        block = queries[start : start + _BLOCK]
        far = sizes[None] - 2 * (block @ gallery.T)
        if leave_out:
            far[np.arange(len(block)), np.arange(start, start + len(block))] = np.inf
        found[start : start + _BLOCK] = np.argsort(far, axis=1, kind="stable")[:, :k]
    return found


def class_probabilities(
    near: NDArray[np.int64], labels: NDArray[np.int64], n_classes: int
) -> NDArray[np.float64]:
    """Share of the k neighbours with each label (Le): (q, k) and (g,) -> (q, n_classes).

    Neighbours whose label is not known (-1) do not vote; without any, all classes share evenly.

    Example:
        >>> class_probabilities(np.array([[0, 1, 2]]), np.array([1, 1, 0]), 2).round(2).tolist()
        [[0.33, 0.67]]
    """
    voted = labels[near]
    counts = np.zeros((len(near), n_classes))
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    known = voted.ravel() >= 0
    np.add.at(counts, (rows[known], voted.ravel()[known]), 1)
    total = counts.sum(1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), 1 / n_classes)
