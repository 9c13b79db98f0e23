"""Events on their way to the disk: whatever waits goes there together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from vitrine.serve.lanes import Lane
from vitrine.shop import ShopEvents, Taken

_WAITING_BATCHES = 256
_EVENTS_AT_ONCE = 10_000


@dataclass(slots=True, eq=False)
class _Batch:
    """What one request sent, and what became of it."""

    items: Sequence[object]
    taken: Taken | None = None
    error: Exception | None = None


class Ingest:
    """Keeps the events of many requests in few transactions, on a thread of its own.

    A commit waits for the disk, so what arrives meanwhile is kept by the next one as a whole.

    Args:
        events: of the shop.
    """

    def __init__(self, events: ShopEvents) -> None:
        self.lane = Lane("events", 1, _WAITING_BATCHES)
        self._events = events
        self._waiting: list[_Batch] = []
        self._listing = threading.Lock()

    async def keep(self, items: Sequence[object]) -> Taken:
        """Keep a batch; what is counted as accepted or known is on disk.

        Args:
            items: as `ShopEvents.take` reads them.

        Raises:
            Problem: `busy`, at once, when too much waits already; nothing was kept.
            EventsUnavailableError: the database does not answer; nothing was kept.
            DataError: the shop cannot be changed.
        """
        batch = _Batch(items)

        def settle() -> Taken:
            self._settle(batch)
            if batch.taken is None:
                raise batch.error or RuntimeError("a batch of events was passed over")
            return batch.taken

        with self._listing:
            self._waiting.append(batch)
        try:
            return await self.lane.run(settle)
        except BaseException:
            self._forget(batch)
            raise

    def _settle(self, batch: _Batch) -> None:
        """Keep what waits, this batch too, unless that was done with an earlier one."""
        while batch.taken is None and batch.error is None:
            together = self._next()
            if not together:
                return
            try:
                answers = self._events.take_all([each.items for each in together])
            except Exception as error:  # each of them is told
                for each in together:
                    each.error = error
            else:
                for each, taken in zip(together, answers, strict=True):
                    each.taken = taken

    def _next(self) -> list[_Batch]:
        """The batches that waited longest, as many as one transaction should hold."""
        with self._listing:
            n_events, n_batches = 0, 0
            for each in self._waiting:
                if n_batches and n_events + len(each.items) > _EVENTS_AT_ONCE:
                    break
                n_events, n_batches = n_events + len(each.items), n_batches + 1
            together = self._waiting[:n_batches]
            del self._waiting[:n_batches]
        return together

    def _forget(self, batch: _Batch) -> None:
        with self._listing:
            if batch in self._waiting:
                self._waiting.remove(batch)
