"""Jobs: done one at a time on a thread of their own, under a lease that others can see.

A job is a row of the shop. Whoever does it renews its lease; where a server was killed the lease
runs out, and the next one takes the job up again.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from vitrine.errors import VitrineError
from vitrine.store import JobEnd, JobRecord, Store

_log = logging.getLogger("vitrine.serve")

_LEASE_S = 20.0
_RENEWED_S = 5.0
_BEAT_S = 0.3
_LOOK_S = 2.0
_AFTER_TROUBLE_S = 10.0
_MOST_KEPT = 200


class Turn:
    """One attempt at a job: what it says of itself, and whether it should end."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.over = threading.Event()
        self._stopping = threading.Event()
        self._said: tuple[int, int, str] = (0, 0, "")

    @property
    def said(self) -> tuple[int, int, str]:
        """Done, total, and a note."""
        return self._said

    def progress(self, done: int, total: int) -> None:
        """Say how far the job is."""
        self._said = (done, total, "")

    def wait(self, note: str, seconds: float) -> None:
        """Say what the job waits for, and wait; less where it should end."""
        done, total, _ = self._said
        self._said = (done, total, note)
        self._stopping.wait(seconds)

    def should_stop(self) -> bool:
        """Whether to end early; once true it stays true."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Make it end early."""
        self._stopping.set()


class Work(Protocol):
    """What jobs do."""

    def do(self, job: JobRecord, turn: Turn) -> JobEnd:
        """Do a job, from where an earlier attempt left it.

        Its end is `done` or `failed`; or `queued`, where it was told to stop.
        """
        ...

    def forget(self, job: JobRecord) -> None:
        """Let go of what a job that ended left behind."""
        ...

    def tidy(self) -> None:
        """Let go of what jobs left behind that nobody knows any more."""
        ...


class JobRunner:
    """Takes jobs from a store and does them, oldest first.

    Args:
        store: where jobs are.
        work: what they do.
    """

    def __init__(self, store: Store, work: Work) -> None:
        self._store = store
        self._work = work
        self._holder = uuid.uuid4().hex
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._turn: Turn | None = None

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread = threading.Thread(target=self._run, name="vitrine-jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for a job now."""
        self._wake.set()

    def stop(self) -> None:
        """Take no more jobs, and put back the one that is being done."""
        self._closing.set()
        self._wake.set()
        if self._turn is not None:
            self._turn.stop()

    def stop_one(self, job_id: str) -> None:
        """End this job early, if it is the one that is being done here."""
        if self._turn is not None and self._turn.job_id == job_id:
            self._turn.stop()

    def close(self) -> None:
        """Stop, and wait until it is put back."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            self._work.tidy()
        except Exception:
            _log.exception("what old jobs left behind could not be removed")
        while not self._closing.is_set():
            self._wake.clear()
            try:
                found = self._do_one()
                wait_s = 0.0 if found else _LOOK_S
            except VitrineError as error:  # a shop that cannot be written has no jobs
                _log.debug("no job can be taken: %s", error)
                wait_s = _AFTER_TROUBLE_S
            except Exception:
                _log.exception("a job could not be taken or ended")
                wait_s = _AFTER_TROUBLE_S
            self._wake.wait(wait_s)

    def _do_one(self) -> bool:
        now = time.time()
        with self._store.transaction() as writer:
            job = writer.take_job(self._holder, now=now, until=now + _LEASE_S)
        if job is None:
            return False
        turn = self._turn = Turn(job.job_id)
        turn.progress(job.done, job.total)
        if job.cancelling or self._closing.is_set():
            turn.stop()
        with self._leased(job, turn):
            end = self._attempt(job, turn)
        self._end(job, turn, end)
        return True

    def _attempt(self, job: JobRecord, turn: Turn) -> JobEnd:
        try:
            return self._work.do(job, turn)
        except Exception:
            _log.exception("job %s broke", job.job_id)
            said = "the server's log says more"
            return JobEnd("failed", now_text(), said, {"code": "internal", "detail": said})

    def _end(self, job: JobRecord, turn: Turn, end: JobEnd) -> None:
        known = self._store.job(job.job_id)
        if end.state == "queued" and known is not None and known.cancelling:
            end = replace(end, state="cancelled")
        self._renew(job, *turn.said)
        with self._store.transaction() as writer:
            ours = writer.end_job(job.job_id, self._holder, end)
            writer.forget_jobs(_MOST_KEPT)
        if ours and end.state != "queued":
            self._work.forget(job)

    @contextmanager
    def _leased(self, job: JobRecord, turn: Turn) -> Generator[None]:
        """Renew the lease until the block ends, and pass on who wants the job to stop."""
        beat = threading.Thread(target=self._beat, args=(job, turn), name="vitrine-lease")
        beat.start()
        try:
            yield
        finally:
            turn.over.set()
            beat.join()

    def _beat(self, job: JobRecord, turn: Turn) -> None:
        said, renewed_at = turn.said, time.monotonic()
        while not turn.over.wait(_BEAT_S):
            try:
                known = self._store.job(job.job_id)
                due = time.monotonic() - renewed_at > _RENEWED_S
                if turn.said != said or due:
                    said, renewed_at = turn.said, time.monotonic()
                    known = self._renew(job, *said)
                if known is None or known.leased_by != self._holder or known.cancelling:
                    turn.stop()
            except Exception:
                _log.exception("the lease of job %s could not be renewed", job.job_id)

    def _renew(self, job: JobRecord, done: int, total: int, note: str) -> JobRecord | None:
        until = time.time() + _LEASE_S
        with self._store.transaction() as writer:
            return writer.keep_job(
                job.job_id, self._holder, until=until, done=done, total=total, note=note
            )


def now_text() -> str:
    """The time, as jobs keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
