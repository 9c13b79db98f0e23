"""The pages of a blind study: a product, a mixed list, three questions about each result."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from vitrine.errors import ConfigurationError, UsageError, VitrineError
from vitrine.evaluate.blind_study import RATINGS
from vitrine.events import ASPECTS
from vitrine.serve.access import NameGuard
from vitrine.serve.envelope import Envelope
from vitrine.serve.metrics import Metrics
from vitrine.serve.problems import Problem, problem_of
from vitrine.serve.web import assets
from vitrine.serve.web.rendering import render

if TYPE_CHECKING:
    import socket

    from vitrine.evaluate.blind_study import BlindStudy

_MOST_BYTES = 16_384
_ASKED = 0  # the place of the photo that is asked with
_RATER = "^[0-9a-f]{16}$"

Rater = Annotated[str, Query(pattern=_RATER)]


def study_app(study: BlindStudy) -> FastAPI:
    """Put pages around a study; they work without JavaScript, and say nowhere who found what."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(assets.router)

    @app.get("/")
    async def begin() -> Response:
        return RedirectResponse(f"/questions/1?rater={secrets.token_hex(8)}", 303)

    @app.get("/questions/{number}")
    async def ask(request: Request, number: int, rater: Rater) -> Response:
        return await run_in_threadpool(_page, study, request, number, rater)

    @app.post("/questions/{number}")
    async def answer(request: Request, number: int, rater: Rater) -> Response:
        said = dict(parse_qsl((await _body(request)).decode("utf-8", "replace")))
        ratings = _ratings(said)
        await run_in_threadpool(partial(study.keep, rater, number - 1, ratings))
        if number >= len(study):
            return RedirectResponse(f"/thanks?rater={rater}", 303)
        return RedirectResponse(f"/questions/{number + 1}?rater={rater}", 303)

    @app.get("/thanks")
    async def thank(request: Request) -> Response:
        return render(request, "blind_thanks.html.jinja")

    @app.get("/questions/{number}/photos/{place}")
    async def photo(number: int, place: int) -> Response:
        data = await run_in_threadpool(_photo, study, number, place)
        if data is None:
            raise Problem("photo_not_found", "there is no such photo")
        return Response(data, media_type="image/webp")

    def explain(request: Request, error: Exception) -> Response:
        problem = error if isinstance(error, Problem) else _problem(error)
        return render(request, "blind_error.html.jinja", status=problem.status, text=problem.detail)

    for kind in (Problem, VitrineError, RequestValidationError):
        app.add_exception_handler(kind, explain)
    app.add_middleware(NameGuard, names=("127.0.0.1",), origins=())
    app.add_middleware(Envelope, metrics=Metrics({}))
    return app


def serve_study(study: BlindStudy, port: int, on_start: Callable[[str], None]) -> None:
    """Serve the pages to this computer until Ctrl-C.

    Raises:
        ConfigurationError: the port is taken.
    """
    try:
        with suppress(KeyboardInterrupt):
            study_server(study, port, on_start).run()
    except SystemExit as error:  # uvicorn's way to say that it cannot listen
        raise ConfigurationError(
            f"cannot listen on port {port}: is another server there? Give --port 0 for any free one"
        ) from error


def study_server(study: BlindStudy, port: int, on_start: Callable[[str], None]) -> uvicorn.Server:
    """A server on 127.0.0.1 that is not running yet; `on_start` is told its address."""
    config = uvicorn.Config(
        study_app(study),
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    return _Server(config, on_start)


class _Server(uvicorn.Server):
    """Says where it listens."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_start(f"http://{host}:{port}")


def _page(study: BlindStudy, request: Request, number: int, rater: str) -> Response:
    question = study.question(number - 1)
    address = f"/questions/{number}/photos"
    return render(
        request,
        "blind_question.html.jinja",
        asked=study.title(question.asked),
        asked_photo=f"{address}/{_ASKED}",
        results=[
            {"title": study.title(shown.product_id), "photo": f"{address}/{place}"}
            for place, shown in enumerate(question.shown, 1)
        ],
        number_now=number,
        number_of=len(study),
        rater=rater,
        ratings=RATINGS,
    )


def _photo(study: BlindStudy, number: int, place: int) -> bytes | None:
    question = study.question(number - 1)
    if place == _ASKED:
        return study.photo(question.asked)
    if not 1 <= place <= len(question.shown):
        return None
    return study.photo(question.shown[place - 1].product_id)


def _ratings(said: Mapping[str, str]) -> dict[tuple[int, str], int]:
    """Read the fields `relevance-1` and the like; those left open are left out."""
    ratings: dict[tuple[int, str], int] = {}
    for name, value in said.items():
        aspect, _, place = name.partition("-")
        if not value:
            continue
        if aspect not in ASPECTS or not place.isdecimal() or not value.isdecimal():
            raise UsageError(f"the form has no field {name[:50]!r} with the value {value[:20]!r}")
        ratings[int(place) - 1, aspect] = int(value)
    return ratings


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise Problem("body_too_large", f"a form here has at most {_MOST_BYTES:,} bytes")
    return body


def _problem(error: Exception) -> Problem:
    if isinstance(error, VitrineError):
        return problem_of(error)
    return Problem("not_found", "there is no such page; begin at the address of the study")
