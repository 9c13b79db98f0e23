"""Events in our own words: one product to a row, as tables and short Python dicts have them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from vitrine.events.checking import EventError
from vitrine.events.event import Event, EventProduct
from vitrine.events.reading import Fields, time_of, with_id
from vitrine.types import Json

FIELDS = (
    *("event_id", "event_type", "visitor_id", "at", "product_id", "quantity", "position", "price"),
    *("session_id", "value", "aspect", "query", "currency", "attributes"),
)


def read_flat(data: object, now: float | None = None, *, occurrence: int = 0) -> Event:
    """Read an event of at most one product.

    Args:
        data: texts or values by the names of `FIELDS`; `attributes` an object, or JSON of one.
        now: when it happened if `at` does not say; None insists on it.
        occurrence: how many equal rows came before it in the same file.

    Raises:
        EventError: it is none, or says what nobody knows.

    Example:
        >>> event = read_flat({"event_type": "like", "visitor_id": "v", "product_id": "1"}, 5.0)
        >>> event.products, event.at
        ((EventProduct(product_id='1', quantity=1, position=None, price=None),), 5.0)
    """
    fields = Fields(data, FIELDS)
    event = Event(
        event_id=fields.text("event_id"),
        event_type=fields.text("event_type"),
        visitor_id=fields.text("visitor_id"),
        at=time_of("at", fields.raw("at"), now),
        products=_products(fields),
        session_id=fields.text("session_id"),
        value=fields.number("value"),
        aspect=fields.text("aspect"),
        query=fields.text("query"),
        currency=fields.text("currency"),
        attributes=_attributes(fields.raw("attributes")),
    )
    return with_id(event, timed=fields.says("at"), occurrence=occurrence)


def joined(events: Sequence[Event]) -> Event:
    """One event of rows that have the same `event_id`; all but the products is the first's."""
    products = tuple(product for event in events for product in event.products)
    return replace(events[0], products=products)


def to_flat(event: Event) -> list[Json]:
    """Rows of an event, by the names of `FIELDS`: one for each product, at least one."""
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="microseconds")
    shared: Json = {
        "event_id": event.event_id,
        "event_type": event.event_type,
        "visitor_id": event.visitor_id,
        "at": at.replace("+00:00", "Z"),
        "session_id": event.session_id,
        "value": event.value,
        "aspect": event.aspect,
        "query": event.query,
        "currency": event.currency,
        "attributes": json.dumps(dict(event.attributes), ensure_ascii=False, sort_keys=True)
        if event.attributes
        else "",
    }
    return [
        shared
        | {
            "product_id": product.product_id,
            "quantity": product.quantity,
            "position": product.position,
            "price": product.price,
        }
        for product in event.products
    ] or [shared]


def _products(fields: Fields) -> tuple[EventProduct, ...]:
    product_id, quantity = fields.text("product_id"), fields.count("quantity")
    if not product_id:
        return ()
    return (
        EventProduct(
            product_id=product_id,
            quantity=1 if quantity is None else quantity,
            position=fields.count("position"),
            price=fields.number("price"),
        ),
    )


def _attributes(said: object) -> dict[str, str]:
    if isinstance(said, str):
        try:
            said = json.loads(said) if said else {}
        except (ValueError, RecursionError):
            raise EventError("value_invalid", "attributes is no JSON", "attributes") from None
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise EventError("value_invalid", "attributes must be an object", "attributes")
    return {str(name): str(value) for name, value in cast("Mapping[str, object]", said).items()}
