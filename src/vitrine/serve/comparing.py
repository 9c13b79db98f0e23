"""`/v1/compare` and `/v1/price-drops`: one product at several sellers, and prices that fell."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.answers import PriceOut
from vitrine.serve.products import public_link
from vitrine.serve.questions import ProductId
from vitrine.serve.service import Service
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["compare"], dependencies=[Depends(caller_of)])

_MOST = 100
_MOST_RATES = 20


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CompareQuestion(_Closed):
    """Which product, and how its offers are given."""

    product_id: ProductId = Field(description="A listing of the shop.")
    rate: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list,
        max_length=_MOST_RATES,
        description="`EUR=90 INR`: what one currency is worth in another; repeatable.",
    )
    sort: Literal["probability", "price"] = Field("probability", description="Order of offers.")
    min_probability: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="That two listings are the same product, or design."
    )
    k: Annotated[int, Field(ge=1, le=_MOST)] = Field(20, description="Most offers, most variants.")


class DropsQuestion(_Closed):
    """Which prices are compared."""

    since: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="A date (`2026-11-01`) or a moment; default 30 days ago."
    )
    k: Annotated[int, Field(ge=1, le=_MOST)] = Field(20, description="Most products.")


class OfferOut(_Closed):
    """A listing; what it does not say is left out."""

    product_id: str
    probability: Annotated[float, Field(ge=0, le=1)] = Field(
        description="That it is the same product, or (of a variant) the same design."
    )
    seller: str | None = None
    title: str | None = None
    brand: str | None = None
    colour: str | None = None
    price: PriceOut | None = None
    sale_price: PriceOut | None = None
    costs: PriceOut | None = Field(None, description="What is to be paid now.")
    converted: PriceOut | None = Field(
        None, description="That, in the asked product's currency; left out where no rate leads."
    )
    price_since: str | None = Field(None, description="When the shop first had this price.")
    sizes: list[str] = Field(default_factory=list)
    availability: str | None = None
    link: str | None = None
    why: dict[str, Any] | None = Field(None, description="What is the same, and what differs.")


class CompareAnswer(_Closed):
    """One product elsewhere."""

    product: OfferOut
    offers: list[OfferOut]
    variants: list[OfferOut] = Field(description="The same design in other colours.")
    cheapest: str | None = Field(description="Null where prices cannot be compared.")
    notes: list[str] | None = None


class DropOut(_Closed):
    """A product that costs less than it did."""

    product_id: str
    title: str
    seller: str | None = None
    before: PriceOut
    now: PriceOut
    share: Annotated[float, Field(ge=0, le=1, description="Of the earlier price.")]
    since: str
    link: str | None = None


class DropsAnswer(_Closed):
    """The largest drops first."""

    since: str
    total: int
    drops: list[DropOut]


@router.get(
    "/compare",
    summary="The same product at other sellers",
    responses={200: {"model": CompareAnswer}},
)
async def compare(service: ServiceHere, asked: Annotated[CompareQuestion, Query()]) -> JSONResponse:
    """Find a product's offers at other sellers, and its design in other colours.

    Prices keep their currency; to sort by price across currencies, give rates.
    """
    return JSONResponse(await service.searches.run(partial(_compared, service, asked)))


@router.get("/price-drops", summary="Prices that fell", responses={200: {"model": DropsAnswer}})
async def price_drops(
    service: ServiceHere, asked: Annotated[DropsQuestion, Query()]
) -> JSONResponse:
    """List products that cost less than they did at a moment, the largest share first."""
    return JSONResponse(await service.searches.run(partial(_dropped, service, asked)))


def _compared(service: Service, asked: CompareQuestion) -> Json:
    found = service.shop.compare(
        asked.product_id,
        rates=asked.rate,
        sort=asked.sort,
        min_probability=asked.min_probability,
        k=asked.k,
    ).to_json()
    return {
        **found,
        "product": public_link(found["product"]),
        "offers": [public_link(offer) for offer in found["offers"]],
        "variants": [public_link(offer) for offer in found["variants"]],
    }


def _dropped(service: Service, asked: DropsQuestion) -> Json:
    found = service.shop.price_drops(asked.since, asked.k).to_json()
    return {**found, "drops": [public_link(drop) for drop in found["drops"]]}
