"""Files of events into a shop."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from vitrine.errors import NotFoundError
from vitrine.events import Event, EventError, Visitor, read_events, read_visitors
from vitrine.shop.failures import drop_failures, failures_path, write_failures
from vitrine.shop.feedback import Refused, ShopEvents
from vitrine.types import Json, RowFailure

T = TypeVar("T")

_AT_ONCE = 2000
_MOST_LISTED = 100_000


@dataclass(frozen=True, slots=True)
class EventReport:
    """What came of importing a file of events."""

    source: str
    format: str
    read: int
    added: int
    known: int
    """They were in the shop already."""
    failed: int
    visitors: int
    """Of whom something was said."""
    seconds: float
    errors: str | None = None
    """Where what was left out is listed, up to 100,000 rows."""

    def to_json(self) -> Json:
        """Plain values."""
        return asdict(self)


def import_events(
    events: ShopEvents,
    shop: Path,
    source: Path,
    *,
    format: str | None = None,
    customers: Path | None = None,
    errors: Path | None = None,
) -> EventReport:
    """Keep the events of a file, 2,000 in a transaction, and list those that cannot be kept.

    After a kill, import the same file again: what was kept is passed over.

    Args:
        events: of the shop.
        shop: its file, beside which failures are listed.
        source: the file.
        format: as for `read_events`.
        customers: a table of what is known of visitors.
        errors: where failures are listed; None is SHOP.events.errors.csv beside the shop.

    Raises:
        NotFoundError: a file does not exist.
        DataError: a file is in no known format, or the shop cannot be changed.
        UsageError: `errors` is a file of another kind.
        EventsUnavailableError: the database does not answer; what was kept before stays.
    """
    started = time.perf_counter()
    place = shop.with_name(f"{shop.name}.events.errors.csv") if errors is None else errors
    place = failures_path(shop, place)
    if customers is not None and not customers.is_file():
        raise NotFoundError(f"there is no file {customers}")
    sources = [str(path) for path in (source, customers) if path is not None]
    name, lines = read_events(source, format)
    failures = _Failures()
    n_visitors = 0
    if customers is not None:
        for known in _chunks(_good(customers, read_visitors(customers), failures)):
            events.put_visitors(known)
            n_visitors += len(known)
    n_read = n_added = n_known = 0
    for chunk in _chunks(lines):
        good = [(line, event) for line, event in chunk if isinstance(event, Event)]
        taken = events.take([event for _, event in good])
        failed = [(line, event) for line, event in chunk if isinstance(event, EventError)]
        failed += [_refused(*good[refused.index], refused) for refused in taken.failed]
        for line, error in sorted(failed, key=itemgetter(0)):
            failures.add(source, line, error)
        n_read, n_added = n_read + len(chunk), n_added + taken.accepted
        n_known += taken.known
    if failures.n:
        write_failures(failures.listed, place, shop.name)
    else:
        drop_failures(shop, place, *sources)
    return EventReport(
        source=str(source),
        format=name,
        read=n_read,
        added=n_added,
        known=n_known,
        failed=failures.n,
        visitors=n_visitors,
        seconds=round(time.perf_counter() - started, 3),
        errors=str(place) if failures.n else None,
    )


class _Failures:
    """What was left out, and how much it was."""

    def __init__(self) -> None:
        self.n = 0
        self.listed: list[RowFailure] = []

    def add(self, source: Path, line: int, error: EventError) -> None:
        self.n += 1
        if len(self.listed) < _MOST_LISTED:
            reason = f"{error.code}: {error}"
            self.listed.append(RowFailure(str(source), line, error.product_id, error.field, reason))


def _refused(line: int, event: Event, refused: Refused) -> tuple[int, EventError]:
    product_id = event.products[0].product_id if event.products else ""
    return line, EventError(refused.code, refused.detail, refused.field, product_id)


def _good(
    source: Path, lines: Iterable[tuple[int, Visitor | EventError]], failures: _Failures
) -> Iterator[Visitor]:
    for line, visitor in lines:
        if isinstance(visitor, EventError):
            failures.add(source, line, visitor)
        else:
            yield visitor


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(islice(left, _AT_ONCE)):
        yield chunk
