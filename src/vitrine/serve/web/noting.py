"""What visitors do on pages, written down in the shop."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from vitrine.errors import DataError, EventsUnavailableError
from vitrine.events import Event, EventProduct
from vitrine.serve.access import service_of
from vitrine.serve.problems import Problem
from vitrine.serve.service import Service
from vitrine.serve.web.guests import Guest

_log = logging.getLogger("vitrine.serve")

_SAME_VIEW_S = 60
_MOST_LAST = 400
OPINIONS = ("like", "dislike")
TAKEN_BACK = "unlike"
_LONGEST_ATTRIBUTE = 200


def event_of(
    guest: Guest,
    event_type: str,
    products: Sequence[EventProduct] = (),
    *,
    query: str = "",
    attributes: Mapping[str, str] | None = None,
) -> Event:
    """What a guest does now."""
    said = {name: value[:_LONGEST_ATTRIBUTE] for name, value in (attributes or {}).items() if value}
    return Event(
        event_id=secrets.token_hex(16),
        event_type=event_type,
        visitor_id=guest.visitor_id,
        at=time.time(),
        products=tuple(products),
        query=query,
        attributes={"channel": "web", **said},
    )


def view_of(guest: Guest, product: EventProduct, attributes: Mapping[str, str]) -> Event:
    """A look at a product's page.

    The card that was clicked and the page that was opened tell of the same look: within a minute
    they have one `event_id`, and the shop keeps the first.
    """
    event = event_of(guest, "detail-page-view", [product], attributes=attributes)
    minute = int(event.at // _SAME_VIEW_S)
    said = f"{guest.visitor_id}\0{product.product_id}\0{minute}"
    return replace(event, event_id=hashlib.sha256(said.encode()).hexdigest()[:32])


async def note(service: Service, events: Sequence[Event]) -> None:
    """Keep events; they are on disk when this returns.

    Raises:
        Problem: `busy`, `shop_frozen`, or `invalid`: a text in one of them cannot be kept.
        EventsUnavailableError: the database does not answer, or is full.
    """
    if not events:
        return
    try:
        taken = await service.ingest.keep(events)
    except EventsUnavailableError:
        raise
    except DataError as error:
        raise Problem("shop_frozen", "nothing can be written where this shop is") from error
    if taken.failed:
        raise Problem("invalid", taken.failed[0].detail)


def noted_page(
    request: Request,
    page: Response,
    guest: Guest,
    event_type: str,
    *,
    query: str = "",
    attributes: Mapping[str, str] | None = None,
) -> Response:
    """A page whose being looked at is noted, where it may be."""
    if not (guest.noted and looks(request)):
        return page
    event = event_of(guest, event_type, query=query, attributes=attributes)
    return note_later(page, service_of(request), event)


def note_later(response: Response, service: Service, event: Event) -> Response:
    """Keep an event once the page is on its way; should that fail, the log and the figures say."""
    response.background = BackgroundTask(_note_or_tell, service, event)
    return response


def looks(request: Request) -> bool:
    """Whether somebody looks at the page, and the browser does not only fetch it ahead."""
    ahead = request.headers.get("sec-purpose", "") or request.headers.get("purpose", "")
    return "prefetch" not in ahead


def came_from(request: Request) -> str:
    """Path of the page of ours that led here; empty where none did."""
    place = urlsplit(request.headers.get("referer", ""))
    return place.path if place.netloc == request.headers.get("host") else ""


def opinions_of(service: Service, guest: Guest) -> dict[str, str]:
    """What a guest thinks of products: id -> `like` or `dislike`, by the last word on each."""
    if not guest.noted:
        return {}
    found: dict[str, str] = {}
    for event in service.shop.events.of_visitor(guest.visitor_id, _MOST_LAST):
        if event.event_type in (*OPINIONS, TAKEN_BACK):
            for product in event.products:
                found.setdefault(product.product_id, event.event_type)
    return {product_id: said for product_id, said in found.items() if said != TAKEN_BACK}


async def _note_or_tell(service: Service, event: Event) -> None:
    try:
        await note(service, [event])
    except (Problem, EventsUnavailableError) as error:
        code = error.code if isinstance(error, Problem) else "events_unavailable"
        service.metrics.refused(code)
        level = logging.DEBUG if code == "shop_frozen" else logging.WARNING
        _log.log(level, "a %s event of a page was not kept: %s", event.event_type, error)
