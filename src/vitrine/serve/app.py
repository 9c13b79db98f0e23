"""The application: routes, and what stands around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from vitrine import __version__
from vitrine.errors import VitrineError
from vitrine.serve import (
    comparing,
    embed,
    explaining,
    feedback,
    garments,
    imports,
    outfits,
    probing,
    recommending,
    searching,
    selling,
    style_inbox,
    style_labels,
    style_maps,
    styles,
)
from vitrine.serve.access import NameGuard
from vitrine.serve.describing import PROBLEM_RESPONSES, describe
from vitrine.serve.envelope import Envelope, log, request_id_of
from vitrine.serve.gate import FloodGate
from vitrine.serve.problems import (
    Problem,
    problem_of,
    problem_of_fields,
    problem_of_http,
    respond,
)
from vitrine.serve.service import Service
from vitrine.serve.web import error_page, furnish, wants_page

_SENT_HEADERS = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID")
_SHOWN_HEADERS = ("Retry-After", "X-Request-ID")


def create_app(service: Service) -> FastAPI:
    """Put an app around a service; whoever opened the service closes it."""
    app = FastAPI(
        title="vitrine",
        version=__version__,
        lifespan=_probing(service),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
    )
    app.state.service = service
    rooms = (
        searching,
        explaining,
        garments,
        outfits,
        recommending,
        feedback,
        selling,
        imports,
        embed,
    )
    for room in (*rooms, comparing, style_inbox, style_labels, style_maps, styles, probing):
        app.include_router(room.router)
    furnish(app, service)
    app.openapi = lambda: describe(app)
    _explain_errors(app, service)
    _surround(app, service)
    return app


def _surround(app: FastAPI, service: Service) -> None:
    """Add what every request goes through; the last one added is met first."""
    settings = service.settings
    if settings.serve_allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.serve_allow_origins,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=_SENT_HEADERS,
            expose_headers=_SHOWN_HEADERS,
        )
    names = (settings.serve_host, *settings.serve_allow_hosts)
    app.add_middleware(
        NameGuard,
        names=names,
        origins=settings.serve_allow_origins,
        open_paths=(embed.PATH,),
    )
    app.add_middleware(
        FloodGate,
        lane=service.searches,
        metrics=service.metrics,
        max_bytes=int(settings.serve_upload_mb * 2**20),
    )
    app.add_middleware(Envelope, metrics=service.metrics)


def _probing(service: Service) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        """Warm up and take up imports while the first requests come in already."""
        first = asyncio.create_task(service.ready())
        service.imports.jobs.start()
        yield
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first

    return lifespan


def _explain_errors(app: FastAPI, service: Service) -> None:
    def handle(kind: type[Exception], explain: Callable[[Any], Problem]) -> None:
        async def handler(request: Request, error: Exception) -> Response:
            problem = explain(error)
            service.metrics.refused(problem.code)
            request_id = request_id_of(request.scope)
            if problem.code == "internal":
                log.error("request %s: %s", request_id, error, exc_info=error)
            if wants_page(request):
                return error_page(request, problem, request_id)
            return respond(problem, request_id)

        app.add_exception_handler(
            kind, cast("Callable[[Request, Exception], Awaitable[Response]]", handler)
        )

    handle(Problem, lambda problem: problem)
    handle(VitrineError, problem_of)
    handle(HTTPException, problem_of_http)
    handle(RequestValidationError, lambda error: problem_of_fields(error.errors()))
