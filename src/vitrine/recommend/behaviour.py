"""Events in memory: compact columns, found by visitor, grown event by event."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.names import Names
from vitrine.store import EventRows
from vitrine.types import Rows

IMPRESSION, VIEW, LIKE, CART, PURCHASE, DISLIKE = range(6)
"""Kinds of events as recommendations see them."""
TAKEN_BACK = -2
"""A like or dislike that holds no more; below the others, so that it counts for nothing else."""

_KIND_OF = {
    "impression": IMPRESSION,
    "detail-page-view": VIEW,
    "like": LIKE,
    "outfit-save": LIKE,
    "add-to-cart": CART,
    "purchase-complete": PURCHASE,
    "dislike": DISLIKE,
    "unlike": TAKEN_BACK,
}
_GOOD_RATING, _BAD_RATING = 4, 2
_MOST_REMEMBERED = 500
_DROPPED = -1


@dataclass(frozen=True, slots=True)
class Columns:
    """Events as parallel columns."""

    at: NDArray[np.float64]
    """(n,) seconds since 1970, UTC."""
    kinds: NDArray[np.int8]
    visitors: NDArray[np.int32]
    products: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: Rows | NDArray[np.bool_] | slice) -> Columns:
        """Some of the rows."""
        return Columns(self.at[rows], self.kinds[rows], self.visitors[rows], self.products[rows])

    def then(self, other: Columns) -> Columns:
        """Put other rows after these."""
        return Columns(
            np.concatenate([self.at, other.at]),
            np.concatenate([self.kinds, other.kinds]),
            np.concatenate([self.visitors, other.visitors]),
            np.concatenate([self.products, other.products]),
        )


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything that visitors did with products, at one moment; grows by giving a new one.

    Events lie sorted by visitor and time, the newest of them in a short tail in their own order.
    `visitors` and `products` of the columns are numbers of `visitor_names` and `product_names`.
    """

    last: int
    """Number of the newest event, as the store numbers them."""
    visitor_names: Names
    product_names: Names
    events: Columns
    starts: Rows
    """(n_visitors + 1,) where each visitor's events begin."""
    tail: Columns

    @property
    def n_events(self) -> int:
        """Rows of all events that count."""
        return len(self.events) + len(self.tail)

    def then(self, rows: EventRows) -> Behaviour:
        """Give the behaviour after further events."""
        added = _columns(rows, self.visitor_names, self.product_names)
        return replace(self, last=max(self.last, rows.last), tail=self.tail.then(added))

    def folded(self) -> Behaviour:
        """Sort the tail in; the same events, found as quickly as ever."""
        return self._of(self.events.then(self.tail))

    def refolded(self, folded: Behaviour) -> Behaviour:
        """The same events, where `folded` was made of an earlier moment of this behaviour."""
        n_new = self.n_events - folded.n_events
        newer = self.tail.take(slice(len(self.tail) - n_new, None))
        return replace(folded, last=self.last, tail=folded.tail.then(newer))

    def all(self) -> Columns:
        """Every event: sorted by visitor and time, but for the tail."""
        return self.events.then(self.tail) if len(self.tail) else self.events

    def before(self, at: float) -> Behaviour:
        """What had happened at a moment; the same numbers for the same names."""
        events = self.all()
        return self._of(events.take(events.at < at))

    def of_visitor(self, visitor_id: str, at: float) -> Columns:
        """A visitor's newest events before a moment, by time, the oldest of them first."""
        code = self.visitor_names.code(visitor_id)
        if code < 0:
            return self.events.take(slice(0, 0))
        own = self.events.take(slice(0, 0))
        if code + 1 < len(self.starts):
            own = self.events.take(slice(int(self.starts[code]), int(self.starts[code + 1])))
        newer = np.flatnonzero(self.tail.visitors == code)
        if len(newer):
            own = own.then(self.tail.take(newer))
            own = own.take(np.argsort(own.at, kind="stable"))
        own = own.take(slice(0, int(np.searchsorted(own.at, at, side="left"))))
        shown = own.kinds == IMPRESSION
        kept = np.flatnonzero(~shown)[-_MOST_REMEMBERED:]
        recent = np.flatnonzero(shown)[-_MOST_REMEMBERED:]
        return own.take(np.sort(np.concatenate([kept, recent])))

    def _of(self, events: Columns) -> Behaviour:
        order = np.lexsort((events.at, events.visitors))
        events = events.take(order)
        starts = np.searchsorted(events.visitors, np.arange(len(self.visitor_names) + 1))
        return replace(self, events=events, starts=starts, tail=events.take(slice(0, 0)))


def behaviour_of(rows: EventRows) -> Behaviour:
    """Build it from every event that there is."""
    visitors, products = Names(), Names()
    events = _columns(rows, visitors, products)
    empty = events.take(slice(0, 0))
    starts = np.zeros(1, dtype=np.int64)
    return Behaviour(rows.last, visitors, products, empty, starts, events).folded()


def _columns(rows: EventRows, visitors: Names, products: Names) -> Columns:
    """Number what counts, and drop the rest; a rating counts as a like or a dislike."""
    kind_of = np.array([_KIND_OF.get(name, _DROPPED) for name in rows.type_names], np.int8)
    kinds = kind_of[rows.types] if len(rows) else np.empty(0, np.int8)
    rated = np.array([name == "rate" for name in rows.type_names], np.bool_)
    if rated.any():
        rates = rated[rows.types]
        kinds[rates & (rows.values >= _GOOD_RATING)] = LIKE
        kinds[rates & (rows.values <= _BAD_RATING)] = DISLIKE
    visitor_codes = visitors.codes(rows.visitor_ids).astype(np.int32)
    product_codes = products.codes(rows.product_ids).astype(np.int32)
    every = Columns(
        rows.at,
        kinds,
        visitor_codes[rows.visitors] if len(rows) else np.empty(0, np.int32),
        product_codes[rows.products] if len(rows) else np.empty(0, np.int32),
    )
    return every.take(kinds != _DROPPED)
