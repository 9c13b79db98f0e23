"""`/v1/styles`: the looks of a shop, and somebody's own style from photos."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.errors import NotFoundError
from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.problems import Problem
from vitrine.serve.questions import Filter
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1/styles", tags=["styles"], dependencies=[Depends(caller_of)])

MOST_PHOTOS = 20
_MOST_QUERY_BYTES = 64 * 1024
_PHOTOS_AT_FULL_SIZE = 4
"""What a form may weigh, in photos of the largest size; most photos are much smaller."""


class SuggestQuestion(BaseModel):
    """What is suggested beside the style."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: Filter | None = Field(None, description="A filter on the products that are suggested.")
    k: Annotated[int, Field(ge=1, le=24, description="Products in each part of the wardrobe.")] = 4


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StyleOut(_Closed):
    """A cluster of looks."""

    style_id: str = Field(description="Stays when the styles are found again.")
    name: str
    size: int = Field(description="Products of this style.")
    exemplars: list[str] = Field(description="Product ids, the nearest to the centre first.")
    named_by_hand: bool


class StylesAnswer(_Closed):
    """Every style, the largest first."""

    styles: list[StyleOut]


class TypicalOut(_Closed):
    """What products of a style say more often than others."""

    field: str
    value: str
    share: Annotated[float, Field(ge=0, le=1, description="Of the style's products.")]
    lift: float = Field(description="That share over the share in all products.")


class NeighbourOut(_Closed):
    """A style beside another."""

    style_id: str
    name: str
    cosine: float
    apart: list[TypicalOut] = Field(
        description="What this style's products say more often than the neighbour's, at most 3; "
        "`lift` is over the products of both."
    )
    between: list[str] = Field(description="Product ids on the border of the two.")


class SwatchOut(_Closed):
    """A colour of a style."""

    name: str
    hex: str = Field(description="As `#1f2a4d`.")
    share: Annotated[float, Field(ge=0, le=1, description="Of what its garments show.")]


class StyleDetailOut(StyleOut):
    """A style and what sets it apart."""

    share: Annotated[float, Field(ge=0, le=1)]
    mean_confidence: Annotated[float, Field(ge=0, le=1)]
    palette: list[SwatchOut] = Field(description="At most 6, the largest share first.")
    typical: list[TypicalOut]
    neighbours: list[NeighbourOut]


class SuggestedStyleOut(StyleOut):
    """A style that stands for somebody's photos."""

    share: Annotated[float, Field(ge=0, le=1, description="Of the photos that match any.")]


class OwnLookOut(_Closed):
    """Photos that look alike."""

    photos: list[int] = Field(description="Which of the photos, from 0.")
    style_id: str
    name: str
    share: Annotated[float, Field(ge=0, le=1)] = Field(
        description="Of the products nearest to these photos, that are of this style."
    )


class FittingOut(_Closed):
    """A product that fits."""

    product_id: str
    score: float


class PartOut(_Closed):
    """One part of the wardrobe."""

    part: str = Field(description="top, bottom, dress, outerwear, shoes, bag...")
    hits: list[FittingOut]


class SuggestAnswer(_Closed):
    """Somebody's own style."""

    matched: bool = Field(description="False: no style stands for any photo; see `popular`.")
    photos: int
    style: SuggestedStyleOut | None
    styles: list[SuggestedStyleOut] = Field(description="At most 3, the most representative first.")
    looks: list[OwnLookOut]
    outliers: list[int] = Field(description="Photos for which no style of the shop stands.")
    wardrobe: list[PartOut]
    popular: list[str] = Field(description="Product ids, where nothing matched.")
    notes: list[str] | None = Field(None, description="Of a filter that lets nothing through, say.")


_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "photo": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                            "maxItems": MOST_PHOTOS,
                            "description": "JPEG, PNG, WebP, AVIF, GIF, HEIC; the part repeated.",
                        },
                        "query": {
                            "type": "string",
                            "description": 'JSON: `where`, a filter, and `k`, as in {"k": 4}.',
                            "example": '{"where": {"gender": "women"}, "k": 4}',
                        },
                    },
                    "required": ["photo"],
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.get("", summary="Styles of the shop", responses={200: {"model": StylesAnswer}})
async def styles(service: ServiceHere) -> JSONResponse:
    """List the shop's styles, the largest first; `vitrine styles fit` finds them."""
    return JSONResponse(await service.reads.run(partial(_list, service)))


@router.post(
    "/suggest",
    summary="Somebody's own style from photos",
    responses={200: {"model": SuggestAnswer}},
    openapi_extra=_FORM,
)
async def suggest(service: ServiceHere, body: Body) -> JSONResponse:
    """Find the style that stands for a handful of photos, and what fits them.

    Each photo is decoded in another process, used, and forgotten.
    """
    most = int(service.settings.serve_upload_mb * 2**20) * _PHOTOS_AT_FULL_SIZE
    form = await body.read_form(most + _MOST_QUERY_BYTES, MOST_PHOTOS)
    asked = parse_json(form.query or b"{}", SuggestQuestion)
    return JSONResponse(await service.searches.run(partial(_suggest, service, asked, form.photos)))


@router.get("/{style_id}", summary="One style", responses={200: {"model": StyleDetailOut}})
async def style(service: ServiceHere, style_id: str) -> JSONResponse:
    """Show what a style's products say more often than others, and the styles beside it."""
    return JSONResponse(await service.reads.run(partial(_show, service, style_id)))


def _list(service: Service) -> Json:
    with told():
        return {"styles": [each.to_json() for each in service.shop.styles.list()]}


def _show(service: Service, style_id: str) -> Json:
    with told():
        return service.shop.styles.show(style_id).to_json()


def _suggest(service: Service, asked: SuggestQuestion, photos: tuple[bytes, ...]) -> Json:
    """Runs on a thread of the searches' lane."""
    with told():
        service.shop.styles.board()
        images = [service.decode(photo) for photo in photos]
        return service.shop.suggest_styles(images, where=asked.where, k=asked.k).to_json()


@contextmanager
def told() -> Generator[None]:
    """Name what was not found: a style, not a product."""
    try:
        yield
    except NotFoundError as error:
        raise Problem("style_not_found", str(error)) from error
