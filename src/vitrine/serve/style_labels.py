"""`/v1/styles/labels`: what to label next, what people said, and what it tells of the others."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.errors import NotFoundError, UsageError
from vitrine.serve.access import ServiceHere, admin_of, caller_of
from vitrine.serve.describing import json_body
from vitrine.serve.problems import Problem
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.serve.style_questions import MOST_AT_ONCE, LabelsQuestion
from vitrine.serve.styles import told
from vitrine.types import Json

router = APIRouter(prefix="/v1/styles/labels", tags=["styles"], dependencies=[Depends(caller_of)])

_MOST_BYTES = 256 * 1024

_Share = Annotated[float, Field(ge=0, le=1)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProposedLabelOut(_Closed):
    """A word that a product may be called."""

    label: str
    probability: _Share


class AskedOut(_Closed):
    """A product that is worth a label."""

    product_id: str
    reason: Literal["middle", "border", "unlike", "chance"]
    style_id: str
    beside: str = Field(description="The style that comes next.")
    proposed: list[ProposedLabelOut] = Field(description="At most 3, the likeliest first.")


class WordOut(_Closed):
    """A word that people gave."""

    label: str
    given: int


class CurvePointOut(_Closed):
    """What the first labels get right."""

    n_labels: int
    right: _Share
    low: _Share = Field(description="Of the 95 % interval, with `high`.")
    high: _Share
    commonest: _Share = Field(description="If everything had the commonest label.")
    brought: float | None = Field(description="Share gained per label since the point before.")


class LabelsAnswer(_Closed):
    """How far labels have come, and what to label next."""

    labels: int
    products: int = Field(description="With a photo.")
    skipped: int
    unsure: int = Field(description="Products of which no word has half of the probability.")
    checked: int = Field(description="Labels of products drawn by chance, which judge the curve.")
    words: list[WordOut] = Field(description="The commonest first.")
    curve: list[CurvePointOut] = Field(description="Empty until 4 products were checked.")
    queue: list[AskedOut]


class ProductLabelOut(_Closed):
    """What a product is called."""

    product_id: str
    label: str = Field(description="The likeliest word; empty before the first label.")
    probability: _Share
    given: bool = Field(description="Whether a person said so.")
    unsure: bool


class ProductLabelsAnswer(_Closed):
    """What products are called, as they were asked for."""

    products: list[ProductLabelOut]


_Limit = Annotated[int, Query(ge=1, le=MOST_AT_ONCE, description="Products in `queue`.")]


@router.get("", summary="Labels and what to label", responses={200: {"model": LabelsAnswer}})
async def labels(service: ServiceHere, limit: _Limit = 12) -> JSONResponse:
    """Tell what labels get right, and which products are worth one most."""
    return JSONResponse(await service.searches.run(partial(_labels, service, limit)))


@router.post(
    "",
    summary="Give labels",
    responses={200: {"model": LabelsAnswer}},
    dependencies=[Depends(admin_of)],
    openapi_extra=json_body(
        LabelsQuestion,
        {
            "two words": {
                "labels": [
                    {"product_id": "D0040", "label": "boho"},
                    {"product_id": "D0084", "label": "smart"},
                ]
            },
            "no answer": {"skip": ["1165"]},
        },
    ),
)
async def give(service: ServiceHere, body: Body, limit: _Limit = 12) -> JSONResponse:
    """Say what products are called, skip some, or take labels back; needs an admin key."""
    asked = parse_json(await body.read_json(_MOST_BYTES), LabelsQuestion)
    await service.writes.run(partial(_give, service, asked))
    return JSONResponse(await service.searches.run(partial(_labels, service, limit)))


@router.get(
    "/products",
    summary="What products are called",
    responses={200: {"model": ProductLabelsAnswer}},
)
async def product_labels(
    service: ServiceHere,
    product_id: Annotated[
        list[str], Query(min_length=1, max_length=MOST_AT_ONCE, description="Repeated.")
    ],
) -> JSONResponse:
    """Give the likeliest label of products, with its probability."""
    return JSONResponse(await service.searches.run(partial(_products, service, product_id)))


def _labels(service: Service, limit: int) -> Json:
    with told():
        known = service.shop.style_labels
        queue = [each.to_json() for each in known.queue(limit)]
        return known.progress().to_json() | {"queue": queue}


def _give(service: Service, asked: LabelsQuestion) -> None:
    known = service.shop.style_labels
    with told():
        known.progress()
    with _refused():
        if asked.labels:
            known.give((each.product_id, each.label) for each in asked.labels)
        if asked.skip:
            known.skip(asked.skip)
        if asked.forget:
            known.forget(asked.forget)


def _products(service: Service, product_ids: list[str]) -> Json:
    with told():
        service.shop.style_labels.progress()
    with _refused():
        found = service.shop.style_labels.of(product_ids)
    return {"products": [each.to_json() for each in found]}


@contextmanager
def _refused() -> Generator[None]:
    """Name what was not found: a product, not a style."""
    try:
        yield
    except NotFoundError as error:
        raise Problem("product_not_found", str(error)) from error
    except UsageError as error:
        raise Problem("invalid", str(error)) from error
