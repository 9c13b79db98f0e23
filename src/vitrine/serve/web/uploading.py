"""`/photos`: a visitor's photo comes in, is kept a while, and is forgotten."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from vitrine.errors import ConfigurationError
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.web.board_wishes import BoardWish
from vitrine.serve.web.rendering import PAGE_HEADERS
from vitrine.serve.web.results import UNNAMED, results_page
from vitrine.serve.web.shelf import KeptPhoto, cleaned, shelf_of
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish

if TYPE_CHECKING:
    from PIL import Image

router = APIRouter(prefix="/photos", dependencies=[Depends(visitor_of)])

_FORM_OVERHEAD_BYTES = 128 * 1024
_MOST_QUERY_BYTES = 32 * 1024
_SEE_OTHER = 303
_SMALLEST_PART = 0.15
_SURE_GARMENT = 0.55
_NEARLY_ALL = 0.85  # of a photo, which is no part to choose


@router.post("")
async def take(request: Request, service: ServiceHere, body: Body) -> Response:
    """Take a photo and lead to what looks like it; the part `query` is the rest of the address."""
    most = int(service.settings.serve_upload_mb * 2**20) + _FORM_OVERHEAD_BYTES
    if service.searches.is_full:
        await body.drain(most)
        raise service.searches.refusal()
    form = await body.read_form(most)
    query = form.query[:_MOST_QUERY_BYTES].decode("utf-8", "replace")
    wish = Wish.read(parse_qsl(query)).but_with(crop=(), anyway=False)
    photo = await service.searches.run(partial(_clean, service, form.photo))
    shelf = shelf_of(request)
    if not shelf.kept_s:
        return await results_page(request, service, replace(wish, photo=UNNAMED), photo)
    name = shelf.put(photo)
    if ("for", "outfits") in parse_qsl(query):
        return RedirectResponse(BoardWish(photo=name).address(), _SEE_OTHER, PAGE_HEADERS)
    found = wish.but_with(photo=name).address()
    return RedirectResponse(found, _SEE_OTHER, PAGE_HEADERS)


@router.get("/{name}")
async def show(request: Request, name: str) -> Response:
    """Give a kept photo to whoever knows its name."""
    shelf = shelf_of(request)
    photo = shelf.get(name)
    if photo is None:
        raise Problem("photo_not_found", "this photo was let go")
    headers = {"Cache-Control": f"private, max-age={int(shelf.left_s(name))}"}
    return Response(photo.data, media_type="image/jpeg", headers=headers)


@router.post("/{name}/forget")
async def forget(request: Request, name: str) -> Response:
    """Let a photo go at once."""
    shelf_of(request).forget(name)
    return RedirectResponse("/", _SEE_OTHER, PAGE_HEADERS)


def _clean(service: Service, photo: bytes) -> KeptPhoto:
    """Decode it in another process, larger than the encoder looks, so that parts can be cut out."""
    image = service.decode(photo, _SMALLEST_PART)
    return replace(cleaned(image), parts=_parts(service, image))


def _parts(service: Service, image: Image.Image) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Of each kind of garment the surest; on photos of one piece the rest is mostly guessed."""
    try:
        found = service.shop.find_garments(image)
    except ConfigurationError:  # this installation cannot find garments
        return ()
    sure = {each.kind: each for each in reversed(found) if each.score >= _SURE_GARMENT}
    parts = [
        (kind, tuple(round(side, 3) for side in each.box.sides)) for kind, each in sure.items()
    ]
    return tuple(reversed([part for part in parts if _area(part[1]) < _NEARLY_ALL]))


def _area(sides: tuple[float, ...]) -> float:
    left, top, right, bottom = sides
    return (right - left) * (bottom - top)
