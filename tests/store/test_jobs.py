"""The queue of jobs, over the table of stores in conftest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vitrine.store import JobEnd, JobRecord, Store
from vitrine.types import RowFailure

AT = "2026-11-21T10:00:00+00:00"
LATER = "2026-11-21T11:00:00+00:00"


def queue(store: Store, *job_ids: str) -> None:
    with store.transaction() as writer:
        for job_id in job_ids:
            writer.put_job(JobRecord(job_id, "import", {"source": f"{job_id}.csv"}, AT))


def take(store: Store, holder: str, *, now: float = 1000.0) -> JobRecord | None:
    with store.transaction() as writer:
        return writer.take_job(holder, now=now, until=now + 10)


def end(store: Store, job_id: str, holder: str, state: str, *failures: RowFailure) -> bool:
    with store.transaction() as writer:
        return writer.end_job(job_id, holder, JobEnd(state, LATER, "note", {"n": 1}, failures))


def test_a_queued_job_comes_back_as_it_was_put(store: Store) -> None:
    queue(store, "a", "b")
    job = store.job("a")
    assert job is not None
    assert job == JobRecord("a", "import", {"source": "a.csv"}, AT, number=job.number)
    assert store.job("nobody") is None
    assert [found.job_id for found in store.jobs(9)] == ["b", "a"]
    assert [found.job_id for found in store.jobs(1)] == ["b"]
    assert [found.job_id for found in store.jobs(9, before=store.jobs(1)[0].number)] == ["a"]


def test_jobs_are_no_change_of_what_is_searched(store: Store) -> None:
    counter = store.counter()
    queue(store, "a")
    take(store, "one")
    assert store.counter() == counter


def test_the_oldest_is_taken_and_one_at_a_time(store: Store) -> None:
    queue(store, "a", "b")
    first = take(store, "one")
    assert first is not None
    assert (first.job_id, first.state, first.leased_by) == ("a", "running", "one")
    assert (first.leased_until, first.started_at) == (1010.0, "1970-01-01T00:16:40+00:00")
    assert take(store, "two") is None
    assert end(store, "a", "one", "done")
    second = take(store, "two")
    assert second is not None
    assert second.job_id == "b"
    assert take(store, "one") is None


def test_a_job_whose_lease_ran_out_is_taken_up_again(store: Store) -> None:
    queue(store, "a", "b")
    take(store, "killed", now=1000)
    assert take(store, "next", now=1009.9) is None
    again = take(store, "next", now=1010)
    assert again is not None
    assert (again.job_id, again.leased_by) == ("a", "next")
    assert again.started_at == "1970-01-01T00:16:40+00:00"


def test_only_the_holder_of_the_lease_has_a_say(store: Store) -> None:
    queue(store, "a")
    take(store, "slow", now=1000)
    take(store, "next", now=2000)
    with store.transaction() as writer:
        assert writer.keep_job("a", "slow", until=3000, done=1, total=9) is None
        kept = writer.keep_job("a", "next", until=3000, done=2, total=9, note="goes on")
    assert not end(store, "a", "slow", "done")
    job = store.job("a")
    assert job is not None
    assert job == kept
    assert (job.leased_until, job.done, job.total, job.note) == (3000, 2, 9, "goes on")


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_an_ended_job_keeps_its_result_and_is_never_taken(store: Store, state: str) -> None:
    queue(store, "a")
    take(store, "one")
    assert end(store, "a", "one", state)
    job = store.job("a")
    assert job is not None
    assert (job.state, job.finished_at, job.note, job.result) == (state, LATER, "note", {"n": 1})
    assert take(store, "one", now=9e9) is None
    assert not end(store, "a", "one", "queued")


def test_a_job_that_is_put_back_is_taken_again(store: Store) -> None:
    queue(store, "a")
    take(store, "one")
    assert end(store, "a", "one", "queued")
    job = store.job("a")
    assert job is not None
    assert (job.state, job.finished_at, job.leased_by) == ("queued", "", "")
    assert take(store, "two") is not None


def test_what_was_left_out_is_listed_in_order(store: Store) -> None:
    queue(store, "a", "b")
    take(store, "one")
    left_out = [RowFailure("a.csv", n or None, f"p{n}", "price", "no price") for n in range(5)]
    end(store, "a", "one", "queued", RowFailure("a.csv", 1, "", "", "of an earlier try"))
    take(store, "one")
    end(store, "a", "one", "done", *left_out)
    job = store.job("a")
    assert job is not None
    assert job.n_failures == 5
    assert store.job_failures("a", 99) == left_out
    assert store.job_failures("a", 2, offset=3) == left_out[3:]
    assert store.job_failures("b", 99) == []


def test_a_waiting_job_is_cancelled_and_a_running_one_asked_to_stop(store: Store) -> None:
    queue(store, "a", "b")
    running = take(store, "one")
    assert running is not None
    with store.transaction() as writer:
        assert writer.cancel_job("nobody", LATER) is None
        assert writer.cancel_job("a", LATER) == replace(running, cancelling=True)
        waiting = writer.cancel_job("b", LATER)
    assert waiting is not None
    assert (waiting.state, waiting.finished_at) == ("cancelled", LATER)
    end(store, "a", "one", "done")
    with store.transaction() as writer:
        assert writer.cancel_job("a", "too late") == store.job("a")


def test_only_ended_jobs_are_forgotten(store: Store) -> None:
    queue(store, "a", "b", "c", "d")
    for job_id in "abc":
        take(store, "one")
        end(store, job_id, "one", "done", RowFailure("a.csv", 1, "", "", "bad"))
    with store.transaction() as writer:
        writer.forget_jobs(1)
    assert [job.job_id for job in store.jobs(9)] == ["d", "c"]
    assert store.job_failures("a", 9) == []
    assert store.problems() == []
