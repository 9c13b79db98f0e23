"""How a shop's file is connected to: write-ahead log, transactions that begin when we say."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event

from vitrine.store.files import BUSY_S, connect_to_read, is_frozen

_WRITE = "vitrine_write"


def engine_on(path: Path, *, read_only: bool = False) -> Engine:
    """An engine on a shop's file; where the file is frozen it only reads."""
    if is_frozen(path):
        engine = create_engine(f"sqlite:///{path}", creator=partial(connect_to_read, path))
        read_only = True
    else:
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _set_up_to_read if read_only else _set_up)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def transaction_on(engine: Engine) -> Generator[Connection]:
    """One transaction that writes, and waits for no reader."""
    with engine.connect() as connection:
        writing = connection.execution_options(**{_WRITE: True})
        with writing.begin():
            yield writing


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions start too late: https://docs.sqlalchemy.org/20/dialects/sqlite.html
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def _set_up_to_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
