"""`/desk/visitors`: what visitors do, in figures, and what they look at more and more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import prices, product_address, title_of
from vitrine.serve.web.desk.overview import Bar
from vitrine.serve.web.desk.photos import desk_picture
from vitrine.serve.web.desk.visits import PLACE, DeskRoute, VisitHere, show
from vitrine.serve.web.rendering import language_of
from vitrine.serve.web.wording import Language
from vitrine.store import EventCounts
from vitrine.types import Hit, Json

router = APIRouter(route_class=DeskRoute)

_N_RISING = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A product that visitors turn to."""

    product_id: str
    title: str
    address: str
    photo: str
    price: str


@router.get(f"{PLACE}/visitors")
async def audience(request: Request, service: ServiceHere, visit: VisitHere) -> Response:
    """Show how much visitors do, of what kind, and what gains them."""
    counts, rising = await service.searches.run(partial(_look, service))
    language = language_of(request)
    return show(
        request,
        visit,
        "desk_visitors.html.jinja",
        here="visitors",
        counts=counts,
        n_events=sum(counts.types.values()),
        first_at=_moment(counts.first_at),
        last_at=_moment(counts.last_at),
        bars=_bars(counts, language),
        rising=[_piece(hit.product, language) for hit in rising],
    )


def _look(service: Service) -> tuple[EventCounts, Sequence[Hit]]:
    counts = service.shop.events.counts()
    if not counts.types:
        return counts, ()
    return counts, service.shop.recommend(kind="trending", k=_N_RISING, explore=False).hits


def _bars(counts: EventCounts, language: Language) -> list[Bar]:
    """One for each kind of event, as a share of the most frequent."""
    most = max(counts.types.values(), default=1)
    ordered = sorted(counts.types.items(), key=lambda item: (-item[1], item[0]))
    return [Bar(kind, language.say(f"data.kind.{kind}"), n, 100 * n / most) for kind, n in ordered]


def _piece(product: Json, language: Language) -> Piece:
    product_id = str(product["product_id"])
    return Piece(
        product_id,
        title_of(product),
        product_address(product_id),
        desk_picture(product_id) if product.get("photos") else "",
        prices(product, language)[0],
    )


def _moment(at: float | None) -> str:
    """ISO 8601, UTC; empty where there is none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes")
