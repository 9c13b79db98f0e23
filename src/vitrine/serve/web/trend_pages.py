"""`/styles/trends`: what is rising and what is fading, as charts and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isnan
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from vitrine.errors import DataError, EventsUnavailableError, NotFoundError
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import value_label
from vitrine.serve.web.guests import GuestHere, GuestRoute
from vitrine.serve.web.noting import noted_page
from vitrine.serve.web.rendering import language_of, render
from vitrine.serve.web.trend_charts import HEIGHT, WIDTH, Chart, chart_of
from vitrine.serve.web.visitors import visitor_of
from vitrine.serve.web.wishes import Wish
from vitrine.serve.web.wording import Language
from vitrine.shop.trending import BY, SOURCES

if TYPE_CHECKING:
    from vitrine.shop.trending import ShopTrends, ValueTrend

PLACE = "/styles/trends"
router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_MOST_CHARTS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One value as a visitor reads it."""

    name: str
    address: str
    """Of what is of it."""
    verdict: str
    early: str
    late: str
    odds: str
    """A factor with its interval; empty where nothing can be said."""
    chart: Chart
    numbers: tuple[tuple[str, str, str], ...]
    """Of each period: its name, the share, and its interval."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What the page shows."""

    rising: tuple[Line, ...]
    fading: tuple[Line, ...]
    all: tuple[Line, ...]
    first: str
    last: str
    unit: str
    seasonal: bool
    """Whether only periods of a like season are compared."""


@router.get("")
async def trends(
    request: Request,
    service: ServiceHere,
    guest: GuestHere,
    by: Literal["style", "colour", "pattern", "article_type"] = "style",
    source: Annotated[Literal["products", "arrivals", "events"], Query(alias="from")] = "products",
) -> Response:
    """Show what rises and fades."""
    language = language_of(request)

    def look() -> Lines | None:
        found = known_trends(service, by, source)
        return None if found is None else _lines(found, language)

    page = render(
        request,
        "trends.html.jinja",
        lines=await service.searches.run(look),
        by=by,
        source=source,
        fields=[(each, _address(each, source)) for each in BY],
        sources=[(each, _address(by, each)) for each in SOURCES],
        width=WIDTH,
        height=HEIGHT,
    )
    said = {"by": "trends", "of": by, "from": source}
    return noted_page(request, page, guest, "category-page-view", attributes=said)


def known_trends(service: Service, by: str, source: str) -> ShopTrends | None:
    """The shop's trends; None where all that is known came, or was liked, at one time."""
    try:
        found = service.shop.style_trends(by, source=source)
    except EventsUnavailableError:
        raise
    except (NotFoundError, DataError):
        return None
    return found if len(found.periods.labels) > 1 else None


def _lines(found: ShopTrends, language: Language) -> Lines:
    lines = {each.value: _line(each, found, language) for each in found.values}
    labels = found.periods.labels
    return Lines(
        tuple(lines[each.value] for each in found.rising[:_MOST_CHARTS]),
        tuple(lines[each.value] for each in found.fading[:_MOST_CHARTS]),
        tuple(lines.values()),
        labels[0],
        labels[-1],
        language.say(f"trends.unit.{found.periods.unit}"),
        len(set(found.periods.seasons.tolist())) > 1,
    )


def _line(value: ValueTrend, found: ShopTrends, language: Language) -> Line:
    is_style = found.by == "style"
    name = value.name[:1].upper() + value.name[1:]
    wish = Wish(filters={found.by: (value.value,)})
    grows = value.trend
    odds = (
        ""
        if isnan(grows.slope)
        else language.say(
            "trends.odds",
            factor=_factor(grows.slope, language),
            low=_factor(grows.low, language),
            high=_factor(grows.high, language),
        )
    )
    return Line(
        name if is_style else value_label(found.by, value.value, language),
        f"/styles/{value.value}" if is_style else wish.address(),
        grows.verdict,
        _percent(value.early, language),
        _percent(value.late, language),
        odds,
        chart_of(value),
        tuple(
            (
                label,
                _percent(share, language),
                language.say(
                    "trends.between", low=_percent(low, language), high=_percent(high, language)
                ),
            )
            for label, share, low, high in zip(
                found.periods.labels, value.shares, value.low, value.high, strict=True
            )
        ),
    )


def _address(by: str, source: str) -> str:
    return f"{PLACE}?{urlencode({'by': by, 'from': source})}"


def _percent(share: float, language: Language) -> str:
    return f"{language.number(100 * share, 1)} %"


def _factor(slope: float, language: Language) -> str:
    return language.number(exp(min(slope, 9.0)), 2)
