"""The queue of jobs; whoever changes it holds the one write transaction, so nobody is overtaken."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from vitrine.store.nouns import JobEnd, JobRecord
from vitrine.store.records import to_json
from vitrine.store.schema import job_failures, jobs
from vitrine.types import RowFailure

_COLUMNS = [column.name for column in jobs.c]
_FINAL = ("done", "failed", "cancelled")


def put(connection: Connection, job: JobRecord) -> None:
    """See `Writer.put_job`."""
    values = {name: getattr(job, name) for name in _COLUMNS if name != "number"}
    values |= {"request": to_json(job.request), "result": to_json(job.result)}
    connection.execute(insert(jobs).values(values))


def take(connection: Connection, holder: str, now: float, until: float) -> JobRecord | None:
    """See `Writer.take_job`."""
    being_done = exists().where(jobs.c.state == "running", jobs.c.leased_until > now)
    free = or_(jobs.c.state == "queued", jobs.c.state == "running")
    oldest = select(jobs).where(free, ~being_done).order_by(jobs.c.number).limit(1)
    found = connection.execute(oldest).one_or_none()
    if found is None:
        return None
    values = {"state": "running", "leased_until": until, "leased_by": holder}
    if not found.started_at:
        values["started_at"] = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return _change(connection, found.job_id, values)


def keep(
    connection: Connection, job_id: str, holder: str, said: Mapping[str, object]
) -> JobRecord | None:
    """See `Writer.keep_job`."""
    return _change(connection, job_id, said) if _holds(connection, job_id, holder) else None


def end(connection: Connection, job_id: str, holder: str, end: JobEnd) -> bool:
    """See `Writer.end_job`."""
    if not _holds(connection, job_id, holder):
        return False
    ended = _change(
        connection,
        job_id,
        {
            "state": end.state,
            "note": end.note,
            "result": to_json(end.result),
            "n_failures": len(end.failures),
            "finished_at": end.at if end.state in _FINAL else "",
            "leased_until": 0.0,
            "leased_by": "",
        },
    )
    connection.execute(delete(job_failures).where(job_failures.c.number == ended.number))
    rows = [
        {
            "number": ended.number,
            "position": position,
            "source": failure.source,
            "line": failure.line,
            "product_id": failure.product_id,
            "column": failure.column,
            "reason": failure.reason,
        }
        for position, failure in enumerate(end.failures)
    ]
    if rows:
        connection.execute(insert(job_failures), rows)
    return True


def cancel(connection: Connection, job_id: str, at: str) -> JobRecord | None:
    """See `Writer.cancel_job`."""
    job = find(connection, job_id)
    if job is None or job.state in _FINAL:
        return job
    if job.state == "running":
        return _change(connection, job_id, {"cancelling": True})
    return _change(connection, job_id, {"state": "cancelled", "finished_at": at})


def forget(connection: Connection, n_kept: int) -> None:
    """See `Writer.forget_jobs`."""
    ended = jobs.c.state.in_(_FINAL)
    kept = select(jobs.c.number).where(ended).order_by(jobs.c.number.desc()).limit(n_kept)
    connection.execute(delete(jobs).where(ended, jobs.c.number.not_in(kept)))


def find(connection: Connection, job_id: str) -> JobRecord | None:
    """See `Store.job`."""
    found = connection.execute(select(jobs).where(jobs.c.job_id == job_id)).one_or_none()
    return None if found is None else _record(found)


def newest(connection: Connection, k: int, before: int | None) -> Sequence[JobRecord]:
    """See `Store.jobs`."""
    query = select(jobs).order_by(jobs.c.number.desc()).limit(k)
    if before is not None:
        query = query.where(jobs.c.number < before)
    return [_record(row) for row in connection.execute(query)]


def failures(connection: Connection, job_id: str, k: int, offset: int) -> Sequence[RowFailure]:
    """See `Store.job_failures`."""
    kept = job_failures.c
    query = (
        select(kept.source, kept.line, kept.product_id, kept.column, kept.reason)
        .join(jobs, jobs.c.number == kept.number)
        .where(jobs.c.job_id == job_id, kept.position >= offset)
        .order_by(kept.position)
        .limit(k)
    )
    return [RowFailure(*row) for row in connection.execute(query)]


def _holds(connection: Connection, job_id: str, holder: str) -> bool:
    job = find(connection, job_id)
    return job is not None and (job.state, job.leased_by) == ("running", holder)


def _change(connection: Connection, job_id: str, values: Mapping[str, object]) -> JobRecord:
    changed = update(jobs).where(jobs.c.job_id == job_id).values(values).returning(jobs)
    return _record(connection.execute(changed).one())


def _record(row: Row[Any]) -> JobRecord:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: json.loads(values[name]) for name in ("request", "result")}
    return JobRecord(**values)
