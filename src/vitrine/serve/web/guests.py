"""Who looks at pages, without a name: a random number in a cookie, for those who do not mind."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from vitrine.serve.access import service_of
from vitrine.serve.problems import Problem

COOKIE = "vitrine_visitor"
NO = "no"
"""What the cookie holds of somebody who does not want to be known again."""

_YEAR_S = 365 * 24 * 3600
_TOKEN_BYTES = 16
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)
_ID_DIGITS = 32
_SIGNALS = ("sec-gpc", "dnt")


@dataclass(frozen=True, slots=True)
class Guest:
    """One browser, as far as we may know it."""

    visitor_id: str
    """Of its events; empty where nothing may be noted."""
    known: bool
    """Whether the browser brought its cookie back. Programs that keep none make no visitors."""
    refusal: str = ""
    """Why nothing is noted: `shop` (a setting), `signal` (the browser says so) or `own` wish."""

    @property
    def noted(self) -> bool:
        """Whether what happens in this request is kept."""
        return bool(self.visitor_id) and self.known


NOBODY = Guest("", False)


class GuestRoute(APIRoute):
    """Lets a browser keep the number that it was given in this request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handle = super().get_route_handler()

        async def welcome(request: Request) -> Response:
            response = await handle(request)
            if token := getattr(request.state, "guest_token", ""):
                give_cookie(request, response, token)
            return response

        return welcome


async def guest_of(request: Request) -> Guest:
    """Who asks; a browser that is new here gets a number, unless it or the shop says no."""
    guest = _guest(request)
    request.state.guest = guest
    return guest


GuestHere: TypeAlias = Annotated[Guest, Depends(guest_of)]


def known_guest(request: Request) -> Guest:
    """Who asks, where the route wanted to know; else nobody."""
    return getattr(request.state, "guest", NOBODY)


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Let the browser keep a number, where no script reaches it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=_YEAR_S,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def require_own_page(request: Request) -> None:
    """Insist that a form or a note was sent by one of our own pages.

    Raises:
        Problem: `origin_refused`.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "").lower()
    if site != "same-origin" or (origin and _place(origin) != host):
        raise Problem("origin_refused", "only pages of this server may send that")


def _guest(request: Request) -> Guest:
    token = request.cookies.get(COOKIE, "")
    if not service_of(request).settings.serve_visitors:
        return Guest("", False, "shop")
    if any(request.headers.get(name) == "1" for name in _SIGNALS):
        return Guest("", False, "signal")
    if token == NO:
        return Guest("", False, "own")
    if _TOKEN.fullmatch(token):
        return Guest(_visitor_id(token), known=True)
    token = request.state.guest_token = secrets.token_urlsafe(_TOKEN_BYTES)
    return Guest(_visitor_id(token), known=False)


def _visitor_id(token: str) -> str:
    """What events say; who reads them in the shop cannot make a cookie of it."""
    return "web-" + hashlib.sha256(token.encode()).hexdigest()[:_ID_DIGITS]


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
