"""Events as the tables of `event_tables` hold them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, case, func, select

from vitrine.events import Event, EventProduct
from vitrine.store.event_protocol import EventRows
from vitrine.store.event_tables import event_products, events
from vitrine.store.records import to_json

_PLAIN = ("event_id", "event_type", "visitor_id", "at", "session_id", "value", "aspect")
_WORDS = ("query", "currency")
_KINDS = (np.float64, np.int64, np.int64, np.int64, np.float32, np.int64)


def event_values(event: Event, number: int) -> dict[str, Any]:
    """Column -> value of the events table."""
    return {
        "number": number,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "visitor_id": event.visitor_id,
        "at": event.at,
        "session_id": event.session_id,
        "value": event.value,
        "aspect": event.aspect,
        "query": event.query,
        "currency": event.currency,
        "attributes": to_json(dict(event.attributes)) if event.attributes else "{}",
    }


def product_values(event: Event, number: int) -> list[dict[str, Any]]:
    """Column -> value of the products of one event."""
    return [
        {
            "number": number,
            "place": place,
            "product_id": product.product_id,
            "quantity": product.quantity,
            "position": product.position,
            "price": product.price,
        }
        for place, product in enumerate(event.products)
    ]


def events_from(found: Sequence[Row[Any]], named: Sequence[Row[Any]]) -> list[tuple[int, Event]]:
    """Build events from rows of both tables; those of the products in order of their place."""
    products: defaultdict[int, list[EventProduct]] = defaultdict(list)
    for row in named:
        products[row.number].append(
            EventProduct(row.product_id, row.quantity, row.position, row.price)
        )
    return [
        (
            row.number,
            Event(
                **{name: getattr(row, name) for name in (*_PLAIN, *_WORDS)},
                products=tuple(products[row.number]),
                attributes=json.loads(row.attributes),
            ),
        )
        for row in found
    ]


def rows_query(since: int, last: int) -> Select[Any, Any, Any, Any, Any, Any]:
    """The columns of `EventRows`, for events after `since` up to `last`."""
    event, named = events.c, event_products.c
    return (
        select(
            event.at,
            event.event_type,
            event.visitor_id,
            named.product_id,
            case((event.event_type == "rate", event.value), else_=named.quantity),
            func.coalesce(named.position, -1),
        )
        .join(event_products, named.number == event.number)
        .where(event.number > since, event.number <= last)
        .order_by(event.number, named.place)
    )


def rows_from(parts: Iterable[Sequence[Sequence[Any]]], last: int) -> EventRows:
    """Turn rows of `rows_query` into columns, a part at a time."""
    types, visitors, products = _Names(), _Names(), _Names()
    read: list[tuple[NDArray[Any], ...]] = [tuple(np.empty(0, kind) for kind in _KINDS)]
    for part in parts:
        at, type_, visitor, product, value, position = zip(*part, strict=True)
        read.append(
            (
                np.array(at, dtype=np.float64),
                types.places(type_),
                visitors.places(visitor),
                products.places(product),
                np.array(value, dtype=np.float32),
                np.array(position, dtype=np.int64),
            )
        )
    at, type_, visitor, product, value, position = map(np.concatenate, zip(*read, strict=True))
    return EventRows(
        last=last,
        at=at,
        types=type_,
        visitors=visitor,
        products=product,
        values=value,
        positions=position,
        type_names=types.names,
        visitor_ids=visitors.names,
        product_ids=products.names,
    )


class _Names:
    """Gives every name a place, in the order in which they come."""

    def __init__(self) -> None:
        self._place_of: dict[str, int] = {}

    def places(self, names: Sequence[str]) -> NDArray[np.int64]:
        place_of = self._place_of
        return np.array([place_of.setdefault(n, len(place_of)) for n in names], dtype=np.int64)

    @property
    def names(self) -> list[str]:
        return list(self._place_of)
