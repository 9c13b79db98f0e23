"""The shop as one SQLite file: write-ahead log, one writer, readers that never wait.

In a folder that cannot be written there is no room for the log, so a shop there is read as a file
that nobody changes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import filelock
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DatabaseError

from vitrine.errors import DataError, LockedError, NotFoundError
from vitrine.store import checks, event_tables, jobs, migrate, prices, reading, reviewing, words
from vitrine.store.engines import engine_on, transaction_on
from vitrine.store.event_store import CoreEvents
from vitrine.store.files import (
    copy_file,
    free_name,
    is_frozen,
    revision_of,
    state_of,
)
from vitrine.store.nouns import (
    JobRecord,
    KeyRecord,
    LearnedRecord,
    PhotoRef,
    PriceRecord,
    ReviewRecord,
    StoreRows,
    TermRows,
)
from vitrine.store.protocol import Writer
from vitrine.store.schema import HEAD, WORDS, images, meta, metadata, products
from vitrine.store.writing import CoreWriter, read_counter
from vitrine.types import EncoderIdentity, Product, RowFailure


class SqliteStore:
    """A `Store` in one file; safe to share between threads and processes."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._frozen = state_of(path) if is_frozen(path) else None
        self._engine = engine_on(path, read_only=read_only)
        self._import_lock = filelock.FileLock(f"{path}.lock", thread_local=False)

    @property
    def location(self) -> str:
        """Path of the file."""
        return str(self._path)

    def encoder(self) -> EncoderIdentity:
        """See `Store.encoder`."""
        with self._reading() as connection:
            return reading.active_encoder(connection)[1]

    def counter(self) -> int:
        """See `Store.counter`."""
        with self._reading() as connection:
            return read_counter(connection)

    def rows(self, since: int = 0) -> StoreRows:
        """See `Store.rows`."""
        with self._reading() as connection:
            return reading.rows(connection, since)

    def products(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """See `Store.products`."""
        with self._reading() as connection:
            return reading.products(connection, product_ids)

    def product_ids(self) -> set[str]:
        """See `Store.product_ids`."""
        with self._reading() as connection:
            return set(connection.scalars(select(products.c.product_id)))

    def n_said(self, fields: Sequence[str]) -> dict[str, int]:
        """See `Store.n_said`."""
        with self._reading() as connection:
            return reading.n_said(connection, fields)

    def iterate(self) -> Iterator[tuple[Product, Sequence[PhotoRef]]]:
        """See `Store.iterate`."""
        with self._reading() as connection:
            yield from reading.iterate(connection)

    def photos(self, product_ids: Sequence[str]) -> dict[str, Sequence[PhotoRef]]:
        """See `Store.photos`."""
        with self._reading() as connection:
            return reading.photos(connection, product_ids)

    def known_images(self, encoder: EncoderIdentity) -> set[str]:
        """See `Store.known_images`."""
        with self._reading() as connection:
            return reading.known_images(connection, encoder)

    def knows_image(self, encoder: EncoderIdentity, sha256: str) -> bool:
        """See `Store.knows_image`."""
        with self._reading() as connection:
            return bool(reading.known_images(connection, encoder, sha256))

    def thumbnail(self, sha256: str) -> bytes | None:
        """See `Store.thumbnail`."""
        with self._reading() as connection:
            return connection.scalar(select(images.c.thumbnail).where(images.c.sha256 == sha256))

    def match_word(self, term: str, *, prefix: bool = False) -> TermRows:
        """See `Store.match_word`."""
        with self._reading() as connection:
            return words.match(connection, term, prefix=prefix)

    def words_like(self, word: str, k: int) -> Sequence[str]:
        """See `Store.words_like`."""
        with self._reading() as connection:
            return words.like(connection, word, k)

    def keys(self) -> Sequence[KeyRecord]:
        """See `Store.keys`."""
        with self._reading() as connection:
            return reading.keys(connection)

    def price_history(self, product_ids: Sequence[str] | None = None) -> Sequence[PriceRecord]:
        """See `Store.price_history`."""
        with self._reading() as connection:
            return prices.history(connection, product_ids)

    def learned(self, name: str) -> LearnedRecord | None:
        """See `Store.learned`."""
        with self._reading() as connection:
            return reading.find_learned(connection, name)

    def learned_at(self, name: str) -> str:
        """See `Store.learned_at`."""
        with self._reading() as connection:
            return reading.learned_at(connection, name)

    def job(self, job_id: str) -> JobRecord | None:
        """See `Store.job`."""
        with self._reading() as connection:
            return jobs.find(connection, job_id)

    def jobs(self, k: int, *, before: int | None = None) -> Sequence[JobRecord]:
        """See `Store.jobs`."""
        with self._reading() as connection:
            return jobs.newest(connection, k, before)

    def job_failures(self, job_id: str, k: int, *, offset: int = 0) -> Sequence[RowFailure]:
        """See `Store.job_failures`."""
        with self._reading() as connection:
            return jobs.failures(connection, job_id, k, offset)

    def reviews(
        self, product_ids: Sequence[str] | None = None, fields: Sequence[str] | None = None
    ) -> Sequence[ReviewRecord]:
        """See `Store.reviews`."""
        with self._reading() as connection:
            return reviewing.reviews(connection, product_ids, fields)

    @contextmanager
    def importing(self, *, wait_s: float = 0.0) -> Generator[None]:
        """See `Store.importing`; the lock is a file beside the shop."""
        self._check_writable()
        try:
            self._import_lock.acquire(timeout=wait_s)
        except filelock.Timeout as error:
            raise LockedError(
                f"another process is importing into {self._path}; wait for it, "
                "or give --wait SECONDS to wait here"
            ) from error
        try:
            yield
        finally:
            self._import_lock.release()

    @contextmanager
    def transaction(self) -> Generator[Writer]:
        """See `Store.transaction`."""
        with self._writing() as connection:
            yield CoreWriter(connection)

    def events(self) -> CoreEvents:
        """See `Store.events`; in the same file."""
        return CoreEvents(self._reading, self._writing)

    def backup(self, path: Path) -> None:
        """See `Store.backup`; by SQLite's online backup."""
        if path.exists():
            raise DataError(f"{path} exists already; name a file that does not")
        copy_file(self._path, path)

    def problems(self) -> list[str]:
        """See `Store.problems`."""
        try:
            with self._reading() as connection:
                return checks.problems(connection)
        except DatabaseError as error:
            return [f"SQLite cannot read the file: {error.orig}"]

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()

    def _check_writable(self) -> None:
        if self._frozen is not None:
            raise DataError(
                f"{self._path} cannot be changed: its folder cannot be written; "
                "copy it into one that can"
            )

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        self._check_writable()
        with transaction_on(self._engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Generator[Connection]:
        if self._frozen is not None and self._frozen != state_of(self._path):
            raise DataError(f"{self._path} was changed by another computer; open it again")
        with self._engine.connect() as connection, connection.begin():
            yield connection


def create_sqlite(path: Path, encoder: EncoderIdentity) -> SqliteStore:
    """Make an empty shop for this encoder.

    Raises:
        DataError: the file exists, or its folder does not.
    """
    if path.exists():
        raise DataError(f"{path} exists already")
    if not path.parent.is_dir():
        raise DataError(f"the folder {path.parent} does not exist; make it first")
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    engine = engine_on(draft)
    with transaction_on(engine) as connection:
        metadata.create_all(connection)
        event_tables.make(connection)
        connection.execute(text(WORDS))
        migrate.stamp(connection, HEAD)
        connection.execute(insert(meta).values(name="counter", value="0"))
        CoreWriter(connection).switch_encoder(encoder)
    engine.dispose()
    draft.rename(path)  # a kill before this line leaves no half-made shop under its name
    return SqliteStore(path)


def open_sqlite(path: Path) -> SqliteStore:
    """Open a shop; one that an older release wrote is copied, then migrated.

    Raises:
        NotFoundError: there is no such file.
        ShopVersionError: the file is no shop, or a newer release wrote it.
        DataError: it is damaged, or its folder cannot be written.
    """
    if _is_older(path):
        if is_frozen(path):
            raise DataError(
                f"{path} was written by an older release and its folder cannot be written; "
                "copy it into one that can"
            )
        copy_file(path, free_name(path, f"before-{HEAD}"))
        _upgrade(path)
    return SqliteStore(path)


@contextmanager
def look_into_sqlite(path: Path) -> Generator[SqliteStore]:
    """Open a shop to read it and change nothing; of an older release's, see a migrated copy.

    Raises:
        NotFoundError: there is no such file.
        ShopVersionError: the file is no shop, or a newer release wrote it.
    """
    if not _is_older(path):
        with closing(SqliteStore(path, read_only=True)) as store:
            yield store
        return
    with TemporaryDirectory(prefix="vitrine-") as folder:
        copy = Path(folder, path.name)
        copy_file(path, copy)
        _upgrade(copy)
        with closing(SqliteStore(copy)) as store:
            yield store


def _is_older(path: Path) -> bool:
    """Whether an older release wrote the shop."""
    if not path.is_file():
        raise NotFoundError(
            f"there is no shop at {path}; build one: vitrine index SOURCE --shop {path}"
        )
    revision = revision_of(path)
    if revision != HEAD:
        migrate.check_known(revision, path)
    return revision != HEAD


def _upgrade(path: Path) -> None:
    engine = engine_on(path)
    with transaction_on(engine) as connection:
        migrate.upgrade(connection)
    engine.dispose()
