"""Catalogues as they come in: received into folders of their own, checked, and queued as jobs."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vitrine.catalog import recognise
from vitrine.errors import DataError, FetchError, VitrineError
from vitrine.fetch import Fetcher, FetchLimits
from vitrine.serve.archives import (
    TABLE_SUFFIXES,
    ArchiveLimits,
    is_zip,
    remove_folder,
    table_of,
    unpack,
)
from vitrine.serve.jobs import now_text
from vitrine.serve.problems import Problem, busy
from vitrine.settings import Settings
from vitrine.store import JobRecord, Store
from vitrine.types import Json

KIND = "import"
ENDED = frozenset({"done", "failed", "cancelled"})
_MOST_RECEIVED_AT_ONCE = 4
_MOST_OPEN = 16
_QUEUE_AGAIN_S = 60
_FORGOTTEN_AFTER_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one import."""

    job_id: str
    folder: Path

    @property
    def upload(self) -> Path:
        """What arrived, while it was not looked at yet."""
        return self.folder / "upload"

    @property
    def files(self) -> Path:
        """A table, and the photos that came with it; there when all of them are."""
        return self.folder / "files"

    @property
    def errors(self) -> Path:
        """The shop's list of what it left out."""
        return self.folder / "errors.csv"


class Intake:
    """Where catalogues wait beside the shop.

    Args:
        store: where jobs are queued.
        settings: how much is taken.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        shop = Path(store.location).resolve()
        self._store = store
        self._settings = settings
        self._folder = shop.with_name(f"{shop.name}.imports")
        self.n_receiving = 0

    @property
    def max_bytes(self) -> int:
        """Of an upload or a feed."""
        return int(self._settings.serve_import_mb * 2**20)

    @contextmanager
    def receiving(self) -> Generator[Place]:
        """A place for a new import, removed again where the block fails.

        Raises:
            Problem: `busy`, where too many arrive or wait; `shop_frozen`.
        """
        if self.n_receiving >= _MOST_RECEIVED_AT_ONCE:
            raise busy("too many catalogues arrive at once; try again in a moment", 5)
        self.n_receiving += 1
        place = self.place_of(secrets.token_hex(8))
        try:
            self._make(place)
            yield place
        except BaseException:
            remove_folder(place.folder)
            raise
        finally:
            self.n_receiving -= 1

    def place_of(self, job_id: str) -> Place:
        """The place of a job."""
        return Place(job_id, self._folder / job_id)

    def check_url(self, url: str) -> None:
        """Refuse an address that must not be fetched.

        Raises:
            Problem: `feed_refused`.
        """
        if self._settings.offline:
            raise Problem("feed_refused", "this server is offline (setting `offline`): send a file")
        try:
            with self._fetcher() as fetcher:
                fetcher.check(url)
        except FetchError as error:
            raise Problem("feed_refused", str(error)) from error

    def fetch(self, url: str, place: Place, name: str) -> None:
        """Fetch a feed and put its files in their place.

        Raises:
            Problem: `feed_refused`, or as `settle`.
        """
        try:
            with self._fetcher() as fetcher:
                data = fetcher.fetch(url).data
        except FetchError as error:
            raise Problem("feed_refused", str(error)) from error
        place.folder.mkdir(parents=True, exist_ok=True)
        place.upload.write_bytes(data or b"")
        self.settle(place, name)

    def settle(self, place: Place, name: str, format: str = "") -> None:
        """Look at what arrived, unpack it, and put the files in their place.

        Args:
            place: where it arrived.
            name: as its sender calls it.
            format: of the table; empty: it has to be recognised.

        Raises:
            Problem: `archive_invalid` or `catalogue_invalid`.
        """
        draft = place.folder / "unpacking"
        remove_folder(draft)
        draft.mkdir()
        if is_zip(place.upload):
            unpack(place.upload, draft, self._archive_limits())
            place.upload.unlink()
        else:
            suffix = Path(name).suffix.lower()
            suffix = suffix if suffix in TABLE_SUFFIXES else ".csv"
            place.upload.rename(draft / f"catalogue{suffix}")
        table = table_of(draft)
        shown = shown_name(table, draft, name)
        if not table.stat().st_size:
            raise Problem("catalogue_invalid", f"{shown} is empty")
        if not format:
            try:
                recognise(table)
            except DataError as error:
                said = str(error).replace(str(table), shown)
                raise Problem("catalogue_invalid", said) from error
        draft.rename(place.files)

    def queue(self, job_id: str, request: Json) -> JobRecord:
        """Let it be imported when its turn comes."""
        job = JobRecord(job_id, KIND, request, now_text())
        with self._store.transaction() as writer:
            writer.put_job(job)
        return job

    def drop(self, job_id: str) -> None:
        """Remove what a job brought."""
        remove_folder(self.place_of(job_id).folder)

    def tidy(self) -> None:
        """Remove what belongs to no job, a day after it came."""
        for folder in self._folder.glob("*"):
            job = self._store.job(folder.name)
            aged = time.time() - folder.stat().st_mtime > _FORGOTTEN_AFTER_S
            if job.state in ENDED if job else aged:
                remove_folder(folder)

    def _make(self, place: Place) -> None:
        waiting = [job for job in self._store.jobs(_MOST_OPEN) if job.state not in ENDED]
        if len(waiting) >= _MOST_OPEN:
            raise busy("too many imports wait already; try again later", _QUEUE_AGAIN_S)
        try:
            with self._store.transaction():
                place.folder.mkdir(mode=0o700, parents=True)
        except (OSError, VitrineError) as error:
            raise Problem(
                "shop_frozen", "nothing can be written where this shop is; import elsewhere"
            ) from error

    def _fetcher(self) -> Fetcher:
        settings = self._settings
        return Fetcher(
            FetchLimits(
                max_bytes=self.max_bytes,
                timeout_s=settings.serve_import_timeout_s,
                allow_private=settings.fetch_allow_private,
            )
        )

    def _archive_limits(self) -> ArchiveLimits:
        most = int(self._settings.serve_import_unpacked_mb * 2**20)
        return ArchiveLimits(self._settings.serve_import_files, min(self.max_bytes, most), most)


def shown_name(table: Path, files: Path, name: str) -> str:
    """What a table is called to its sender, who knows nothing of our folders."""
    inside = table.relative_to(files).as_posix()
    return name if inside == f"catalogue{table.suffix}" and len(os.listdir(files)) == 1 else inside
