"""`/why`: why one product is among the hits, with the places of both photos that are alike."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from PIL import Image

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import product_card, reasons
from vitrine.serve.web.found import decoded
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.searching import photo_gone
from vitrine.serve.web.shelf import KeptPhoto, shelf_of
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish
from vitrine.shop import Explanation
from vitrine.types import Hit

if TYPE_CHECKING:
    from vitrine.shop import Side

router = APIRouter(dependencies=[Depends(visitor_of)])

_SIDE_PX = 480
_QUALITY = 80
_DIMMED, _DARK = 0.4, 24.0


@router.get("/why")
async def why(
    request: Request,
    service: ServiceHere,
    product: Annotated[str, Query(min_length=1, max_length=512)],
    part: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Say why a product is a hit of the search in the address; `part=why` gives that alone."""
    wish = replace(Wish.read(request.query_params.multi_items()), page=1)
    photo = shelf_of(request).get(wish.photo) if wish.photo else None
    if wish.photo and photo is None:
        return photo_gone(request, wish)
    work = partial(_explain, service, wish, photo, product)
    explanation, pictures = await service.searches.run(work)
    language = language_of(request)
    hit = Hit(product, 0.0, {}, explanation.why)
    return render(
        request,
        "why_part.html.jinja" if part == "why" else "why.html.jinja",
        card=product_card(service.shop.get(product), language),
        reasons=reasons(hit, wish, language, calibrated=False),
        pictures=pictures,
        back=wish.address(),
    )


def _explain(
    service: Service, wish: Wish, photo: KeptPhoto | None, product_id: str
) -> tuple[Explanation, dict[str, str]]:
    """Runs on a thread of the searches' lane."""
    query = wish.query(decoded(service, wish, photo), facets=(), min_score=False)
    explanation = service.shop.explain(product_id, query)
    sides = {"yours" if wish.photo else "liked": explanation.query, "theirs": explanation.hit}
    return explanation, {name: spotlight(side) for name, side in sides.items() if side}


def spotlight(side: Side) -> str:
    """A photo in the light where it is like the other, and in the dark elsewhere; a data address.

    A place is as light as what its cell adds to the likeness.
    """
    photo = side.photo.convert("RGB")
    photo.thumbnail((_SIDE_PX, _SIDE_PX))
    lit = _light(side, photo.size)[..., np.newaxis]
    pixels = np.asarray(photo, np.float32)
    grey = pixels.mean(axis=2, keepdims=True)
    dim = _DIMMED * grey + _DARK
    out = io.BytesIO()
    mixed = lit * pixels + (1 - lit) * dim
    Image.fromarray(mixed.round().astype(np.uint8)).save(out, "WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _light(side: Side, size: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(height, width) 0..1: what each place adds, as a share of what the best place adds."""
    values = np.clip(side.heat.values, 0, None).astype(np.float32)
    values = np.sqrt(values / max(float(values.max()), 1e-6))
    left, top, right, bottom = side.heat.box.pixels(*size)
    part = Image.fromarray(values).resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    light = np.zeros((size[1], size[0]), np.float32)
    light[top:bottom, left:right] = np.clip(np.asarray(part, np.float32), 0, 1)
    return light
