"""`/seen`: what a page's script saw a visitor look at, click and like."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from vitrine.events import Event, EventProduct
from vitrine.serve.access import ServiceHere
from vitrine.serve.searching import Body
from vitrine.serve.strict_json import parse_json
from vitrine.serve.web.guests import Guest, GuestHere, require_own_page
from vitrine.serve.web.noting import event_of, note, view_of
from vitrine.serve.web.visitors import visitor_of

router = APIRouter(dependencies=[Depends(visitor_of), Depends(require_own_page)])

_MOST_BYTES = 64 * 1024
"""Browsers send no larger beacon."""
_KEPT = 204


class SeenProduct(BaseModel):
    """One card."""

    model_config = ConfigDict(extra="forbid")

    product_id: Annotated[str, Field(min_length=1, max_length=512)]
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None


class Sighting(BaseModel):
    """One thing that happened to cards of one list."""

    model_config = ConfigDict(extra="forbid")

    sighting_id: Annotated[str, Field(pattern=r"^[\w-]{8,64}$")]
    kind: Literal["impression", "detail-page-view", "like", "dislike"]
    shelf: Annotated[str, Field(max_length=100)] = ""
    products: Annotated[list[SeenProduct], Field(min_length=1, max_length=100)]


class Sightings(BaseModel):
    """A batch of them."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[str, Field(max_length=200)] = ""
    seen: Annotated[list[Sighting], Field(min_length=1, max_length=50)]


@router.post("/seen")
async def seen(request: Request, service: ServiceHere, guest: GuestHere, body: Body) -> Response:
    """Keep a batch; one that is sent again is kept once.

    JSON alone is read: a page of another site cannot send that without asking first.
    """
    sightings = parse_json(await body.read_json(_MOST_BYTES), Sightings)
    if guest.noted:
        await note(
            service,
            [event for each in sightings.seen for event in _events(guest, each, sightings.page)],
        )
    return Response(status_code=_KEPT)


def _events(guest: Guest, seen: Sighting, page: str) -> list[Event]:
    products = [EventProduct(each.product_id, position=each.position) for each in seen.products]
    said = {"list": seen.shelf, "page": page}
    if seen.kind == "detail-page-view":
        return [view_of(guest, product, said) for product in products]
    event = event_of(guest, seen.kind, products, attributes=said)
    return [replace(event, event_id=f"{guest.visitor_id}:{seen.sighting_id}")]
