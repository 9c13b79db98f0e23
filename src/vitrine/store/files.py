"""A shop's file as SQLite's driver sees it: read, copied, and judged before it is opened."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from vitrine.errors import DataError, ShopVersionError

BUSY_S = 30
"""How long a connection waits for another one's transaction."""


def copy_file(path: Path, new: Path) -> None:
    """Copy a shop as it is at this moment, writers or not, into one file at rest."""
    with closing(connect_to_read(path)) as source, closing(sqlite3.connect(new)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection that changes no byte."""
    # mode=ro would leave the files of the write-ahead log behind
    mode = "immutable=1" if is_frozen(path) else "mode=rw"
    uri = f"{path.resolve().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def is_frozen(path: Path) -> bool:
    """Whether a shop is at rest in a folder that cannot be written."""
    log = path.with_name(f"{path.name}-wal")
    at_rest = path.is_file() and not (log.exists() and log.stat().st_size)
    return at_rest and not os.access(path.parent, os.W_OK)


def state_of(path: Path) -> tuple[int, int, bool]:
    """What changes when somebody else writes to the file."""
    now = path.stat()
    return now.st_mtime_ns, now.st_size, is_frozen(path)


def revision_of(path: Path) -> str:
    """Name the schema of a shop.

    Raises:
        ShopVersionError: the file is no shop.
        DataError: it is damaged, or cannot be opened where it is.
    """
    try:
        with closing(connect_to_read(path)) as connection:
            row: tuple[Any] | None = connection.execute(
                "SELECT version_num FROM alembic_version"
            ).fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise DataError(
                f"{path} cannot be opened ({error}): SQLite has to write beside a shop that is in "
                "use or was not closed; copy it, with its -wal file, into a folder that can be "
                "written"
            ) from error
        if error.sqlite_errorname.startswith("SQLITE_CORRUPT"):
            raise DataError(f"{path} is damaged ({error}); go back to a backup of it") from error
        raise ShopVersionError(f"{path} is not a vitrine shop ({error})") from error
    if row is None:
        raise ShopVersionError(f"{path} is not a vitrine shop (it names no version)")
    return str(row[0])


def free_name(path: Path, suffix: str) -> Path:
    """Find a name beside a file that no other file has."""
    names = (path.with_name(f"{path.name}.{suffix}{n or ''}") for n in range(1000))
    return next(name for name in names if not name.exists())
