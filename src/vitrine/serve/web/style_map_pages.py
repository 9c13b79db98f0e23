"""`/styles/map`: the shop laid out on a plane, and the same as a table."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from vitrine.errors import DataError, NotFoundError
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.web.cards import Card, product_card
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.noting import noted_page
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.shop.style_maps import style_colour
from vitrine.types import Json

if TYPE_CHECKING:
    from vitrine.shop.style_maps import MapView

PLACE = "/styles/map"
router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)


@router.get("")
async def style_map(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Show the map, and its styles as a table."""
    shown = await service.searches.run(lambda: known_map(service))
    page = render(request, "style_map.html.jinja", shown=shown, colour=style_colour)
    return noted_page(request, page, guest, "category-page-view", attributes={"by": "style-map"})


@router.get("/points")
async def points(service: ServiceHere) -> Response:
    """Give what the page's script draws; at most 20,000 products."""

    def look() -> Json:
        shown = known_map(service)
        if shown is None:
            raise Problem("style_not_found", "no map of this shop was drawn yet")
        return shown.to_json()

    return JSONResponse(await service.searches.run(look))


@router.get("/piece")
async def piece(
    request: Request,
    service: ServiceHere,
    product: Annotated[str, Query(min_length=1, max_length=512)],
) -> Response:
    """Say what one dot is: a part of the page."""
    language = language_of(request)

    def look() -> tuple[Card, str]:
        found = product_card(service.shop.get(product), language)
        shown = known_map(service)
        with suppress(ValueError):
            if shown is not None:
                place = shown.places[shown.styles[shown.product_ids.index(product)]]
                return found, place.name
        return found, ""

    card, style = await service.searches.run(look)
    return render(request, "style_map_piece.html.jinja", card=card, style=style)


def known_map(service: Service) -> MapView | None:
    """The map; None where nobody drew it yet, or for another encoder."""
    try:
        return service.shop.style_maps.show()
    except (NotFoundError, DataError):
        return None
