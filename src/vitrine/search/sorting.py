"""Other orders than relevance."""

from __future__ import annotations

import numpy as np

from vitrine.index import Mask, Snapshot, check_one_currency
from vitrine.index.columns import Numbers
from vitrine.types import Rows


def sort_keys(view: Snapshot, rows: Rows, sort: str) -> tuple[Numbers, ...]:
    """Keys of product rows for `np.lexsort`, the last one first; NaN, for nothing said, is last.

    `newest` goes by the year of the catalogue, then by when the product came into the shop; of
    those that came together, or nobody knows when, the last one in goes first.

    Args:
        view: of the shop.
        rows: (n,) product rows.
        sort: one of `SORTS`; relevance has no keys.
    """
    if sort == "newest":
        came = -view.store_rows[rows].astype(np.float64), -view.columns.arrived[rows]
        return *came, -view.columns.numbers["year"][rows]
    prices = view.columns.numbers["price"][rows]
    return {"relevance": (), "price_asc": (prices,), "price_desc": (-prices,)}[sort]


def check_sort(view: Snapshot, rows: Mask, sort: str) -> None:
    """Refuse to sort by prices in several currencies.

    Raises:
        QueryError: they are.
    """
    if sort.startswith("price"):
        check_one_currency(view.columns, rows)
