"""Outfits: around a product, around products or a photo, and as a visitor put them together."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.search import Box
from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.answers import PriceOut, ProductOut
from vitrine.serve.describing import form_or_json, json_body
from vitrine.serve.outfit_questions import (
    JudgeQuestion,
    OutfitsQuestion,
    ProductOutfitsQuestion,
)
from vitrine.serve.products import public_product
from vitrine.serve.searching import Body, photo_and_query
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["outfits"], dependencies=[Depends(caller_of)])

_MOST_BODY_BYTES = 256 * 1024


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PairingOut(_Closed):
    """Why a piece goes with another one."""

    with_: str | None = Field(alias="with", description="Its product; null for the photo.")
    slot: str
    says: str
    score: Annotated[float, Field(ge=0, le=1)]


class OutfitPieceOut(_Closed):
    """One product of an outfit."""

    slot: str
    product_id: str
    kept: bool = Field(description="Whether it was asked for.")
    why: list[PairingOut]
    product: ProductOut
    alternatives: list[ProductOut]


class OutfitOut(_Closed):
    """Pieces that go together, no two in one slot."""

    score: Annotated[float, Field(ge=0, le=1)]
    total: PriceOut | None = Field(description="Null where a price is missing.")
    pieces: list[OutfitPieceOut]


class OutfitPhotoOut(_Closed):
    """What was seen on the photo."""

    slot: str
    kind: str
    colour: str
    sure: Annotated[float, Field(ge=0, le=1, description="That it is of this kind.")]


class OutfitsAnswer(_Closed):
    """Outfits, the best first."""

    outfits: list[OutfitOut]
    took_ms: float
    photo: OutfitPhotoOut | None = None
    notes: list[str] | None = Field(None, description="A slot that nothing fits, say.")


@router.get(
    "/products/{product_id:path}/outfits",
    summary="Outfits around a product",
    responses={200: {"model": OutfitsAnswer}},
)
async def outfits_of_product(
    service: ServiceHere, product_id: str, asked: Annotated[ProductOutfitsQuestion, Query()]
) -> JSONResponse:
    """Complete the look: what goes with a product, with a reason for each pair."""
    wishes = asked.model_dump() | {"like": product_id}
    return JSONResponse(await service.searches.run(partial(_outfits, service, wishes, b"")))


@router.post(
    "/outfits",
    summary="Outfits around products or a photo",
    responses={200: {"model": OutfitsAnswer}},
    openapi_extra=form_or_json(
        OutfitsQuestion,
        {
            "around two pieces": {"like": ["D0040"], "budget": "200 EUR", "season": "summer"},
            "other ideas": {"like": ["D0040"], "shuffle": 1, "slots": ["shoes", "bag"]},
        },
        {"season": "summer"},
    ),
)
async def outfits(service: ServiceHere, body: Body) -> JSONResponse:
    """Complete the look around products, around one's own photo of one garment, or both.

    Send JSON, or, with a photo, a form (`multipart/form-data`) of two parts: `photo`, the file,
    and `query`, the same JSON as text.
    """
    photo, query = await photo_and_query(service, body)
    wishes = parse_json(query, OutfitsQuestion).model_dump()
    return JSONResponse(await service.searches.run(partial(_outfits, service, wishes, photo)))


@router.post(
    "/outfits/judge",
    summary="Score an outfit as it is",
    responses={200: {"model": OutfitsAnswer}},
    openapi_extra=json_body(
        JudgeQuestion, {"three pieces": {"products": ["D0040", "D0084", "D0032"]}}
    ),
)
async def judge(service: ServiceHere, body: Body) -> JSONResponse:
    """Score products that a visitor put together, with alternatives for each place."""
    data = await body.read_json(_MOST_BODY_BYTES)
    asked = parse_json(data, JudgeQuestion).model_dump()
    return JSONResponse(await service.searches.run(partial(_judged, service, asked)))


def _outfits(service: Service, wishes: dict[str, Any], photo: bytes) -> Json:
    """Runs on a thread of the searches' lane."""
    crop = wishes.get("crop")
    share = 1.0 if crop is None else Box(*crop).share
    image = service.decode(photo, share) if photo else None
    return service.shop.outfits(image=image, **wishes).to_json(public_product)


def _judged(service: Service, asked: dict[str, Any]) -> Json:
    """Runs on a thread of the searches' lane."""
    return service.shop.judge_outfit(**asked).to_json(public_product)
