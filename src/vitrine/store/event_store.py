"""Events over the tables of `event_tables`, on whatever database the connections lead to.

Who writes first locks the row of the newest number. So numbers become visible in their order, and
a reader that asks for what is new misses nothing that was committed late.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from vitrine.errors import EventsUnavailableError
from vitrine.events import Event, Visitor
from vitrine.store.event_protocol import Appended, EventCounts, EventRows
from vitrine.store.event_records import (
    event_values,
    events_from,
    product_values,
    rows_from,
    rows_query,
)
from vitrine.store.event_tables import event_marks, event_products, events, visitors

Connecting = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection with a transaction that is committed at the end."""

Rows = Sequence[Mapping[str, Any]]
"""Column -> value; all rows have the same columns in the same order."""

InsertRows = Callable[[Connection, Table, Rows], None]

_IDS_AT_ONCE = 500
_EVENTS_AT_ONCE = 2000
_REMOVED_AT_ONCE = 5000


def _insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    connection.execute(insert(table), rows)


class CoreEvents:
    """An `EventStore` on SQLAlchemy Core.

    Args:
        reading: opens a transaction that only reads.
        writing: opens one that writes.
        close: lets go of the connections.
        insert_rows: puts many rows into a table; by INSERT where the database has no faster way.
    """

    def __init__(
        self,
        reading: Connecting,
        writing: Connecting,
        close: Callable[[], None] = lambda: None,
        insert_rows: InsertRows = _insert_rows,
    ) -> None:
        self._reading = lambda: _explained(reading)
        self._writing = lambda: _explained(writing)
        self._close = close
        self._insert_rows = insert_rows

    def append(self, events: Sequence[Event]) -> Appended:
        """See `EventStore.append`."""
        sent = _first_of_each_id(events)
        if not sent:
            return Appended(0, 0)
        with self._writing() as connection:
            last = _take_turn(connection)
            known = _known_ids(connection, list(sent))
            fresh = [event for event_id, event in sent.items() if event_id not in known]
            if fresh:
                self._insert(connection, fresh, last + 1)
                _set_mark(connection, "last", last + len(fresh))
        return Appended(len(fresh), len(events) - len(fresh), frozenset(known))

    def last(self) -> int:
        """See `EventStore.last`."""
        with self._reading() as connection:
            return _mark(connection, "last")

    def n_purges(self) -> int:
        """See `EventStore.n_purges`."""
        with self._reading() as connection:
            return _mark(connection, "purges")

    def rows(self, since: int = 0) -> EventRows:
        """See `EventStore.rows`."""
        with self._reading() as connection:
            last = _mark(connection, "last")
            found = connection.execution_options(yield_per=50_000).execute(rows_query(since, last))
            return rows_from(found.partitions(), last)

    def counts(self) -> EventCounts:
        """See `EventStore.counts`."""
        by_type = select(events.c.event_type, func.count()).group_by(events.c.event_type)
        ends = select(
            func.count(events.c.visitor_id.distinct()), func.min(events.c.at), func.max(events.c.at)
        )
        with self._reading() as connection:
            n_visitors, first_at, last_at = connection.execute(ends).one()
            n_products = connection.execute(
                select(func.count(event_products.c.product_id.distinct()))
            ).scalar_one()
            types = sorted((name, count) for name, count in connection.execute(by_type))
        return EventCounts(dict(types), n_visitors, n_products, first_at, last_at)

    def of_visitor(self, visitor_id: str, k: int) -> Sequence[Event]:
        """See `EventStore.of_visitor`."""
        theirs = select(events).where(events.c.visitor_id == visitor_id)
        newest = theirs.order_by(events.c.at.desc(), events.c.number.desc()).limit(k)
        with self._reading() as connection:
            return [event for _, event in _with_products(connection, newest)]

    def iterate(self, visitor_id: str | None = None) -> Iterator[Event]:
        """See `EventStore.iterate`; no transaction stays open in between."""
        number = 0
        while True:
            query = select(events).where(events.c.number > number).order_by(events.c.number)
            if visitor_id is not None:
                query = query.where(events.c.visitor_id == visitor_id)
            with self._reading() as connection:
                found = _with_products(connection, query.limit(_EVENTS_AT_ONCE))
            if not found:
                return
            number = found[-1][0]
            yield from (event for _, event in found)

    def put_visitors(self, visitors: Iterable[Visitor]) -> None:
        """See `EventStore.put_visitors`; a thousand at a time."""
        left = iter(visitors)
        while chunk := {visitor.visitor_id: visitor for visitor in islice(left, _EVENTS_AT_ONCE)}:
            with self._writing() as connection:
                _take_turn(connection)
                _replace_visitors(connection, chunk)

    def visitors(self, visitor_ids: Sequence[str] | None = None) -> dict[str, Visitor]:
        """See `EventStore.visitors`."""
        query = select(visitors)
        with self._reading() as connection:
            if visitor_ids is None:
                found = [Visitor(*row) for row in connection.execute(query)]
            else:
                found = [
                    Visitor(*row)
                    for ids in _chunks(visitor_ids)
                    for row in connection.execute(query.where(visitors.c.visitor_id.in_(ids)))
                ]
        return {visitor.visitor_id: visitor for visitor in found}

    def purge_visitor(self, visitor_id: str) -> int:
        """See `EventStore.purge_visitor`."""
        n_removed = self._purge(select(events.c.number).where(events.c.visitor_id == visitor_id))
        with self._writing() as connection:
            _take_turn(connection)
            connection.execute(delete(visitors).where(visitors.c.visitor_id == visitor_id))
        return n_removed

    def purge_before(self, at: float) -> int:
        """See `EventStore.purge_before`."""
        return self._purge(select(events.c.number).where(events.c.at < at))

    def close(self) -> None:
        """See `EventStore.close`."""
        self._close()

    def _insert(self, connection: Connection, fresh: Sequence[Event], first: int) -> None:
        rows = [event_values(event, number) for number, event in enumerate(fresh, first)]
        self._insert_rows(connection, events, rows)
        named = [row for n, event in enumerate(fresh, first) for row in product_values(event, n)]
        if named:
            self._insert_rows(connection, event_products, named)

    def _purge(self, chosen: Select[Any]) -> int:
        """Remove events in many short transactions, so that nobody waits long to append."""
        n_removed = 0
        while True:
            with self._writing() as connection:
                _take_turn(connection)
                some = chosen.limit(_REMOVED_AT_ONCE)
                n_now = connection.execute(delete(events).where(events.c.number.in_(some))).rowcount
                if n_now:
                    _set_mark(connection, "purges", _mark(connection, "purges") + 1)
            n_removed += n_now
            if n_now < _REMOVED_AT_ONCE:
                return n_removed


@contextmanager
def _explained(connecting: Connecting) -> Generator[Connection]:
    """Say what the driver said, and nothing of what was sent.

    Raises:
        EventsUnavailableError: the database is locked, full, damaged or gone.
    """
    try:
        with connecting() as connection:
            yield connection
    except DBAPIError as error:
        said = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
        raise EventsUnavailableError(f"events cannot be kept or read now: {said}") from error


def _first_of_each_id(sent: Sequence[Event]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for event in sent:
        found.setdefault(event.event_id, event)
    return found


def _take_turn(connection: Connection) -> int:
    """Wait until nobody else writes; give the newest number."""
    newest = select(event_marks.c.value).where(event_marks.c.name == "last")
    return connection.execute(newest.with_for_update()).scalar_one()


def _mark(connection: Connection, name: str) -> int:
    return connection.execute(
        select(event_marks.c.value).where(event_marks.c.name == name)
    ).scalar_one()


def _set_mark(connection: Connection, name: str, value: int) -> None:
    connection.execute(update(event_marks).where(event_marks.c.name == name).values(value=value))


def _known_ids(connection: Connection, event_ids: Sequence[str]) -> set[str]:
    return {
        event_id
        for ids in _chunks(event_ids)
        for event_id in connection.scalars(
            select(events.c.event_id).where(events.c.event_id.in_(ids))
        )
    }


def _with_products(connection: Connection, query: Select[Any]) -> list[tuple[int, Event]]:
    """Events with their numbers, in the order of the query."""
    found = connection.execute(query).all()
    named = [
        row
        for numbers in _chunks([row.number for row in found])
        for row in connection.execute(
            select(event_products)
            .where(event_products.c.number.in_(numbers))
            .order_by(event_products.c.number, event_products.c.place)
        )
    ]
    return events_from(found, named)


def _replace_visitors(connection: Connection, chunk: dict[str, Visitor]) -> None:
    for ids in _chunks(list(chunk)):
        connection.execute(delete(visitors).where(visitors.c.visitor_id.in_(ids)))
    values = [
        {"visitor_id": v.visitor_id, "age": v.age, "gender": v.gender, "region": v.region}
        for v in chunk.values()
    ]
    connection.execute(insert(visitors), values)


def _chunks(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE))
