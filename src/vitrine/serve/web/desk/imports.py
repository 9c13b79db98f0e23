"""`/desk/imports`: bring a catalogue, follow it, and see what it left out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import ValidationError

from vitrine.serve.access import ServiceHere
from vitrine.serve.envelope import request_id_of
from vitrine.serve.imports import from_feed, from_upload, job_of, public_job, stop
from vitrine.serve.intake import ENDED
from vitrine.serve.problems import Problem, problem_of_fields
from vitrine.serve.questions import FeedQuestion
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.watching import watch
from vitrine.serve.web.desk.visits import (
    PLACE,
    DeskRoute,
    PostedForm,
    Visit,
    VisitHere,
    prove,
    see_other,
    show,
)
from vitrine.serve.web.rendering import language_of

router = APIRouter(prefix=f"{PLACE}/imports", route_class=DeskRoute)

_N_LISTED = 30
_N_ERRORS = 100
_RELOADED_S = 3
_DRAINED_BYTES = 2**20


@router.get("")
async def listed(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show how to bring a catalogue, and what was brought."""
    return await _page(request, service, visit)


@router.post("")
async def upload(
    request: Request,
    service: ServiceHere,
    visit: VisitHere,
    body: Body,
    csrf: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Take a table or an archive; the token stands in the address, ahead of a long body."""
    try:
        prove(request, visit, csrf)
    except Problem:
        await body.drain(_DRAINED_BYTES)
        raise
    try:
        job = await from_upload(service, body)
    except Problem as problem:
        return await _page(request, service, visit, problem, "file")
    return see_other(f"{PLACE}/imports/{job.job_id}")


@router.post("/feed")
async def feed(request: Request, service: ServiceHere, form: PostedForm) -> Response:
    """Take a catalogue from an address."""
    try:
        asked = FeedQuestion(url=form.one("url"), prune=form.one("prune") == "yes", format=None)
        job = await from_feed(service, asked)
    except ValidationError as error:
        problem = problem_of_fields(error.errors(include_url=False, include_context=False))
        return await _page(request, service, form.visit, problem, "url", form.one("url"))
    except Problem as problem:
        return await _page(request, service, form.visit, problem, "url", form.one("url"))
    return see_other(f"{PLACE}/imports/{job.job_id}")


@router.get("/{job_id}")
async def one(
    request: Request,
    service: ServiceHere,
    visit: VisitHere,
    job_id: str,
    watch: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show how far an import is, or what became of it."""
    job = await job_of(service, job_id)
    first = (page - 1) * _N_ERRORS
    failures = await service.reads.run(
        lambda: service.imports.store.job_failures(job_id, _N_ERRORS, offset=first)
    )
    ended = job.state in ENDED
    shown = show(
        request,
        visit,
        "desk_import.html.jinja",
        here="imports",
        job=public_job(job),
        ended=ended,
        failures=failures,
        reloading=bool(watch) and not ended,
        page=page,
        n_pages=max(1, -(-job.n_failures // _N_ERRORS)),
        problem=_said(request, job.result.get("code", "internal")) if job.state == "failed" else "",
    )
    if watch and not ended:
        shown.headers["Refresh"] = str(_RELOADED_S)
    return shown


@router.get("/{job_id}/events")
async def events(service: ServiceHere, visit: VisitHere, job_id: str) -> StreamingResponse:
    """Send progress as `/v1/imports/{id}/events` does, to whoever sits at the desk."""
    await job_of(service, job_id)
    headers = {"X-Accel-Buffering": "no"}
    stream = watch(service, job_id, public_job)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.post("/{job_id}/stop")
async def cancel(service: ServiceHere, form: PostedForm, job_id: str) -> Response:
    """Stop an import; what it did until then stays."""
    try:
        await stop(service, job_id)
    except Problem as problem:
        if problem.code != "import_ended":
            raise
    else:
        form.session.notices.append(("desk.import.stopping", {}))
    return see_other(f"{PLACE}/imports/{job_id}")


async def _page(
    request: Request,
    service: Service,
    visit: Visit,
    problem: Problem | None = None,
    about: str = "",
    url: str = "",
) -> Response:
    """The forms, and what was brought; `problem` is said beside the form that it is about."""
    jobs = await service.reads.run(lambda: service.imports.store.jobs(_N_LISTED))
    shown = show(
        request,
        visit,
        "desk_imports.html.jinja",
        here="imports",
        status=problem.status if problem else 200,
        imports=[public_job(job) for job in jobs],
        about=about,
        problem=_said(request, problem.code) if problem else "",
        detail=problem.detail if problem else "",
        request_id=request_id_of(request.scope),
        url=url,
        most_mb=service.settings.serve_import_mb,
    )
    if problem:
        shown.headers.update(problem.headers)
    return shown


def _said(request: Request, code: str) -> str:
    """What is wrong with a catalogue, in a shop's words."""
    language = language_of(request)
    key = f"desk.problem.{code}"
    return language.say(key if language.has(key) else "desk.problem.other")
