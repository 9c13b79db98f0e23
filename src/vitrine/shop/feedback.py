"""What visitors do, and what becomes of it: checked, kept, read, forgotten in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from vitrine.events import Event, EventError, Visitor, check, read_event
from vitrine.settings import Settings
from vitrine.store import Appended, EventCounts, EventRows, EventStore, Store, open_postgres_events

_DAY_S = 86_400
_FORGET_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Refused:
    """An event of a batch that was not kept."""

    index: int
    code: str
    """A stable short name; `EventError` has it."""
    detail: str
    field: str = ""
    """What of the event is wrong; empty where it is no single field."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch; `accepted` and `known` are on disk."""

    accepted: int
    known: int
    """They were there already."""
    failed: Sequence[Refused]


def shop_events(store: Store, settings: Settings) -> ShopEvents:
    """Give a shop's events: in its own file, or where `events_url` says."""
    url = settings.events_url.get_secret_value()
    opener = partial(open_postgres_events, url) if url else store.events
    return ShopEvents(opener, settings.events_kept_days)


class ShopEvents:
    """The events of one shop: an `EventStore` that checks what comes in.

    Args:
        open_store: opens the store, at the first need.
        kept_days: how long events are kept; older ones are refused, and removed while new ones
            come in, at most once an hour. 0 keeps them for ever.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        open_store: Callable[[], EventStore],
        kept_days: float = 0,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open_store = open_store
        self._kept_s = kept_days * _DAY_S
        self._clock = clock
        self._opened: EventStore | None = None
        self._opening = threading.Lock()
        self._forgot_at = -_FORGET_EVERY_S

    def append(self, events: Iterable[Event | Mapping[str, object]]) -> Appended:
        """Keep events, all or none; once this returns they are on disk.

        Args:
            events: `Event`s, or objects as `read_event` reads them. Those whose `event_id` is known
                are passed over.

        Raises:
            EventError: one of them cannot be kept.
            EventsUnavailableError: the database does not answer, or is full.
            DataError: the shop cannot be changed.
        """
        now = self._clock()
        return self._keep([self._checked(event, now) for event in events])

    def take(self, items: Sequence[object], wording: str | None = None) -> Taken:
        """Keep what can be kept of a batch, and say of the rest why not.

        Args:
            items: `Event`s, or objects as `read_event` reads them.
            wording: in whose words; None tells by each object's fields.

        Raises:
            EventsUnavailableError: the database does not answer, or is full; nothing was kept.
            DataError: the shop cannot be changed.
        """
        return self.take_all([items], wording)[0]

    def take_all(
        self, batches: Sequence[Sequence[object]], wording: str | None = None
    ) -> list[Taken]:
        """Do as `take` does for several batches in one transaction; all are kept, or none."""
        now = self._clock()
        sifted = [self._sifted(items, now, wording) for items in batches]
        kept = self._keep([event for good, _ in sifted for event in good])
        seen = set(kept.known_ids)
        answers: list[Taken] = []
        for good, failed in sifted:
            fresh = {event.event_id for event in good} - seen
            seen |= fresh
            answers.append(Taken(len(fresh), len(good) - len(fresh), failed))
        return answers

    def last(self) -> int:
        """See `EventStore.last`."""
        return self._store.last()

    def n_purges(self) -> int:
        """See `EventStore.n_purges`."""
        return self._store.n_purges()

    def rows(self, since: int = 0) -> EventRows:
        """See `EventStore.rows`."""
        return self._store.rows(since)

    def counts(self) -> EventCounts:
        """See `EventStore.counts`."""
        return self._store.counts()

    def of_visitor(self, visitor_id: str, k: int) -> Sequence[Event]:
        """See `EventStore.of_visitor`."""
        return self._store.of_visitor(visitor_id, k)

    def iterate(self, visitor_id: str | None = None) -> Iterator[Event]:
        """See `EventStore.iterate`."""
        return self._store.iterate(visitor_id)

    def put_visitors(self, visitors: Iterable[Visitor]) -> None:
        """See `EventStore.put_visitors`."""
        self._store.put_visitors(visitors)

    def visitors(self, visitor_ids: Sequence[str] | None = None) -> dict[str, Visitor]:
        """See `EventStore.visitors`."""
        return self._store.visitors(visitor_ids)

    def purge_visitor(self, visitor_id: str) -> int:
        """See `EventStore.purge_visitor`."""
        return self._store.purge_visitor(visitor_id)

    def purge_before(self, at: float) -> int:
        """See `EventStore.purge_before`."""
        return self._store.purge_before(at)

    def purge_expired(self) -> int:
        """Remove what is older than the shop keeps events; how many there were."""
        return self.purge_before(self._clock() - self._kept_s) if self._kept_s else 0

    def close(self) -> None:
        """Let go of the connections."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _store(self) -> EventStore:
        with self._opening:
            if self._opened is None:
                self._opened = self._open_store()
            return self._opened

    def _sifted(
        self, items: Sequence[object], now: float, wording: str | None
    ) -> tuple[list[Event], list[Refused]]:
        good: list[Event] = []
        failed: list[Refused] = []
        for index, item in enumerate(items):
            try:
                good.append(self._checked(item, now, wording))
            except EventError as error:
                failed.append(Refused(index, error.code, str(error), error.field))
        return good, failed

    def _checked(self, item: object, now: float, wording: str | None = None) -> Event:
        event = item if isinstance(item, Event) else read_event(item, now, wording)
        check(event, now=now, kept_s=self._kept_s)
        return event

    def _keep(self, events: Sequence[Event]) -> Appended:
        kept = self._store.append(events)
        if self._kept_s and self._clock() - self._forgot_at >= _FORGET_EVERY_S:
            self._forgot_at = self._clock()
            self.purge_expired()
        return kept
