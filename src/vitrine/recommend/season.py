"""Which seasons' products are bought at this time of the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.behaviour import DISLIKE, VIEW, Columns
from vitrine.recommend.names import Names
from vitrine.recommend.pairs import DAY_S, STRENGTHS, product_days
from vitrine.recommend.shelf import Shelf
from vitrine.types import Rows

_YEAR_DAYS = 365.25
_NEAR_DAYS = 30.0
_SMOOTHING = 200.0


@dataclass(frozen=True, slots=True)
class Seasons:
    """Word of `season` -> how much more its products are wanted at this time of the year."""

    lifts: Mapping[str, float]

    def lift(self, shelf: Shelf) -> NDArray[np.float64]:
        """(n_rows,) 1 where a product's season says nothing."""
        column = shelf.words["season"]
        by_code = np.array([*(self.lifts.get(word, 1.0) for word in column.words), 1.0])
        return by_code[column.codes]


def seasons_of(events: Columns, shelf: Shelf, products: Names, at: float) -> Seasons:
    """Compare thirty days around this day of all years with the whole of them.

    No hemisphere is assumed: where events say nothing, all seasons are alike.
    """
    events = events.take((events.kinds >= VIEW) & (events.kinds != DISLIKE))
    events = events.take(_once_a_day(events))
    column = shelf.words["season"]
    rows = [shelf.row_of.get(products[code], -1) for code in range(len(products))]
    codes = np.array([column.codes[row] if row >= 0 else -1 for row in rows], np.int64)
    of_event = codes[events.products] if len(events) else np.empty(0, np.int64)
    said = of_event >= 0
    weights = STRENGTHS[events.kinds[said]].astype(np.float64)
    distance = np.abs((at - events.at[said]) / DAY_S) % _YEAR_DAYS
    near = np.minimum(distance, _YEAR_DAYS - distance) <= _NEAR_DAYS
    n_words = len(column.words)
    whole = np.bincount(of_event[said], weights, minlength=n_words)
    here = np.bincount(of_event[said][near], weights[near], minlength=n_words)
    if not whole.sum():
        return Seasons({})
    shares = whole / whole.sum()
    smoothed = (here + _SMOOTHING * shares) / (here.sum() + _SMOOTHING)
    return Seasons(
        {
            word: float(smoothed[code] / shares[code])
            for code, word in enumerate(column.words)
            if shares[code] > 0
        }
    )


def _once_a_day(events: Columns) -> Rows:
    """One event of each visitor, product and day."""
    return np.unique(product_days(events), return_index=True)[1]
