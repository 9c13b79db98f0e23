"""`/v1/products`: look at one, at its photos, put many, take one away."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from vitrine.errors import NotFoundError
from vitrine.serve.access import ServiceHere, admin_of, caller_of, viewer_of
from vitrine.serve.answers import BatchAnswer, ProductOut
from vitrine.serve.describing import json_body
from vitrine.serve.problems import Problem
from vitrine.serve.products import public_product, put_products
from vitrine.serve.questions import Batch
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1/products", tags=["products"])
_ADMIN = [Depends(admin_of)]
_CALLER = [Depends(caller_of)]
_VIEWER = [Depends(viewer_of)]
_MOST_BATCH_BYTES = 8 * 2**20
_MOST_PHOTOS = 1000


@router.put(
    ":batch",
    summary="Insert or replace products",
    dependencies=_ADMIN,
    responses={200: {"model": BatchAnswer}},
    openapi_extra=json_body(
        Batch,
        {
            "one dress": {
                "products": [
                    {
                        "product_id": "dress-1",
                        "title": "Wrap dress",
                        "colour": "navy",
                        "gender": "women",
                        "price": {"amount": "49.90", "currency": "EUR"},
                        "photos": ["https://shop.example/photos/dress-1.jpg"],
                    }
                ]
            }
        },
    ),
)
async def put_batch(service: ServiceHere, body: Body) -> JSONResponse:
    """Put up to 500 products into the shop; needs an admin key.

    A product that is there is replaced as a whole. Photos are named by http(s) address and
    fetched now; a photo that the shop knows is not embedded again. What does not fit is left out
    and listed; the rest is kept.
    """
    data = await body.read_json(_MOST_BATCH_BYTES)
    return JSONResponse(await service.writes.run(partial(_put, service, data)))


@router.get(
    "/{product_id:path}/photos/{position}",
    summary="A product's photo",
    dependencies=_VIEWER,
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}, "description": "A small copy."}},
)
async def photo(
    request: Request,
    service: ServiceHere,
    product_id: str,
    position: Annotated[int, Path(ge=0, le=_MOST_PHOTOS, description="0 is the main photo.")],
) -> Response:
    """Give a small WebP copy of a photo, its longest side 320 px."""
    data = await service.reads.run(partial(service.shop.thumbnail, product_id, position))
    if not data:
        raise Problem("photo_not_found", "no such product, or it has no such photo")
    etag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="image/webp", headers=headers)


@router.get(
    "/{product_id:path}",
    summary="One product",
    dependencies=_CALLER,
    responses={200: {"model": ProductOut}},
)
async def product(service: ServiceHere, product_id: str) -> JSONResponse:
    """Give all that the shop says of a product."""
    return JSONResponse(await service.reads.run(partial(_shown, service, product_id)))


@router.delete(
    "/{product_id:path}", summary="Take a product away", status_code=204, dependencies=_ADMIN
)
async def delete(service: ServiceHere, product_id: str) -> Response:
    """Remove a product and what only it shows; needs an admin key."""
    if not await service.writes.run(partial(service.shop.delete, product_id)):
        raise NotFoundError(f"there is no product {product_id!r} in this shop")
    return Response(status_code=204)


def _put(service: Service, data: bytes) -> Json:
    return put_products(service.shop, parse_json(data, Batch).products)


def _shown(service: Service, product_id: str) -> Json:
    return public_product(service.shop.get(product_id))
