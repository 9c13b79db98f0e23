"""Who may come to the desk, and forms that really come from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from vitrine.serve.access import address_of, is_local, service_of
from vitrine.serve.problems import Problem
from vitrine.serve.rates import TokenBuckets
from vitrine.serve.searching import Body
from vitrine.serve.web.desk.sessions import Session, Sessions, new_token
from vitrine.serve.web.forms import read_pairs
from vitrine.serve.web.rendering import PAGE_HEADERS, render
from vitrine.serve.web.visitors import wants_page
from vitrine.shop.desk import Desk

PLACE = "/desk"
SIGN_IN = f"{PLACE}/sign-in"
COOKIE = "vitrine_desk"
SEE_OTHER = 303

_TRIES_PER_S = 0.1
_TRIES_AT_ONCE = 6


class SignInFirstError(Exception):
    """Whoever asks is led to the door."""


class DeskState:
    """What the desk keeps while the server runs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sessions = Sessions()
        self.tries = TokenBuckets(_TRIES_PER_S, _TRIES_AT_ONCE)
        self.looking: asyncio.Task[object] | None = None
        """The search for look-alikes that goes on in the background."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who may be here."""

    token: str
    proof: str
    """For the forms of the page."""
    session: Session | None
    """None: this computer, in a shop without keys, that has sent nothing yet."""

    @property
    def signed_in(self) -> bool:
        """Whether a key opened the session, so that it can be closed again."""
        return bool(self.session and self.session.key_id)


@dataclass(frozen=True, slots=True)
class DeskForm:
    """A form of ours, and who sent it."""

    visit: Visit
    session: Session
    pairs: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """The last value of a field, without spaces around it; empty where it is not there."""
        return next((value.strip() for each, value in reversed(self.pairs) if each == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for each, value in self.pairs if each == name]


class DeskRoute(APIRoute):
    """Leads strangers to the door, and hands out the cookie of a new visit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handle = super().get_route_handler()

        async def at_the_desk(request: Request) -> Response:
            try:
                response = await handle(request)
            except SignInFirstError:
                asked = request.url.path if request.method == "GET" else PLACE
                return see_other(f"{SIGN_IN}?{urlencode({'next': asked})}")
            if token := getattr(request.state, "desk_token", ""):
                give_cookie(request, response, COOKIE, token)
            return response

        return at_the_desk


def state_of(request: Request) -> DeskState:
    """The state of the app that answers."""
    held = request.app.state
    if not hasattr(held, "desk"):
        held.desk = DeskState(service_of(request).shop.desk())
    return held.desk


async def visit_of(request: Request) -> Visit:
    """Who is here.

    Raises:
        SignInFirstError: nobody whom we know; to programs it is the Problem `key_missing`.
        Problem: `rate_limited`.
    """
    limit_rate(request)
    service, sessions = service_of(request), state_of(request).sessions
    token = request.cookies.get(COOKIE, "")
    session = sessions.find(token)
    if await service.keys.ever_made():
        if session is None or not await service.keys.opens(session.key_id):
            raise _stranger(request)
    else:
        if not is_local(request):
            raise Problem(
                "loopback_only",
                "this shop has no keys yet, so only this computer is served; "
                "make one: vitrine keys create --kind admin --shop PATH",
            )
        if not token:
            token = request.state.desk_token = new_token()
    return Visit(token, sessions.proof(token), session)


async def form_of(request: Request, visit: Visit, body: Body) -> DeskForm:
    """Read a form of ours.

    Raises:
        Problem: `csrf_refused`, `media_type_unsupported`, `malformed_form`, or as `BodyReader`.
    """
    pairs = await read_pairs(request, body)
    proof = next((value for name, value in pairs if name == "csrf"), "")
    return DeskForm(visit, prove(request, visit, proof), pairs)


def prove(request: Request, visit: Visit, proof: str) -> Session:
    """Insist that a form was made for this visit.

    Raises:
        Problem: `csrf_refused`.
    """
    sessions = state_of(request).sessions
    if not sessions.is_ours(visit.token, proof):
        raise csrf_refused()
    session = visit.session
    if session is None:  # this computer's first form
        session = sessions.find(sessions.open("", visit.token))
    if session is None:
        raise csrf_refused()
    return session


def csrf_refused() -> Problem:
    """What forms get that were not made for this visit."""
    return Problem(
        "csrf_refused", "the form's token does not belong to this session; open the page again"
    )


def limit_rate(request: Request) -> None:
    """Count one page for an address.

    Raises:
        Problem: `rate_limited`.
    """
    if wait_s := service_of(request).rates.take(("desk", address_of(request))):
        raise Problem(
            "rate_limited",
            f"too many pages were asked for from this address; go on in {wait_s} s",
            headers={"Retry-After": str(wait_s)},
        )


def give_cookie(request: Request, response: Response, name: str, token: str) -> None:
    """Let the browser keep a token, where no script and no other site reaches it."""
    response.set_cookie(
        name,
        token,
        path=PLACE,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def see_other(place: str) -> Response:
    """Lead on after a form."""
    return RedirectResponse(place, SEE_OTHER, PAGE_HEADERS)


def show(
    request: Request, visit: Visit, name: str, *, here: str, status: int = 200, **values: object
) -> Response:
    """Answer with a page of the desk, and what there is to tell."""
    session = visit.session
    notices = list(session.notices) if session else []
    if session:
        session.notices.clear()
    return render(
        request,
        name,
        status=status,
        here=here,
        csrf=visit.proof,
        signed_in=visit.signed_in,
        notices=notices,
        n_undoable=len(session.last) if session else 0,
        asked=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **values,
    )


def _stranger(request: Request) -> Exception:
    if wants_page(request):
        return SignInFirstError()
    return Problem("key_missing", f"sign in with an admin key at {SIGN_IN}")


VisitHere: TypeAlias = Annotated[Visit, Depends(visit_of)]


async def posted_form(request: Request, visit: VisitHere, body: Body) -> DeskForm:
    """As `form_of`, for routes."""
    return await form_of(request, visit, body)


PostedForm: TypeAlias = Annotated[DeskForm, Depends(posted_form)]
