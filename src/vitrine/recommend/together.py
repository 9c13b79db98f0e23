"""Products that the same visitors chose: item-to-item neighbours, counted over visitors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.behaviour import PURCHASE, Columns
from vitrine.recommend.pairs import DAY_S, Pairs
from vitrine.types import Rows

N_NEIGHBOURS = 40
_MOST_OF_A_BASKET = 30
_DOUBT = 3.0  # visitors that speak against every pair
_LEAST = 0.01
_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Of each product number those chosen with it, the closest first."""

    starts: Rows
    """(n_products + 1,)"""
    products: Rows
    scores: NDArray[np.float32]
    """Shrunk cosine of the visitors that the two have, 0..1."""

    def of(self, product: int) -> tuple[Rows, NDArray[np.float32]]:
        """Neighbours of one product; none where its number is new."""
        if product < 0 or product + 1 >= len(self.starts):
            return self.products[:0], self.scores[:0]
        own = slice(int(self.starts[product]), int(self.starts[product + 1]))
        return self.products[own], self.scores[own]


def liked_together(pairs: Pairs, n_products: int) -> Neighbours:
    """Products that the same visitors liked, put into the cart or bought, and to a lesser degree
    looked at.
    """  # noqa: D205
    order = np.lexsort((-pairs.last_at, pairs.visitors))
    return _neighbours(
        pairs.visitors[order],
        pairs.products[order],
        np.sqrt(pairs.strengths[order].astype(np.float64)),
        n_products,
    )


def bought_together(events: Columns, n_products: int) -> Neighbours:
    """Products that were bought by one visitor on one day."""
    bought = events.take(events.kinds == PURCHASE)
    days = (bought.at // DAY_S).astype(np.int64)
    if not len(days):
        return _neighbours(days, days, days.astype(np.float64), n_products)
    days -= int(days.min())
    keys = bought.visitors.astype(np.int64) * (int(days.max()) + 1) + days
    lines = np.unique(keys * n_products + bought.products)
    _, baskets = np.unique(lines // n_products, return_inverse=True)
    return _neighbours(baskets, lines % n_products, np.ones(len(baskets)), n_products)


def _neighbours(
    baskets: Rows, products: Rows, weights: NDArray[np.float64], n_products: int
) -> Neighbours:
    """Multiply the table of baskets with itself, block by block.

    Args:
        baskets: (n,) ascending; of each only the first 30 lines count.
        products: (n,)
        weights: (n,)
        n_products: that have a number.
    """
    from scipy import sparse

    if not len(baskets):
        return Neighbours(np.zeros(n_products + 1, np.int64), baskets, np.empty(0, np.float32))
    starts = np.searchsorted(baskets, baskets)
    kept = np.arange(len(baskets)) - starts < _MOST_OF_A_BASKET
    table = sparse.csr_matrix(
        (weights[kept], (baskets[kept], products[kept])),
        shape=(int(baskets[-1]) + 1, n_products),
    )
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=0)).ravel())
    counts = np.bincount(products[kept], minlength=n_products).astype(np.float64)
    columns = table.T.tocsr()
    found: list[tuple[Rows, Rows, NDArray[np.float32]]] = []
    for start in range(0, n_products, _BLOCK):
        block = (columns[start : start + _BLOCK] @ table).tocoo()
        found.append(_closest(block.row + start, block.col, block.data, lengths, counts))
    rows = np.concatenate([each[0] for each in found])
    return Neighbours(
        np.searchsorted(rows, np.arange(n_products + 1)),
        np.concatenate([each[1] for each in found]),
        np.concatenate([each[2] for each in found]),
    )


def _closest(
    rows: Rows,
    columns: Rows,
    shared: NDArray[np.float64],
    lengths: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> tuple[Rows, Rows, NDArray[np.float32]]:
    """The best neighbours of each row; pairs that few visitors stand for count less."""
    others = rows != columns
    rows, columns, shared = (
        rows[others].astype(np.int64),
        columns[others].astype(np.int64),
        shared[others],
    )
    cosines = shared / np.maximum(lengths[rows] * lengths[columns], 1e-9)
    support = np.minimum(counts[rows], counts[columns]) * np.minimum(1.0, cosines)
    scores = cosines * support / (support + _DOUBT)
    near = scores >= _LEAST
    rows, columns, scores = rows[near], columns[near], scores[near]
    order = np.argsort(rows - scores, kind="stable")  # a score is below 1: one key for both
    rows, columns, scores = rows[order], columns[order], scores[order]
    best = np.arange(len(rows)) - np.searchsorted(rows, rows) < N_NEIGHBOURS
    return rows[best], columns[best], scores[best].astype(np.float32)
