"""What each visitor thinks of each product: one row for a pair, however often they met.

Everything that is counted over visitors is counted from these, so that nobody weighs more by
repeating himself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.behaviour import (
    DISLIKE,
    IMPRESSION,
    LIKE,
    PURCHASE,
    TAKEN_BACK,
    VIEW,
    Columns,
)
from vitrine.types import Rows

DAY_S = 86_400.0
STRENGTHS = np.array([0.0, 1.0, 3.0, 3.0, 5.0, 0.0], np.float32)
"""What an event of each kind says for a product."""
_MOST_OF_A_VISITOR = 200.0
_MOST_A_DAY = 1000
_MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class Pairs:
    """Visitors and products that met, sorted by visitor, then product; dislikes do not count."""

    visitors: Rows
    products: Rows
    strengths: NDArray[np.float32]
    """(n,) of the strongest thing the visitor did."""
    last_at: NDArray[np.float64]
    days_bought: Rows
    """(n,) on how many days the visitor bought the product."""
    at: float
    """When it was looked at."""

    def __len__(self) -> int:
        return len(self.visitors)

    def weights(self, half_life_days: float) -> NDArray[np.float64]:
        """What each pair counts, (n,): strength, halved with age, and bounded by visitor."""
        age = np.maximum(0.0, self.at - self.last_at) / (half_life_days * DAY_S)
        weights = np.asarray(self.strengths * np.exp2(-age), np.float64)
        if not len(weights):
            return weights
        total = np.bincount(self.visitors, weights)
        return (
            weights * np.minimum(1.0, _MOST_OF_A_VISITOR / np.maximum(total, 1e-9))[self.visitors]
        )


def by_people(events: Columns) -> Columns:
    """Leave out likes that were taken back, and visitors that behave like machines.

    So that they count for nobody else. Like machines behave those with more than a thousand events
    in a day, or more than fifty with one product.
    """
    if not len(events):
        return events
    visitors = events.visitors.astype(np.int64)
    days = (events.at // DAY_S).astype(np.int64)
    said = events.kinds != IMPRESSION
    too_many = np.union1d(
        _visitors_above(visitors[said], days[said], _MOST_A_DAY),
        _visitors_above(visitors[said], events.products[said].astype(np.int64), _MOST_OF_ONE),
    )
    if len(too_many):
        events = events.take(~np.isin(visitors, too_many))
    return _without_taken_back(events)


def _without_taken_back(events: Columns) -> Columns:
    """Without likes of a product that the same visitor took back later."""
    undone = np.flatnonzero(events.kinds == TAKEN_BACK)
    if not len(undone):
        return events
    n_products = int(events.products.max()) + 1
    keys = events.visitors.astype(np.int64) * n_products + events.products
    last = dict[int, float]()
    for key, at in zip(keys[undone].tolist(), events.at[undone].tolist(), strict=True):
        last[key] = max(at, last.get(key, at))
    liked = np.flatnonzero((events.kinds == LIKE) & np.isin(keys, np.array(list(last))))
    gone = [row for row in liked.tolist() if events.at[row] <= last[int(keys[row])]]
    return events.take(np.delete(np.arange(len(events)), [*gone, *undone.tolist()]))


def _visitors_above(visitors: Rows, what: Rows, most: int) -> Rows:
    if not len(what):
        return visitors
    keys = np.sort(visitors * (int(what.max()) + 1) + what)
    starts = starts_of(keys)
    lengths = np.diff(np.append(starts, len(keys)))
    return np.unique(keys[starts[lengths > most]] // (int(what.max()) + 1))


def pairs_of(events: Columns, at: float) -> Pairs:
    """Put the events of each visitor with each product together.

    Args:
        events: in any order.
        at: now; what lies in the future counts as of now.
    """
    said = (events.kinds >= VIEW) & (events.kinds != DISLIKE)
    events = events.take(said)
    n_products = int(events.products.max()) + 1 if len(events) else 1
    keys = events.visitors.astype(np.int64) * n_products + events.products
    order = np.argsort(keys, kind="stable")
    keys, events = keys[order], events.take(order)
    starts = starts_of(keys)
    if not len(starts):
        nothing = np.empty(0, np.int64)
        floats = np.empty(0, np.float64)
        return Pairs(nothing, nothing, floats.astype(np.float32), floats, nothing, at)
    return Pairs(
        keys[starts] // n_products,
        keys[starts] % n_products,
        np.maximum.reduceat(STRENGTHS[events.kinds], starts),
        np.minimum(np.maximum.reduceat(events.at, starts), at),
        _days_bought(events, keys, starts),
        at,
    )


def product_days(events: Columns) -> Rows:
    """A number (n,) for each visitor, product and day; the same for events that share all three."""
    if not len(events):
        return np.empty(0, np.int64)
    days = (events.at // DAY_S).astype(np.int64)
    days -= int(days.min())
    n_products = int(events.products.max()) + 1
    pairs = events.visitors.astype(np.int64) * n_products + events.products
    return pairs * (int(days.max()) + 1) + days


def starts_of(keys: Rows) -> Rows:
    """Where runs of equal keys begin."""
    if not len(keys):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))


def _days_bought(events: Columns, keys: Rows, starts: Rows) -> Rows:
    pair = np.repeat(np.arange(len(starts)), np.diff([*starts.tolist(), len(keys)]))
    bought = np.flatnonzero(events.kinds == PURCHASE)
    first = np.unique(product_days(events.take(bought)), return_index=True)[1]
    return np.bincount(pair[bought][first], minlength=len(starts))
