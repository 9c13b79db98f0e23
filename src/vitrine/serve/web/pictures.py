"""Photos of products, small for cards and larger for a product's own page."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from vitrine.errors import ImageError
from vitrine.serve.access import ServiceHere
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.web.visitors import require_open

router = APIRouter(dependencies=[Depends(require_open)])

_LARGE_PX = 1000
_QUALITY = 82
_MOST_PHOTOS = 1000


def picture_address(product_id: str, position: int = 0, *, large: bool = False) -> str:
    """Where a page finds a product's photo."""
    size = "?size=large" if large else ""
    return f"/products/{quote(product_id, safe='')}/photos/{position}{size}"


@router.get("/products/{product_id:path}/photos/{position}")
async def picture(
    request: Request,
    service: ServiceHere,
    product_id: str,
    position: Annotated[int, InPath(ge=0, le=_MOST_PHOTOS)],
    size: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Give a WebP copy: 320 px, or up to 1,000 px where the shop's own file can be read."""
    make = _large if size == "large" else _small
    data = await service.reads.run(partial(make, service, product_id, position))
    if not data:
        raise Problem("photo_not_found", "no such product, or it has no such photo")
    etag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="image/webp", headers=headers)


def _small(service: Service, product_id: str, position: int) -> bytes | None:
    return service.shop.thumbnail(product_id, position)


def _large(service: Service, product_id: str, position: int) -> bytes | None:
    """From the shop's own file, decoded like a stranger's; else the small copy."""
    small = service.shop.thumbnail(product_id, position)
    if small is None:
        return None
    with suppress(ImageError, OSError, IndexError):
        path = Path(service.shop.get(product_id).photos[position])
        if path.stat().st_size <= service.settings.serve_upload_mb * 2**20:
            image = service.decode(path.read_bytes(), 0.25).convert("RGB")
            image.thumbnail((_LARGE_PX, _LARGE_PX))
            image.info = {}
            out = io.BytesIO()
            image.save(out, "WEBP", quality=_QUALITY, method=2)
            return out.getvalue()
    return small
