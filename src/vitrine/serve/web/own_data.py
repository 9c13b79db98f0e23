"""`/your-data`: what the shop has noted of a visitor; to be seen, taken along and deleted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from vitrine.events import Event, to_google
from vitrine.serve.access import ServiceHere
from vitrine.serve.service import Service
from vitrine.serve.web.cards import product_address, title_of
from vitrine.serve.web.guests import (
    COOKIE,
    NO,
    Guest,
    GuestHere,
    GuestRoute,
    give_cookie,
    require_own_page,
)
from vitrine.serve.web.rendering import PAGE_HEADERS, render
from vitrine.serve.web.visitors import visitor_of
from vitrine.shop import product_to_json
from vitrine.types import Product

PLACE = "/your-data"
router = APIRouter(prefix=PLACE, dependencies=[Depends(visitor_of)], route_class=GuestRoute)

_N_SHOWN = 60
_MOST_COUNTED = 5000
_SEE_OTHER = 303
_DONE = ("deleted", "stopped")


@dataclass(frozen=True, slots=True)
class Line:
    """One event, as a page tells it."""

    when: str
    """ISO 8601, UTC, to the minute."""
    event_type: str
    about: str
    """Words that were searched, or the first product."""
    address: str
    """Of that product's page; empty where it is about none."""
    more: int
    """Further products."""


@router.get("")
async def own_data(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Show what is noted, newest first."""
    done = request.query_params.get("done", "")
    events = await service.reads.run(lambda: _newest(service, guest))
    lines = await service.reads.run(lambda: _lines(service, events[:_N_SHOWN]))
    counts = Counter(each.event_type for each in events)
    return render(
        request,
        "your_data.html.jinja",
        done=done if done in _DONE else "",
        counts=counts.most_common(),
        lines=lines,
        n_events=len(events),
        is_all=len(events) < _MOST_COUNTED,
    )


@router.get("/export")
async def export(service: ServiceHere, guest: GuestHere) -> Response:
    """Give every event as a line of JSON, in the words of the API."""
    headers = PAGE_HEADERS | {"Content-Disposition": 'attachment; filename="your-data.jsonl"'}
    kept = service.shop.events.iterate(guest.visitor_id) if guest.noted else iter(())
    return StreamingResponse(_json_lines(kept), media_type="application/jsonl", headers=headers)


@router.post("/delete", dependencies=[Depends(require_own_page)])
async def delete(service: ServiceHere, guest: GuestHere) -> Response:
    """Delete every event; the browser is a new one from then on."""
    await _purge(service, guest)
    answer = _back("deleted")
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.post("/stop", dependencies=[Depends(require_own_page)])
async def stop(request: Request, service: ServiceHere, guest: GuestHere) -> Response:
    """Delete every event, and note nothing from then on."""
    await _purge(service, guest)
    request.state.guest_token = ""
    answer = _back("stopped")
    give_cookie(request, answer, NO)
    return answer


@router.post("/start", dependencies=[Depends(require_own_page)])
async def start() -> Response:
    """Know the browser again from the next page on."""
    answer = _back("")
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _newest(service: Service, guest: Guest) -> list[Event]:
    if not guest.noted:
        return []
    return list(service.shop.events.of_visitor(guest.visitor_id, _MOST_COUNTED))


def _lines(service: Service, events: Sequence[Event]) -> list[Line]:
    first = [product.product_id for event in events for product in event.products[:1]]
    known = service.shop.get_all(first)
    return [_line(event, known) for event in events]


def _line(event: Event, known: Mapping[str, Product]) -> Line:
    products = event.products
    first = products[0].product_id if products else ""
    product = known.get(first)
    return Line(
        when=f"{datetime.fromtimestamp(event.at, UTC):%Y-%m-%dT%H:%MZ}",
        event_type=event.event_type,
        about=event.query or (title_of(product_to_json(product)) if product else first),
        address=product_address(first) if product else "",
        more=max(0, len(products) - 1),
    )


def _json_lines(events: Iterator[Event]) -> Iterator[str]:
    for event in events:
        yield json.dumps(to_google(event), ensure_ascii=False) + "\n"


async def _purge(service: Service, guest: Guest) -> None:
    if guest.noted:
        await service.writes.run(lambda: service.shop.events.purge_visitor(guest.visitor_id))


def _back(done: str) -> RedirectResponse:
    place = f"{PLACE}?done={done}" if done else PLACE
    return RedirectResponse(place, _SEE_OTHER, PAGE_HEADERS)
