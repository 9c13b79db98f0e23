"""`POST /v1/events`: what visitors did."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from vitrine.errors import DataError, EventsUnavailableError
from vitrine.serve.access import Caller, ServiceHere, caller_of
from vitrine.serve.describing import json_body
from vitrine.serve.event_questions import MOST_EVENTS, EventBatch, EventsAnswer
from vitrine.serve.problems import Problem
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_object
from vitrine.shop import Taken
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["events"])

_MOST_BYTES = 4 * 2**20
_EVENTS_A_TOKEN = 50
_LISTS = ("events", "userEvents")
_ALL, _SOME = 200, 207


@router.post(
    "/events",
    summary="Say what visitors did",
    responses={
        200: {"model": EventsAnswer, "description": "All of them are on disk."},
        207: {"model": EventsAnswer, "description": "Some are on disk, `failed` lists the rest."},
    },
    openapi_extra=json_body(
        EventBatch,
        {
            "a click and a purchase": {
                "events": [
                    {
                        "eventId": "5c3e1b7a",
                        "eventType": "detail-page-view",
                        "visitorId": "b1946ac92492d2347c6235b4d2611184",
                        "productDetails": [{"product": {"id": "D0040"}, "position": 3}],
                    },
                    {
                        "eventId": "order-1001",
                        "eventType": "purchase-complete",
                        "visitorId": "b1946ac92492d2347c6235b4d2611184",
                        "eventTime": "2026-02-28T15:04:05Z",
                        "productDetails": [
                            {"product": {"id": "D0040"}, "quantity": 1, "price": 49.9}
                        ],
                        "currencyCode": "EUR",
                    },
                ]
            }
        },
    ),
)
async def put_events(
    service: ServiceHere, caller: Annotated[Caller, Depends(caller_of)], body: Body
) -> JSONResponse:
    """Keep one event, or up to 1,000 as `{"events": [...]}`; a search key may do this.

    Names are those of Google Retail or of Algolia Insights. An event that was sent before (by
    `eventId`) counts as known, so a batch that got no answer can be sent again. The answer comes
    when the events are on disk.
    """
    items = _items(parse_object(await body.read_json(_MOST_BYTES)))
    _charge(service, caller, len(items))
    try:
        taken = await service.ingest.keep(items)
    except EventsUnavailableError:
        raise
    except DataError as error:
        raise Problem("shop_frozen", "nothing can be written where this shop is") from error
    return _answer(taken, len(items))


def _items(said: Json) -> list[object]:
    """The events of a body: its list, or itself."""
    name = next((name for name in _LISTS if name in said), None)
    if name is None:
        return [said]
    items: object = said[name]
    if len(said) > 1 or not isinstance(items, list) or not items:
        raise Problem("invalid", f"{name} is a list of events, and nothing stands beside it")
    listed = cast("list[object]", items)
    if len(listed) > MOST_EVENTS:
        raise Problem("invalid", f"{len(listed):,} events; send {MOST_EVENTS:,} at most at once")
    return listed


def _charge(service: Service, caller: Caller, n_events: int) -> None:
    """Count a large batch of a search key as several requests: pages are open to everyone.

    Raises:
        Problem: `rate_limited`.
    """
    n_more = math.ceil(n_events / _EVENTS_A_TOKEN) - 1
    if caller.kind == "admin" or not n_more:
        return
    if wait_s := service.rates.take((caller.key_id, caller.address), n_more):
        raise Problem(
            "rate_limited",
            f"too many events from this search key and address; go on in {wait_s} s, "
            "or send them with an admin key",
            headers={"Retry-After": str(wait_s)},
        )


def _answer(taken: Taken, n_events: int) -> JSONResponse:
    failed = [asdict(refused) for refused in taken.failed]
    if len(failed) == n_events:
        first = taken.failed[0]
        raise Problem("events_invalid", f"event 0: {first.detail}", more={"failed": failed})
    said = {"accepted": taken.accepted, "known": taken.known, "failed": failed}
    return JSONResponse(said, status_code=_SOME if failed else _ALL)
