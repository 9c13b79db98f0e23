"""One job at a time, under a lease, with work that does as it is told."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.serve.serving import until

from vitrine.serve.jobs import JobRunner, Turn, now_text
from vitrine.store import JobEnd, JobRecord, Store, create_sqlite
from vitrine.types import EncoderIdentity

Act = Callable[[JobRecord, Turn], JobEnd]


class Labour:
    """Work that does whatever a test says, and tells what it was asked to do."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self.begun = threading.Event()
        self.done: list[str] = []
        self.forgotten: list[str] = []
        self.tidied = False

    def do(self, job: JobRecord, turn: Turn) -> JobEnd:
        self.done.append(job.job_id)
        self.begun.set()
        return self._act(job, turn)

    def forget(self, job: JobRecord) -> None:
        self.forgotten.append(job.job_id)

    def tidy(self) -> None:
        self.tidied = True


def finish(_job: JobRecord, _turn: Turn) -> JobEnd:
    return JobEnd("done", now_text())


def wait_for_the_end(_job: JobRecord, turn: Turn) -> JobEnd:
    turn.progress(3, 9)
    while not turn.should_stop():
        turn.wait("waiting to be stopped", 0.05)
    return JobEnd("queued", now_text())


def breaks(_job: JobRecord, _turn: Turn) -> JobEnd:
    raise ZeroDivisionError("a bug of ours, with /a/path/of/ours in it")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(create_sqlite(tmp_path / "a.shop", EncoderIdentity("e", "a" * 64, 4, ""))) as made:
        yield made


def queue(store: Store, *job_ids: str) -> None:
    with store.transaction() as writer:
        for job_id in job_ids:
            writer.put_job(JobRecord(job_id, "import", {}, now_text()))


@contextmanager
def running(store: Store, work: Labour) -> Generator[JobRunner]:
    runner = JobRunner(store, work)
    runner.start()
    try:
        yield runner
    finally:
        runner.close()


def state_of(store: Store, job_id: str) -> str:
    job = store.job(job_id)
    assert job is not None
    return job.state


def test_jobs_are_done_in_their_order(store: Store) -> None:
    queue(store, "a", "b")
    work = Labour(finish)
    with running(store, work) as runner:
        until(lambda: state_of(store, "b") == "done")
        queue(store, "c")
        runner.wake()
        until(lambda: work.forgotten == ["a", "b", "c"])
    assert work.done == ["a", "b", "c"]
    assert work.tidied


def test_a_job_that_breaks_fails_and_the_next_is_done(store: Store) -> None:
    queue(store, "a")
    with running(store, Labour(breaks)):
        until(lambda: state_of(store, "a") == "failed")
    job = store.job("a")
    assert job is not None
    said = "the server's log says more"
    assert (job.note, job.result) == (said, {"code": "internal", "detail": said})


def test_whoever_stops_puts_its_job_back(store: Store) -> None:
    queue(store, "a")
    work = Labour(wait_for_the_end)
    with running(store, work):
        assert work.begun.wait(10)
    job = store.job("a")
    assert job is not None
    assert (job.state, job.leased_by, job.done, job.total) == ("queued", "", 3, 9)
    assert work.forgotten == []


def test_what_it_waits_for_and_how_far_it_is_can_be_seen_meanwhile(store: Store) -> None:
    queue(store, "a")
    with running(store, Labour(wait_for_the_end)):
        until(lambda: (job := store.job("a")) is not None and job.note == "waiting to be stopped")
        job = store.job("a")
        assert job is not None
        assert (job.state, job.done, job.total) == ("running", 3, 9)


def test_a_job_that_somebody_else_cancels_stops(store: Store) -> None:
    queue(store, "a")
    work = Labour(wait_for_the_end)
    with running(store, work):
        assert work.begun.wait(10)
        with store.transaction() as writer:
            writer.cancel_job("a", now_text())
        until(lambda: state_of(store, "a") == "cancelled")
    assert work.forgotten == ["a"]


def test_a_job_that_was_lost_to_another_server_stops_and_says_nothing(store: Store) -> None:
    queue(store, "a")
    work = Labour(wait_for_the_end)
    with running(store, work):
        assert work.begun.wait(10)
        with closing(sqlite3.connect(store.location)) as connection:
            connection.execute("UPDATE jobs SET leased_by = 'another server', note = 'ours now'")
            connection.commit()
        until(lambda: not any(t.name == "vitrine-lease" for t in threading.enumerate()))
    job = store.job("a")
    assert job is not None
    assert (job.state, job.leased_by, job.note) == ("running", "another server", "ours now")
    assert work.forgotten == []
