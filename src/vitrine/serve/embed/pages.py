"""`/embed.js` for everyone, and `/embed-demo`, a plain shop's page, for this computer."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from vitrine import __version__
from vitrine.errors import NotFoundError
from vitrine.serve.access import ServiceHere, is_local, viewer_of
from vitrine.serve.embed.script import PATH, digest, script
from vitrine.serve.problems import Problem
from vitrine.serve.products import public_product
from vitrine.serve.service import Service
from vitrine.types import Json, Product

router = APIRouter(include_in_schema=False)

_FOREVER = "public, max-age=31536000, immutable"
_TEN_MINUTES = "public, max-age=600"
_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get(PATH)
async def embed(request: Request, v: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Give the module; under `?v=` and today's version browsers keep it for good."""
    etag = f'"{digest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": _FOREVER if v in (__version__, digest()) else _TEN_MINUTES,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(script(), media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/embed-demo")
async def demo(
    request: Request,
    service: ServiceHere,
    product: Annotated[str, Query(max_length=512)] = "",
    key: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Give the page of a plain shop that uses both components, for one of its products."""
    await _admit(request, service, key)
    shown = await service.reads.run(partial(_product, service, product))
    page = _page().render(
        product=shown,
        key=key,
        with_key=urlencode({"key": key}) if key else "",
        script=f"{PATH}?v={digest()}",
        server=str(request.base_url),
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _DEMO_POLICY})


@router.get("/embed-demo.css")
async def demo_style() -> Response:
    """Give the plain shop's own style."""
    data = files("vitrine.serve.embed").joinpath("demo", "shop.css").read_bytes()
    return Response(data, media_type="text/css; charset=utf-8")


async def _admit(request: Request, service: Service, key: str) -> None:
    if not is_local(request):
        raise Problem("web_local", "the demo page is shown on the server's own computer only")
    if not key and await service.keys.ever_made():
        raise Problem(
            "key_missing",
            "this shop has keys: make one with `vitrine keys create --shop PATH` "
            "and open /embed-demo?key=KEY",
        )
    await viewer_of(request, key)


def _product(service: Service, product_id: str) -> Json:
    return public_product(service.shop.get(product_id) if product_id else _first(service))


def _first(service: Service) -> Product:
    """The first one with a photo."""
    found = next((each for each in service.shop.products() if each.photos), None)
    if found is None:
        raise NotFoundError("this shop has no product with a photo to show")
    return found


@cache
def _page() -> Template:
    environment = Environment(
        loader=PackageLoader("vitrine.serve.embed", "demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("shop.html.jinja")
