"""Who may see pages, and what they see when something goes wrong."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from vitrine.serve.access import address_of, is_local, service_of
from vitrine.serve.problems import Problem
from vitrine.serve.web.rendering import language_of, render

_FOR_PROGRAMS = ("/v1", "/livez", "/readyz", "/metrics", "/version", "/openapi.json", "/docs")


async def visitor_of(request: Request) -> str:
    """The visitor's address, if pages are shown there, and not asked for too often.

    Raises:
        Problem: `web_local` or `rate_limited`.
    """
    require_open(request)
    address = address_of(request)
    if wait_s := service_of(request).rates.take(("web", address)):
        raise Problem(
            "rate_limited",
            f"too many pages were asked for from this address; go on in {wait_s} s",
            headers={"Retry-After": str(wait_s)},
        )
    return address


def require_open(request: Request) -> None:
    """Insist that pages are shown to whoever asks.

    Raises:
        Problem: `web_local`, to another computer while pages are for this one.
    """
    if service_of(request).settings.serve_web != "public" and not is_local(request):
        raise Problem(
            "web_local",
            "these pages are shown on the shop's own computer only; "
            "to show them to everyone, start the server with --web public",
        )


def wants_page(request: Request) -> bool:
    """Whether a person looks at this request's answer, not a program."""
    if service_of(request).settings.serve_web == "off":
        return False
    path = request.url.path
    if any(path == place or path.startswith(f"{place}/") for place in _FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request, problem: Problem, request_id: str) -> Response:
    """Say what is wrong in the visitor's words; the details stand below."""
    language = language_of(request)
    kind = problem.code if language.has(f"error.{problem.code}.title") else "other"
    page = render(
        request,
        "error.html.jinja",
        status=problem.status,
        kind=kind,
        detail=problem.detail[:500],
        request_id=request_id,
    )
    page.headers.update(problem.headers)
    return page
