"""What was collected so far: one small SQLite file, true after any kill."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.collect.found import Found, FoundPhoto
from vitrine.errors import DataError, LockedError

JOURNAL = "collect.sqlite"
"""What the file is called in a folder."""

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, source TEXT NOT NULL, finished INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pages (
    number INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, run INTEGER NOT NULL,
    etag TEXT NOT NULL, last_modified TEXT NOT NULL, sha256 TEXT NOT NULL,
    collected_at TEXT NOT NULL, kept INTEGER NOT NULL, found TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS photos (
    url TEXT PRIMARY KEY, run INTEGER NOT NULL, page TEXT NOT NULL, sha256 TEXT NOT NULL,
    file TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    license TEXT NOT NULL, acquire_license_page TEXT NOT NULL, credit TEXT NOT NULL,
    copyright TEXT NOT NULL, collected_at TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read."""

    url: str
    """As it was asked for."""
    run: int
    """The last run that asked for it."""
    found: Found
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    collected_at: str = ""
    """When its contents came, ISO 8601 in UTC."""
    kept: int = 0
    """How many of its products belong to the catalogue, from the first."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that lies in the folder, and where it is from."""

    found: FoundPhoto
    page: str
    """Address of the product's page."""
    run: int
    sha256: str
    file: str
    """Its path inside the folder, with slashes."""
    etag: str = ""
    last_modified: str = ""
    collected_at: str = ""


class Journal:
    """Pages, photos and runs; every change is there for good when its call returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, source: str) -> tuple[int, bool]:
        """Go on with the last run if it was of this source and did not end; else start one.

        Returns:
            The run's number, and whether it goes on.
        """
        last = self._one("SELECT run, source, finished FROM runs ORDER BY run DESC LIMIT 1")
        if last is not None and last[1] == source and not last[2]:
            return int(last[0]), True
        with self._db:
            cursor = self._db.execute("INSERT INTO runs (source) VALUES (?)", (source,))
        return int(cursor.lastrowid or 0), False

    def finish(self, run: int) -> None:
        """Note that a run came to its end."""
        with self._db:
            self._db.execute("UPDATE runs SET finished = 1 WHERE run = ?", (run,))

    def page(self, url: str) -> Page | None:
        """What is known of a page."""
        row = self._one("SELECT * FROM pages WHERE url = ?", url)
        return None if row is None else _page(row)

    def pages(self) -> Iterator[Page]:
        """All pages with products in the catalogue, in the order in which they were first met."""
        rows = self._db.execute("SELECT * FROM pages WHERE kept > 0 ORDER BY number")
        for row in rows.fetchall():
            yield _page(row)

    def put_page(self, page: Page) -> None:
        """Remember a page, new or known."""
        values = (page.url, page.run, page.etag, page.last_modified, page.sha256)
        found = json.dumps(page.found.to_json(), ensure_ascii=False)
        with self._db:
            self._db.execute(
                "INSERT INTO pages (url, run, etag, last_modified, sha256, collected_at, kept,"
                " found) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
                " run = excluded.run, etag = excluded.etag, last_modified = excluded.last_modified,"
                " sha256 = excluded.sha256, collected_at = excluded.collected_at,"
                " kept = excluded.kept, found = excluded.found",
                (*values, page.collected_at, page.kept, found),
            )

    def drop_page(self, url: str) -> bool:
        """Forget a page that is gone; gives whether the catalogue held products of it."""
        page = self.page(url)
        if page is not None:
            self.put_page(replace(page, kept=0))
        return page is not None and page.kept > 0

    def photo(self, url: str) -> Photo | None:
        """What is known of a photo by its address."""
        row = self._one("SELECT * FROM photos WHERE url = ?", url)
        return None if row is None else _photo(row)

    def photos(self) -> Iterator[Photo]:
        """All photos that were collected, in a fixed order."""
        for row in self._db.execute("SELECT * FROM photos ORDER BY rowid").fetchall():
            yield _photo(row)

    def put_photo(self, photo: Photo) -> None:
        """Remember a photo, new or known."""
        found = photo.found
        values = (found.url, photo.run, photo.page, photo.sha256, photo.file, photo.etag)
        licence = (found.license, found.acquire_license_page, found.credit, found.copyright)
        with self._db:
            self._db.execute(
                "INSERT INTO photos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url)"
                " DO UPDATE SET run = excluded.run, page = excluded.page, sha256 = excluded.sha256,"
                " file = excluded.file, etag = excluded.etag,"
                " last_modified = excluded.last_modified, license = excluded.license,"
                " acquire_license_page = excluded.acquire_license_page, credit = excluded.credit,"
                " copyright = excluded.copyright, collected_at = excluded.collected_at",
                (*values, photo.last_modified, *licence, photo.collected_at),
            )

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        return self._db.execute(statement, values).fetchone()


@contextmanager
def open_journal(path: Path, *, read_only: bool = False) -> Generator[Journal]:
    """Open the journal of a folder, made anew where there is none.

    Args:
        path: the file.
        read_only: work on a copy in memory, and leave the disk alone.

    Raises:
        LockedError: another collection writes into this folder.
        DataError: the file is something else, or of a newer release.
    """
    try:
        with _connected(path, read_only) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise DataError(
                    f"{path} was written by another release of vitrine; use that one, or another "
                    "folder (--out)"
                )
            connection.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")
            yield Journal(connection)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise LockedError(
                f"{path.parent} is being collected into by another process"
            ) from error
        raise DataError(f"{path} cannot be used: {error}; remove it to start anew") from error


@contextmanager
def _connected(path: Path, read_only: bool) -> Generator[sqlite3.Connection]:
    if not read_only:
        with closing(sqlite3.connect(path, timeout=1.0)) as connection:
            # held until the end, so that two runs never write into one folder
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.commit()
            yield connection
        return
    with closing(sqlite3.connect(":memory:")) as copy:
        if path.exists():
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as there:
                there.backup(copy)
        yield copy


def _page(row: tuple[Any, ...]) -> Page:
    _, url, run, etag, last_modified, sha256, collected_at, kept, found = row
    read = Found.from_json(json.loads(found))
    return Page(url, run, read, sha256, etag, last_modified, collected_at, kept)


def _photo(row: tuple[Any, ...]) -> Photo:
    url, run, page, sha256, file, etag, last_modified, *licence, collected_at = row
    found = FoundPhoto(url, *licence)
    return Photo(found, page, run, sha256, file, etag, last_modified, collected_at)
