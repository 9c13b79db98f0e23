"""Which pairs of listings are worth comparing: most are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.listings import Listings
from vitrine.types import Rows

Pairs = NDArray[np.int64]
"""(n, 2) rows asked for, and a candidate of each."""

MOST = 32
"""Candidates of one listing at all other sellers together."""

MOST_BY_PHOTO = 8

_LEAST_COSINE = 0.05
_FARTHEST = 0.5
"""Of the usual distance of two photos."""
_COLOUR = 0.1
_PRICE = 0.1
_AT_ONCE = 512


def candidates(listings: Listings, rows: Rows) -> tuple[Rows, Rows]:
    """Find listings of other sellers that may be the same product or design.

    Those of the same brand (its first word) whose titles share most, in the same colour and at
    the same price first; those of the same brand with the nearest photos; those with the same GTIN.

    Args:
        listings: where.
        rows: whose candidates are asked for.

    Returns:
        Rows asked for and their candidates, pair by pair.
    """
    parts = [*_by_title(listings, rows), *_by_photo(listings, rows), _by_gtin(listings, rows)]
    pairs = np.unique(np.concatenate(parts), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _by_title(listings: Listings, rows: Rows) -> Iterator[Pairs]:
    blocks = listings.blocks[rows]
    for block in np.unique(blocks).tolist():
        members = listings.members[block]
        if len(members) < 2:
            continue
        theirs = listings.terms.unit[members].T.tocsc()
        asked = rows[blocks == block]
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            yield _best(listings, some, members, (listings.terms.unit[some] @ theirs).tocsr())
    yield np.empty((0, 2), np.int64)


def _best(listings: Listings, asked: Rows, members: Rows, cosines: Any) -> Pairs:
    ends = cosines.indptr
    left = np.repeat(asked, np.diff(ends))
    right = members[cosines.indices]
    score = np.asarray(cosines.data, np.float64)
    fits = (listings.sellers[left] != listings.sellers[right]) & (score > _LEAST_COSINE)
    left, right, score = left[fits], right[fits], score[fits]
    colours, amounts = listings.colours[:, 1], listings.amounts
    score += _COLOUR * ((colours[left] & colours[right]) != 0)
    score += _PRICE * (amounts[left] == amounts[right])
    order = np.lexsort((right, -score, left))
    left, right = left[order], right[order]
    first = np.searchsorted(left, left)
    kept = np.arange(len(left)) - first < MOST
    return np.stack([left[kept], right[kept]], axis=1)


def _by_photo(listings: Listings, rows: Rows) -> Iterator[Pairs]:
    shown = rows[listings.shown[rows]]
    least = 1 - (1 - listings.usual_cosine) * _FARTHEST
    for block in np.unique(listings.blocks[shown]).tolist():
        members = listings.members[block]
        members = members[listings.shown[members]]
        asked = shown[listings.blocks[shown] == block]
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            cosines = listings.vectors[some] @ listings.vectors[members].T
            cosines[listings.sellers[some][:, None] == listings.sellers[members]] = -1
            n_kept = min(MOST_BY_PHOTO, len(members))
            best = np.argpartition(-cosines, n_kept - 1, axis=1)[:, :n_kept]
            near = np.take_along_axis(cosines, best, axis=1) >= least
            yield np.stack([np.repeat(some, near.sum(axis=1)), members[best[near]]], axis=1)


def _by_gtin(listings: Listings, rows: Rows) -> Pairs:
    pairs = [
        (row, other)
        for row in rows.tolist()
        if (gtin := listings.readings[row].gtin)
        for other in listings.gtins[gtin].tolist()
        if listings.sellers[other] != listings.sellers[row]
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)
