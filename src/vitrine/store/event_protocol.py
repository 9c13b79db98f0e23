"""What the house asks of a store of events; the shop's own file is one, PostgreSQL another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.events import Event, Visitor


@dataclass(frozen=True, slots=True)
class Appended:
    """How many events were new, and how many were there already."""

    added: int
    known: int
    known_ids: frozenset[str] = field(default=frozenset(), compare=False)
    """Of those that were there before; one that came twice in the same call is not here."""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How much there is."""

    types: Mapping[str, int]
    """Event type -> events of it, those without products too; only what occurs."""
    n_visitors: int
    """That events tell of."""
    n_products: int
    """That events name, in the shop or not."""
    first_at: float | None
    """When the oldest event happened; None where there is none."""
    last_at: float | None


@dataclass(frozen=True, slots=True)
class EventRows:
    """Events as columns, one row for each product of an event, in the order they were appended.

    Events without products are not here. `types`, `visitors` and `products` are positions in
    `type_names`, `visitor_ids` and `product_ids`, which hold what occurs here only.
    """

    last: int
    """Number of the newest event; ask for `rows(since=last)` next time."""
    at: NDArray[np.float64]
    """(n,) seconds since 1970, UTC."""
    types: NDArray[np.int64]
    visitors: NDArray[np.int64]
    products: NDArray[np.int64]
    values: NDArray[np.float32]
    """(n,) the rating of a `rate`, else the quantity."""
    positions: NDArray[np.int64]
    """(n,) in the list that was shown; -1 where nobody said."""
    type_names: Sequence[str]
    visitor_ids: Sequence[str]
    product_ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.at)


class EventStore(Protocol):
    """Append-only; what `append` returned for is on disk. Safe to share between threads."""

    def append(self, events: Sequence[Event]) -> Appended:
        """Keep events in one transaction; those whose `event_id` is known are passed over."""
        ...

    def last(self) -> int:
        """Number of the newest event, 0 where there is none; cheap."""
        ...

    def n_purges(self) -> int:
        """Grows whenever events were removed, so that a reader knows to read all anew; cheap."""
        ...

    def rows(self, since: int = 0) -> EventRows:
        """Events with a number above `since`, from one consistent view."""
        ...

    def counts(self) -> EventCounts:
        """Count events by type, and who and what they tell of; reads all of them."""
        ...

    def of_visitor(self, visitor_id: str, k: int) -> Sequence[Event]:
        """Give a visitor's k newest events by time, the newest first."""
        ...

    def iterate(self, visitor_id: str | None = None) -> Iterator[Event]:
        """Every event, or a visitor's, in the order they were appended."""
        ...

    def put_visitors(self, visitors: Iterable[Visitor]) -> None:
        """Keep what is known of visitors, or replace it."""
        ...

    def visitors(self, visitor_ids: Sequence[str] | None = None) -> dict[str, Visitor]:
        """What is known of these visitors, or of all."""
        ...

    def purge_visitor(self, visitor_id: str) -> int:
        """Remove a visitor, with all events; how many there were."""
        ...

    def purge_before(self, at: float) -> int:
        """Remove events that happened before; how many there were."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
