"""Events on PostgreSQL, for shops whose visitors are more than one file should take."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, Table, create_engine, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from vitrine.errors import ConfigurationError, EventsUnavailableError, missing_extra
from vitrine.store.event_store import CoreEvents, Rows
from vitrine.store.event_tables import MARKS, event_marks, make

if TYPE_CHECKING:
    from typing import LiteralString

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_CONNECT_TIMEOUT_S = 10
_LOCK_TIMEOUT_S = 30
_MAKING_TABLES = 0x76697472  # a number of our own, so that two processes do not make them at once


def open_postgres_events(url: str) -> CoreEvents:
    """Open the events that a PostgreSQL database holds for one shop; make their tables if need be.

    Args:
        url: `postgresql://user:password@host/database`; no message ever shows the password.

    Raises:
        ConfigurationError: it is no such address, the server cannot be reached, or its tables were
            made by a newer release.
        MissingExtraError: psycopg is not installed.
    """
    address = _address(url)
    if find_spec("psycopg") is None:
        raise missing_extra("keeping events on PostgreSQL", "psycopg", "postgres")
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
    )
    try:
        with engine.begin() as connection:
            _make_tables(connection, address)
    except ConfigurationError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        said = (str(error.orig).splitlines() or ["it says nothing"])[0]
        shown = said.replace(address.password, "***") if address.password else said
        raise ConfigurationError(f"{_named(address)} cannot be used: {shown}") from error
    return CoreEvents(engine.begin, lambda: _writing(engine), engine.dispose, _copy_rows)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in _SCHEMES or not address.database:
        raise ConfigurationError(
            "the setting 'events_url' is no address of a PostgreSQL database; "
            "write postgresql://user:password@host/database (VITRINE_EVENTS_URL)"
        ) from None
    return address


def _named(address: URL) -> str:
    place = address.host or address.query.get("host") or "this computer"
    return f"the database of events, {address.database!r} on {place}"


@contextmanager
def _writing(engine: Engine) -> Generator[Connection]:
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_S}s'"))
        yield connection


def _copy_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """By COPY, which costs a fraction of INSERT."""
    import psycopg

    names = ", ".join(f'"{name}"' for name in rows[0])
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    command = cast("LiteralString", f"COPY {table.name} ({names}) FROM STDIN")
    try:
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))
    except psycopg.Error as error:
        raise EventsUnavailableError(f"events cannot be kept now: {type(error).__name__}") from None


def _make_tables(connection: Connection, address: URL) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING_TABLES})
    make(connection)
    schema = select(event_marks.c.value).where(event_marks.c.name == "schema")
    if connection.execute(schema).scalar_one() > MARKS["schema"]:
        raise ConfigurationError(
            f"{_named(address)} was written by a newer release; update vitrine to use it"
        )
