"""Small photos for the desk, also where the pages for visitors are closed."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.web.desk.visits import PLACE, DeskRoute, VisitHere

router = APIRouter(route_class=DeskRoute)


def desk_picture(product_id: str) -> str:
    """Where a page of the desk finds a product's first photo."""
    return f"{PLACE}/photos/{quote(product_id, safe='')}"


@router.get(f"{PLACE}/photos/{{product_id:path}}")
async def photo(service: ServiceHere, visit: VisitHere, product_id: str) -> Response:
    """Give the small copy that the shop keeps."""
    data = await service.reads.run(partial(service.shop.thumbnail, product_id))
    if not data:
        raise Problem("photo_not_found", "no such product, or it has no photo")
    headers = {"Cache-Control": "private, max-age=600"}
    return Response(data, media_type="image/webp", headers=headers)
