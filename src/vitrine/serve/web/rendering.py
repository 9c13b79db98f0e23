"""Pages from templates, with the headers that keep everything else out."""

from __future__ import annotations

from functools import cache

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from vitrine.serve.web.assets import static
from vitrine.serve.web.guests import known_guest
from vitrine.serve.web.wording import Language, language_for

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # with no-referrer browsers call the origin of our own forms null, which is refused
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language",
}


_NAV = (
    *(("for_you", "/for-you"), ("styles", "/styles"), ("your_style", "/your-style")),
    *(("outfits", "/outfits"), ("reduced", "/reduced")),
)


def render(request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Answer with a template; whatever it is given is escaped.

    Every template also knows `say`, `number` and `money` of the visitor's language, `lang`,
    `static` (address of a file in static/), `path` and `back` (path and query) of the request,
    `guest`, and `opinions` (product id -> like or dislike), empty unless given.

    Args:
        request: chooses the language.
        name: of a file in templates/.
        status: HTTP status.
        **values: for the template, which fails on a name it is not given.
    """
    language = language_of(request)
    url = request.url
    known: dict[str, object] = {
        "say": language.say,
        "number": language.number,
        "money": language.money,
        "lang": language.code,
        "static": static,
        "path": url.path,
        "back": f"{url.path}?{url.query}" if url.query else url.path,
        "guest": known_guest(request),
        "opinions": {},
        "nav": _NAV,
    }
    body = _templates().get_template(name).render(known | values)
    return HTMLResponse(body, status, PAGE_HEADERS)


def language_of(request: Request) -> Language:
    """What the visitor reads."""
    return language_for(request.headers.get("accept-language", ""))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("vitrine.serve.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
