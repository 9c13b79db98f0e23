"""`/v1/imports`: whole catalogues, imported as jobs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from vitrine.serve.access import ServiceHere, admin_of, caller_of
from vitrine.serve.answers import ImportAnswer, ImportErrorsAnswer, ImportsAnswer
from vitrine.serve.cursors import cursor_for, offset_of
from vitrine.serve.describing import file_or_json
from vitrine.serve.intake import ENDED, KIND
from vitrine.serve.problems import Problem
from vitrine.serve.questions import FailuresQuestion, FeedQuestion, ImportOptions, PageQuestion
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.serve.uploads import receive_upload
from vitrine.serve.watching import watch
from vitrine.store import JobRecord
from vitrine.types import Json, RowFailure

router = APIRouter(
    prefix="/v1/imports", tags=["imports"], dependencies=[Depends(caller_of), Depends(admin_of)]
)
_MOST_FEED_BYTES = 64 * 1024
_CSV = "text/csv; charset=utf-8"
_COLUMNS = ("line", "product_id", "column", "reason")


@router.post(
    "",
    summary="Import a catalogue",
    status_code=202,
    responses={202: {"model": ImportAnswer}},
    openapi_extra=file_or_json(
        FeedQuestion,
        {
            "a feed": {"url": "https://shop.example/feed.xml"},
            "a table with names of its own": {
                "url": "https://shop.example/spring.csv",
                "columns": {"product_id": "Article", "currency": "=EUR"},
                "prune": True,
            },
        },
    ),
)
async def start(service: ServiceHere, body: Body) -> JSONResponse:
    """Queue a catalogue: a form with the part `file`, or the address of a feed; needs an admin key.

    The file is a table (CSV, TSV, JSON lines, Google Merchant XML, Parquet) or a ZIP of one table
    and its photos. Photos are named inside the archive or by http(s) address; rows that name any
    other file are listed, and the rest is kept.
    """
    job = await (from_upload(service, body) if body.is_form else _from_feed(service, body))
    headers = {"Location": f"/v1/imports/{job.job_id}"}
    return JSONResponse(public_job(job), status_code=202, headers=headers)


@router.get("", summary="Imports, the newest first", responses={200: {"model": ImportsAnswer}})
async def listed(service: ServiceHere, asked: Annotated[PageQuestion, Query()]) -> JSONResponse:
    """Give the imports that were sent here, and how far each is; the last 200 are kept."""
    before = None if asked.cursor is None else offset_of(asked.cursor, KIND.encode())
    store = service.imports.store
    jobs = await service.reads.run(partial(store.jobs, asked.k + 1, before=before))
    more = len(jobs) > asked.k
    shown = jobs[: asked.k]
    cursor = cursor_for(shown[-1].number, KIND.encode()) if more else None
    return JSONResponse({"imports": [public_job(job) for job in shown], "next_cursor": cursor})


@router.get("/{job_id}", summary="One import", responses={200: {"model": ImportAnswer}})
async def one(service: ServiceHere, job_id: str) -> JSONResponse:
    """Say how far an import is, or how it ended."""
    return JSONResponse(public_job(await job_of(service, job_id)))


@router.get(
    "/{job_id}/events",
    summary="Follow an import",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."}},
)
async def events(service: ServiceHere, job_id: str) -> StreamingResponse:
    """Send `progress` whenever there is some, then `done` and the end.

    Each event's data is the import as `GET /v1/imports/{job_id}` gives it. The first comes at once,
    so that whoever connects again misses nothing.
    """
    await job_of(service, job_id)
    stream = watch(service, job_id, public_job)
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


@router.get(
    "/{job_id}/errors",
    summary="What an import left out",
    responses={
        200: {"model": ImportErrorsAnswer, "content": {"text/csv": {}}},
    },
)
async def errors(
    service: ServiceHere, job_id: str, asked: Annotated[FailuresQuestion, Query()]
) -> Response:
    """List rows, fields and photos that do not fit: line, product, column and reason.

    There once the import ended. With `format=csv` it is the whole list as one file.
    """
    job = await job_of(service, job_id)
    find = partial(service.imports.store.job_failures, job_id)
    if asked.format == "csv":
        failures = await service.reads.run(partial(find, job.n_failures))
        name = f'attachment; filename="errors-{job_id}.csv"'
        return Response(_csv(failures), media_type=_CSV, headers={"Content-Disposition": name})
    mark = f"errors of {job_id}".encode()
    first = 0 if asked.cursor is None else offset_of(asked.cursor, mark)
    failures = await service.reads.run(partial(find, asked.k, offset=first))
    last = first + len(failures)
    return JSONResponse(
        {
            "errors": [{name: getattr(each, name) for name in _COLUMNS} for each in failures],
            "total": job.n_failures,
            "next_cursor": cursor_for(last, mark) if last < job.n_failures else None,
        }
    )


@router.delete(
    "/{job_id}",
    summary="Cancel an import",
    status_code=202,
    responses={202: {"model": ImportAnswer}},
)
async def cancel(service: ServiceHere, job_id: str) -> JSONResponse:
    """Take an import out of the queue, or stop it; what it did until then stays."""
    return JSONResponse(public_job(await stop(service, job_id)), status_code=202)


async def from_upload(service: Service, body: Body) -> JobRecord:
    """Queue the catalogue in the form that is being sent.

    Raises:
        Problem: `busy`, `shop_frozen`, `malformed_form`, `archive_invalid`, `catalogue_invalid`...
    """
    settings, intake = service.settings, service.imports.intake
    with intake.receiving() as place:
        upload = await receive_upload(
            body, place.upload, intake.max_bytes, settings.serve_import_timeout_s
        )
        options = parse_json(upload.options or b"{}", ImportOptions)
        settle = partial(intake.settle, place, upload.name, options.format or "")
        await service.arrivals.run(settle)
        request = {"source": upload.name, **options.model_dump()}
        job = await service.arrivals.run(partial(intake.queue, place.job_id, request))
    service.imports.jobs.wake()
    return job


async def _from_feed(service: Service, body: Body) -> JobRecord:
    asked = parse_json(await body.read_json(_MOST_FEED_BYTES), FeedQuestion)
    return await from_feed(service, asked)


async def from_feed(service: Service, asked: FeedQuestion) -> JobRecord:
    """Queue the catalogue at an address.

    Raises:
        Problem: `busy`, `shop_frozen`, `feed_refused`...
    """
    intake = service.imports.intake
    with intake.receiving() as place:
        await service.arrivals.run(partial(intake.check_url, asked.url))
        address = urlsplit(asked.url)  # a query may hold a secret
        source = f"{address.scheme}://{address.netloc}{address.path}"
        request = {"source": source, **asked.model_dump()}
        job = await service.arrivals.run(partial(intake.queue, place.job_id, request))
    service.imports.jobs.wake()
    return job


async def stop(service: Service, job_id: str) -> JobRecord:
    """Take an import out of the queue, or ask whoever does it to stop.

    Raises:
        Problem: `import_not_found` or `import_ended`.
    """
    if (await job_of(service, job_id)).state in ENDED:
        raise Problem("import_ended", "the import is over; there is nothing to cancel")
    job = await service.reads.run(partial(service.imports.cancel, job_id))
    if job is None:
        raise _unknown(job_id)
    return job


async def job_of(service: Service, job_id: str) -> JobRecord:
    """An import as it is now.

    Raises:
        Problem: `import_not_found`.
    """
    job = await service.reads.run(partial(service.imports.store.job, job_id))
    if job is None:
        raise _unknown(job_id)
    return job


def public_job(job: JobRecord) -> Json:
    """What admins may read of an import; no path of this computer is in it."""
    failed = job.state == "failed"
    return {
        "id": job.job_id,
        "state": job.state,
        "source": job.request["source"],
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "cancelling": job.cancelling and job.state == "running",
        "errors": job.n_failures,
        "created_at": job.created_at,
        "started_at": job.started_at or None,
        "finished_at": job.finished_at or None,
        "result": job.result if job.result and not failed else None,
        "problem": job.result if failed else None,
    }


def _csv(failures: Sequence[RowFailure]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows(
        ["" if each.line is None else each.line, each.product_id, each.column, each.reason]
        for each in failures
    )
    return out.getvalue()


def _unknown(job_id: str) -> Problem:
    return Problem("import_not_found", f"there is no import {job_id[:80]!r}, or it was long ago")
