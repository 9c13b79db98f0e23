"""What machines ask: alive, ready, figures, version, and the API's own description."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from vitrine import __version__
from vitrine.serve.access import ServiceHere, admin_of, caller_of, is_local
from vitrine.serve.answers import StateAnswer, VersionAnswer
from vitrine.serve.manual import content_policy, render_manual
from vitrine.serve.metrics import CONTENT_TYPE
from vitrine.serve.problems import Problem

router = APIRouter(tags=["running"])


@router.get("/livez", summary="Alive?", responses={200: {"model": StateAnswer}})
async def livez() -> JSONResponse:
    """Say that the process answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", summary="Ready?", responses={200: {"model": StateAnswer}})
async def readyz(service: ServiceHere) -> JSONResponse:
    """Say whether a photo was decoded, embedded and searched in the last ten seconds."""
    if not await service.ready():
        raise Problem(
            "not_ready",
            "the last query of the probe was not answered",
            headers={"Retry-After": "5"},
        )
    return JSONResponse({"status": "ready"})


@router.get("/version", summary="Version", responses={200: {"model": VersionAnswer}})
async def version(service: ServiceHere) -> JSONResponse:
    """Say which version runs, and with which encoder."""
    return JSONResponse({"version": __version__, "encoder": service.encoder.identity.name})


@router.get(
    "/metrics",
    summary="Figures",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "For Prometheus."}},
)
async def metrics(request: Request, service: ServiceHere) -> Response:
    """Give figures in Prometheus' text format, to this computer or with an admin key."""
    if not is_local(request):
        await admin_of(await caller_of(request))
    return Response(service.metrics.text(), media_type=CONTENT_TYPE)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    """Give the API's description, for programs."""
    return JSONResponse(_description(request))


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Give the API's description, for people; one page that loads nothing."""
    return HTMLResponse(
        render_manual(_description(request)), headers={"Content-Security-Policy": content_policy()}
    )


def _description(request: Request) -> dict[str, Any]:
    app: FastAPI = request.app
    return app.openapi()
