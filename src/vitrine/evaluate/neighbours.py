"""The nearest photos, exactly, and which of them are what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors

_BLOCK = 512
_AT_ONCE = 2**26
"""Scores in memory; a gallery of 200,000 is asked in smaller blocks."""
_ALIKE = 1e-4
"""Squared lengths that differ by less are 1 and rounding."""


def nearest(
    queries: Vectors,
    gallery: Vectors,
    k: int,
    excluded: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> NDArray[np.int64]:
    """Rank the gallery by Euclidean distance: the k nearest rows for every query, nearest first.

    Between rows of length 1 that is the order of the cosine.

    Args:
        queries: (q, dim).
        gallery: (g, dim).
        k: how many.
        excluded: a code for every query and one for every row of the gallery; what has the
            query's code is never returned (itself, its near-duplicates, its sender's photos).

    Returns:
        (q, k); -1 where nothing is left. Ties go by row.

    Raises:
        ShapeError: dimensions differ.
    """
    if queries.shape[1:] != gallery.shape[1:]:
        raise ShapeError(f"queries are {queries.shape}, the gallery is {gallery.shape}")
    found = np.full((len(queries), k), -1, np.int64)
    offsets = _offsets(gallery)
    block = min(_BLOCK, max(1, _AT_ONCE // max(1, len(gallery))))
    for start in range(0, len(queries), block):
        scores = queries[start : start + block] @ gallery.T - offsets
        if excluded is not None:
            asked, there = excluded
            scores[asked[start : start + block, None] == there[None]] = -np.inf
        best = _best(scores, k)
        found[start : start + block, : best.shape[1]] = best
    return found


def first_rank(
    queries: Vectors, gallery: Vectors, wanted: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Tell the rank, from 1, of the nearest row of the gallery that has the query's code; else 0.

    Rows that score the same as it count as before it by half, rounded down.
    """
    asked, there = wanted
    ranks = np.zeros(len(queries), np.int64)
    offsets = _offsets(gallery)
    for start in range(0, len(queries), _BLOCK):
        scores = queries[start : start + _BLOCK] @ gallery.T - offsets
        ranks[start : start + _BLOCK] = rank_of_best(
            scores, asked[start : start + _BLOCK, None] == there[None]
        )
    return ranks


def rank_of_best(scores: NDArray[np.floating], relevant: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rank from 1 of each row's best relevant column, 0 without one: (q, g) twice -> (q,)."""
    best = np.where(relevant, scores, -np.inf).max(axis=1, initial=-np.inf)[:, None]
    n_before = (scores > best).sum(axis=1) + ((scores == best) & ~relevant).sum(axis=1) // 2
    return np.where(relevant.any(axis=1), n_before + 1, 0)


def relevant_hits(
    near: NDArray[np.int64], asked: NDArray[np.int64], there: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which hits have the query's code; a code below 0 is like no other.

    Args:
        near: (q, k) rows of the gallery, -1 for none.
        asked: (q,) codes of the queries.
        there: (g,) codes of the gallery.
    """
    return (near >= 0) & (asked[:, None] >= 0) & (there[near] == asked[:, None])


def count_relevant(labels: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every row of a gallery: how many others have its label but not its group; (n,)."""
    both = np.stack([labels, groups], axis=1)
    _, label, n_label = np.unique(labels, return_inverse=True, return_counts=True)
    _, pair, n_pair = np.unique(both, axis=0, return_inverse=True, return_counts=True)
    return np.where(labels >= 0, n_label[label] - n_pair[pair.reshape(-1)], 0)


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    k = min(k, scores.shape[1])
    if k == 0:
        return np.empty((len(scores), 0), np.int64)
    top = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    values = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(top, order, axis=1)
    return np.where(np.isneginf(np.take_along_axis(values, order, axis=1)), -1, best)


def _offsets(gallery: Vectors) -> NDArray[np.float32]:
    """Half of each squared length: q.g less this orders as the distance does; 0 among equals."""
    squares = np.einsum("gd,gd->g", gallery, gallery)
    if not len(squares) or np.ptp(squares) < _ALIKE:
        return np.zeros_like(squares)
    return (squares - squares.mean()) / 2
