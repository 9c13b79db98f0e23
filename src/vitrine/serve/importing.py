"""A queued catalogue into the shop."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.errors import DataError, LockedError, MissingExtraError, UsageError, VitrineError
from vitrine.serve.archives import table_of
from vitrine.serve.intake import Intake, Place, shown_name
from vitrine.serve.jobs import JobRunner, Turn, now_text
from vitrine.serve.kept_photos import KeptPhotos
from vitrine.serve.problems import Problem, problem_of
from vitrine.settings import Settings
from vitrine.shop import ImportReport, Shop, read_failures
from vitrine.store import JobEnd, JobRecord, Store
from vitrine.types import Json, RowFailure

_log = logging.getLogger("vitrine.serve")

_LOCK_AGAIN_S = 1.0
_COUNTS = (
    *("products", "added", "changed", "unchanged", "deleted"),
    *("photos", "without_photo", "not_fetched", "embedded", "seconds"),
)


class Imports:
    """Imports over HTTP: what comes in, and who does it.

    Args:
        store: where jobs are.
        shop: what is imported into; its settings say how many threads that may take.
        settings: how much is taken.
    """

    def __init__(self, store: Store, shop: Shop, settings: Settings) -> None:
        self.store = store
        self.intake = Intake(store, settings)
        self.jobs = JobRunner(store, _ImportWork(store, shop, self.intake))

    def cancel(self, job_id: str) -> JobRecord | None:
        """Take an import out of the queue, or ask it to stop; None where there is none."""
        with self.store.transaction() as writer:
            job = writer.cancel_job(job_id, now_text())
        self.jobs.stop_one(job_id)
        if job is not None and job.state == "cancelled":
            self.intake.drop(job_id)
        return job


class _ImportWork:
    """The `Work` of imports."""

    def __init__(self, store: Store, shop: Shop, intake: Intake) -> None:
        self._store = store
        self._shop = shop
        self._intake = intake
        location = Path(store.location).resolve()
        self._photos = location.with_name(f"{location.name}.photos")

    def do(self, job: JobRecord, turn: Turn) -> JobEnd:
        """See `Work.do`."""
        place = self._intake.place_of(job.job_id)
        name = str(job.request["source"])
        try:
            return self._do(job, place, turn)
        except Problem as problem:
            return _failed(problem)
        except (DataError, UsageError, MissingExtraError) as error:
            return _failed(Problem("catalogue_invalid", _without_paths(str(error), place, name)))
        except VitrineError as error:
            _log.warning("job %s: %s", job.job_id, error)
            return _failed(problem_of(error))

    def forget(self, job: JobRecord) -> None:
        """See `Work.forget`."""
        self._intake.drop(job.job_id)

    def tidy(self) -> None:
        """See `Work.tidy`."""
        self._intake.tidy()

    def _do(self, job: JobRecord, place: Place, turn: Turn) -> JobEnd:
        name, url = str(job.request["source"]), str(job.request.get("url", ""))
        if turn.should_stop():
            return JobEnd("queued", now_text())
        if url and not place.files.exists():
            self._intake.fetch(url, place, name)
        if not place.files.exists():
            raise Problem("catalogue_invalid", "what was sent is no longer there; send it again")
        kept = KeptPhotos(self._photos)
        catalogue = kept.keep(_read(job.request, place, name), place.files, turn.should_stop)
        report = self._add(catalogue, place, turn, prune=bool(job.request.get("prune")))
        if report is None:
            return JobEnd("queued", now_text())
        failures = _told(read_failures(place.errors), kept, place, name)
        said = {count: getattr(report, count) for count in _COUNTS}
        if turn.should_stop() and report.products < len(catalogue):
            return JobEnd("queued", now_text(), result=said, failures=failures)
        kept.sweep(ref.location for _, refs in self._store.iterate() for ref in refs)
        return JobEnd("done", now_text(), result=said, failures=failures)

    def _add(
        self, catalogue: Catalogue, place: Place, turn: Turn, *, prune: bool
    ) -> ImportReport | None:
        """Import when no other process does; None where the job was told to stop before."""
        place.errors.unlink(missing_ok=True)
        while not turn.should_stop():
            try:
                return self._shop.add(
                    catalogue,
                    prune=prune,
                    errors=place.errors,
                    on_progress=turn.progress,
                    stop=turn.should_stop,
                )
            except LockedError:
                turn.wait("waiting until another import into this shop is done", _LOCK_AGAIN_S)
        return None


def _read(request: Json, place: Place, name: str) -> Catalogue:
    table = table_of(place.files)
    catalogue = read_catalogue(
        table,
        format=request.get("format") or None,
        columns=request.get("columns") or None,
        within=place.files,
    )
    shown = shown_name(table, place.files, name)
    failures = [replace(failure, source=shown) for failure in catalogue.failures]
    return replace(catalogue, source=shown, failures=failures)


def _told(
    failures: Sequence[RowFailure], kept: KeptPhotos, place: Place, name: str
) -> list[RowFailure]:
    """What was left out, in words that tell nothing of this computer."""
    return [
        replace(failure, reason=_without_paths(kept.renamed(failure.reason), place, name))
        for failure in failures
    ]


def _without_paths(text: str, place: Place, name: str) -> str:
    """The same text, in which files have the names that their sender gave them."""
    for path in (*place.files.glob("catalogue.*"), place.files):
        text = text.replace(str(path), name)
    return text


def _failed(problem: Problem) -> JobEnd:
    result: Json = {"code": problem.code, "detail": problem.detail, **problem.more}
    return JobEnd("failed", now_text(), problem.detail, result)
