"""`/likes` and `/ratings`: visitors say what they think; the next page knows."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from vitrine.events import ASPECTS, EventProduct
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.web.forms import FormHere, PageForm, inside
from vitrine.serve.web.guests import Guest, GuestHere, require_own_page
from vitrine.serve.web.noting import OPINIONS, TAKEN_BACK, event_of, note
from vitrine.serve.web.rendering import PAGE_HEADERS
from vitrine.serve.web.visitors import visitor_of, wants_page

router = APIRouter(dependencies=[Depends(visitor_of), Depends(require_own_page)])

_SEE_OTHER, _KEPT = 303, 204
_STARS = frozenset("12345")


@router.post("/likes")
async def like(
    request: Request, service: ServiceHere, guest: GuestHere, form: FormHere
) -> Response:
    """Like a product, like it less, or take that back; kept before the answer is given."""
    opinion, product_id = form.one("opinion"), form.one("product")
    if opinion not in (*OPINIONS, TAKEN_BACK):
        raise Problem("invalid", f"opinion is {opinion[:20]!r}; it is like, dislike or unlike")
    _require_noted(guest)
    await service.reads.run(lambda: service.shop.get(product_id))
    said = {"list": form.one("list")}
    await note(service, [event_of(guest, opinion, [EventProduct(product_id)], attributes=said)])
    return _back(request, form)


@router.post("/ratings")
async def rate(
    request: Request, service: ServiceHere, guest: GuestHere, form: FormHere
) -> Response:
    """Rate a list as a whole, 1 to 5 in up to three respects; it is no opinion of its products."""
    _require_noted(guest)
    given = {aspect: form.one(aspect) for aspect in ASPECTS if form.one(aspect)}
    if not set(given.values()) <= _STARS:
        raise Problem("invalid", "ratings are whole numbers from 1 to 5")
    said = {"list": form.one("list"), "strategy": form.one("strategy")}
    rated = event_of(guest, "rate", attributes=said)
    await note(
        service,
        [
            replace(rated, event_id=f"{rated.event_id}-{aspect}", aspect=aspect, value=float(value))
            for aspect, value in given.items()
        ],
    )
    return _back(request, form)


def _require_noted(guest: Guest) -> None:
    if not guest.noted:
        raise Problem("not_noted", "nothing is kept of this visitor, so there is nothing to add to")


def _back(request: Request, form: PageForm) -> Response:
    if not wants_page(request):
        return Response(status_code=_KEPT)
    return RedirectResponse(inside(form.one("back")), _SEE_OTHER, PAGE_HEADERS)
