"""How good a list of hits is, list by list.

Every function takes `relevant`, (n, k) booleans: row by row, whether the hit at each rank, best
first, is what was asked for. It gives one figure for every list, so that intervals and paired
comparisons can be made; the mean of them is the figure to report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError, UsageError
from vitrine.metrics.classification import same_length

if TYPE_CHECKING:
    from numpy.typing import NDArray


def recall_at(relevant: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """1 where anything relevant is among the first k, else 0: (n,).

    The recall of retrieval papers (In-Shop, siblings), also called hit rate.

    Raises:
        ShapeError: the lists are shorter than k.
        UsageError: `k` is below 1.

    Example:
        >>> recall_at(np.array([[False, True], [False, False]]), 2).tolist()
        [1.0, 0.0]
    """
    return np.asarray(_first(relevant, k).any(axis=1), np.float64)


def precision_at(relevant: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """Share of the first k that is relevant: (n,).

    Raises:
        ShapeError: the lists are shorter than k.
        UsageError: `k` is below 1.

    Example:
        >>> precision_at(np.array([[True, False, True, True]]), 2).tolist()
        [0.5]
    """
    return _first(relevant, k).sum(axis=1) / np.float64(k)


def average_precision_at(
    relevant: NDArray[np.bool_], k: int, n_relevant: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Average precision of the first k, (n,); its mean is mAP@k.

    The sum of the precisions at the ranks of relevant hits, divided by min(k, n_relevant): a list
    that begins with everything relevant, or with k of it, has 1. Other libraries divide by
    n_relevant, or by the number found; the figures are not comparable.

    Args:
        relevant: (n, at least k).
        k: how many hits count.
        n_relevant: (n,) relevant things in the whole gallery, for each list; 0 gives 0.

    Raises:
        ShapeError: the lists are shorter than k, or the lengths differ.
        UsageError: `k` is below 1.

    Example:
        >>> average_precision_at(np.array([[True, False, True]]), 3, np.array([2])).tolist()
        [0.8333333333333333]
    """
    same_length(relevant=relevant, n_relevant=n_relevant)
    hits = _first(relevant, k)
    precision = np.cumsum(hits, axis=1) / np.arange(1, k + 1)
    most = np.maximum(np.minimum(n_relevant, k), 1)
    return (precision * hits).sum(axis=1) / most


def reciprocal_rank(relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """1 / rank of the first relevant hit, 0 where there is none: (n,); its mean is the MRR.

    Example:
        >>> reciprocal_rank(np.array([[False, True, True], [False, False, False]])).tolist()
        [0.5, 0.0]
    """
    _check(relevant)
    if not relevant.shape[1]:
        return np.zeros(len(relevant))
    return relevant.any(axis=1) / (relevant.argmax(axis=1) + 1)


def reciprocal_of(ranks: NDArray[np.integer]) -> NDArray[np.float64]:
    """1 / rank for ranks that begin at 1, 0 for the rank 0, which says "not found"."""
    return np.where(ranks > 0, 1 / np.maximum(ranks, 1), 0.0)


def _first(relevant: NDArray[np.bool_], k: int) -> NDArray[np.bool_]:
    _check(relevant)
    if k < 1:
        raise UsageError(f"k is {k}; it must be 1 or more")
    if relevant.shape[1] < k:
        raise ShapeError(f"the lists hold {relevant.shape[1]} hits; for k = {k} give that many")
    return relevant[:, :k]


def _check(relevant: NDArray[np.bool_]) -> None:
    if relevant.ndim != 2:
        raise ShapeError(f"relevant has the shape {relevant.shape}; expected (n, k)")
