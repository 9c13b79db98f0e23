"""`/v1/styles/map` and `/v1/styles/trends`: where products lie, and what rises and fades."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.errors import DataError, EventsUnavailableError
from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.styles import told
from vitrine.types import Json

router = APIRouter(prefix="/v1/styles", tags=["styles"], dependencies=[Depends(caller_of)])

By = Literal["style", "colour", "pattern", "article_type"]
Source = Literal["products", "arrivals", "events"]
MOST_POINTS = 20_000


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlacedStyleOut(_Closed):
    """A style on the map."""

    style_id: str
    name: str
    size: int
    x: int = Field(description="Where most of its products are; so is `y`.")
    y: int


class MapAnswer(_Closed):
    """The map as columns, one row for each product."""

    products: int = Field(description="On the map; at most `limit` of them follow.")
    drawn_at: str = Field(description="ISO 8601, UTC.")
    scale: int = Field(description="Positions are whole numbers; divided by this, about -1 to 1.")
    styles: list[PlacedStyleOut] = Field(description="The largest first.")
    product_ids: list[str]
    x: list[int]
    y: list[int]
    style: list[int] = Field(description="Positions in `styles`.")


class PeriodOut(_Closed):
    """A period that holds enough."""

    period: str
    n: float = Field(description="Independent products or visitors.")


class ValueTrendOut(_Closed):
    """One style or word over time."""

    value: str = Field(description="A style's id, or the word itself.")
    name: str
    verdict: Literal["rising", "fading", "unclear"]
    score: float = Field(description="The slope, drawn towards 0 by how unsure it is.")
    slope: float | None = Field(description="Log-odds a `unit`; null where nothing can be said.")
    low: float | None = Field(description="Its 95 % interval, with `high`.")
    high: float | None
    false_share: Annotated[float, Field(ge=0, le=1, description="Of what is called so surely.")]
    early: float = Field(description="Its share of the first half of the periods.")
    late: float = Field(description="Its share of the last half.")
    shares: list[float] = Field(description="One a period.")
    share_low: list[float] = Field(description="Their 95 % intervals, with `share_high`.")
    share_high: list[float]


class TrendsAnswer(_Closed):
    """How shares move."""

    by: By
    from_: Source = Field(
        alias="from", description="`arrivals` where products say neither years nor dates."
    )
    per: Literal["season", "year", "month", "week", "day"]
    unit: Literal["year", "month", "week", "day"] = Field(description="Of slopes.")
    periods: list[PeriodOut]
    left_out: int = Field(description="Periods with fewer than 20.")
    rising: list[str] = Field(description="Values, the strongest first.")
    fading: list[str]
    unclear: int = Field(description="Values of which not enough is known.")
    values: list[ValueTrendOut]
    notes: list[str] | None = Field(None, description="Why there is not more to say.")


@router.get("/map", summary="The map of styles", responses={200: {"model": MapAnswer}})
async def style_map(
    service: ServiceHere,
    limit: Annotated[int, Query(ge=1, le=MOST_POINTS, description="Products.")] = MOST_POINTS,
) -> JSONResponse:
    """Give where products lie; `vitrine styles map` draws it."""
    return JSONResponse(await service.searches.run(partial(_map, service, limit)))


@router.get("/trends", summary="What rises and fades", responses={200: {"model": TrendsAnswer}})
async def style_trends(
    service: ServiceHere,
    by: Annotated[By, Query(description="What is followed.")] = "style",
    source: Annotated[
        Source,
        Query(
            alias="from",
            description="Products by year or date, when they came into the shop, or what visitors "
            "did.",
        ),
    ] = "products",
    dates: Annotated[
        str | None, Query(max_length=200, description="The shop's own column with dates.")
    ] = None,
) -> JSONResponse:
    """Tell which styles or words become more frequent, and of which not enough is known."""
    return JSONResponse(await service.searches.run(partial(_trends, service, by, source, dates)))


def _map(service: Service, limit: int) -> Json:
    with told():
        return service.shop.style_maps.show().to_json(limit)


def _trends(service: Service, by: str, source: str, dates: str | None) -> Json:
    try:
        with told():
            return service.shop.style_trends(by, source=source, dates=dates).to_json()
    except EventsUnavailableError:
        raise
    except DataError as error:
        raise Problem("query_invalid", str(error)) from error
