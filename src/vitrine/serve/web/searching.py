"""`/search`: hits for words, a photo, products, or all of them together."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.noting import noted_page
from vitrine.serve.web.rendering import render
from vitrine.serve.web.results import results_page
from vitrine.serve.web.shelf import shelf_of
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish

router = APIRouter(dependencies=[Depends(visitor_of)], route_class=GuestRoute)
_GONE = 410


@router.get("/search")
async def search(
    request: Request,
    service: ServiceHere,
    guest: GuestHere,
    part: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show what the address asks for; `part=cards` gives a page's cards alone."""
    wish = Wish.read(request.query_params.multi_items())
    photo = shelf_of(request).get(wish.photo) if wish.photo else None
    if wish.photo and photo is None:
        return photo_gone(request, wish)
    page = await results_page(request, service, wish, photo, part=part)
    if part or wish.page > 1:
        return page
    kind = "category-page-view" if wish.browses else "search"
    said = {name: ", ".join(values) for name, values in wish.filters.items()}
    if wish.shows:
        said["by"] = "photo" if wish.photo else "product"
    return noted_page(request, page, guest, kind, query=wish.q, attributes=said)


def photo_gone(request: Request, wish: Wish) -> Response:
    """Say that a photo was let go, and how to go on."""
    rest = replace(wish, photo="", crop=(), but=wish.but if wish.like else ())
    return render(
        request,
        "photo_gone.html.jinja",
        status=_GONE,
        minutes=round(shelf_of(request).kept_s / 60),
        rest=rest.address() if rest.pairs() else "",
        carried=rest.address("").removeprefix("?"),
    )
