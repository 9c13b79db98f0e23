"""`/desk/sign-in`: the admin key opens a session; the key itself is never kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere, address_of
from vitrine.serve.problems import KINDS
from vitrine.serve.searching import Body
from vitrine.serve.web.desk.sessions import new_token
from vitrine.serve.web.desk.visits import (
    COOKIE,
    PLACE,
    SIGN_IN,
    DeskRoute,
    PostedForm,
    csrf_refused,
    give_cookie,
    limit_rate,
    see_other,
    state_of,
)
from vitrine.serve.web.forms import read_pairs
from vitrine.serve.web.rendering import render

router = APIRouter(route_class=DeskRoute)

_ENTRY_COOKIE = "vitrine_desk_entry"
"""Another one than the session's: a link from elsewhere comes without that, and must not end it."""
_LONGEST_KEY = 500


@router.get(SIGN_IN)
async def door(
    request: Request, service: ServiceHere, next: Annotated[str, Query(max_length=2000)] = ""
) -> Response:
    """Ask for the key, where the shop has any."""
    limit_rate(request)
    if not await service.keys.ever_made():
        return see_other(PLACE)
    return _door(request, inside(next))


@router.post(SIGN_IN)
async def enter(request: Request, service: ServiceHere, body: Body) -> Response:
    """Begin a session for an admin key."""
    limit_rate(request)
    said = dict(await read_pairs(request, body))
    state, place = state_of(request), inside(said.get("next", ""))
    if not state.sessions.is_ours(request.cookies.get(_ENTRY_COOKIE, ""), said.get("csrf", "")):
        raise csrf_refused()
    if wait_s := state.tries.take(address_of(request)):
        refused = _door(request, place, "rate_limited", n=wait_s)
        refused.headers["Retry-After"] = str(wait_s)
        return refused
    record = await service.keys.find(said.get("key", "").strip()[:_LONGEST_KEY])
    if record is None or record.kind != "admin":
        return _door(request, place, "key_insufficient" if record else "key_unknown", n=0)
    state.sessions.close(request.cookies.get(COOKIE, ""))
    answer = see_other(place)
    give_cookie(request, answer, COOKIE, state.sessions.open(record.key_id))
    answer.delete_cookie(_ENTRY_COOKIE, path=PLACE)
    return answer


@router.post(f"{PLACE}/sign-out")
async def leave(request: Request, form: PostedForm) -> Response:
    """End the session."""
    state_of(request).sessions.close(form.visit.token)
    answer = see_other(SIGN_IN)
    answer.delete_cookie(COOKIE, path=PLACE)
    return answer


def inside(place: str) -> str:
    """A place at the desk to go to; its front where anything else is named.

    Example:
        >>> inside("/desk/review"), inside("//elsewhere.example"), inside("/desk/../x")
        ('/desk/review', '/desk', '/desk')
    """
    known = place == PLACE or place.startswith((f"{PLACE}/", f"{PLACE}?"))
    return place if known and ".." not in place and "\\" not in place else PLACE


def _door(request: Request, place: str, refused: str = "", n: int = 0) -> Response:
    """Show the door, and why it stayed shut."""
    token = request.cookies.get(_ENTRY_COOKIE) or new_token()
    page = render(
        request,
        "desk_door.html.jinja",
        status=KINDS[refused].status if refused else 200,
        csrf=state_of(request).sessions.proof(token),
        place=place,
        refused=refused,
        n=n,
    )
    give_cookie(request, page, _ENTRY_COOKIE, token)
    return page
