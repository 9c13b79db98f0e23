"""Events in the words of Algolia Insights.

https://www.algolia.com/doc/rest-api/insights/
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vitrine.events.checking import EventError
from vitrine.events.event import Event, EventProduct
from vitrine.events.reading import Fields, time_of, with_id

_FIELDS = (
    *("eventType", "eventSubtype", "eventName", "index", "userToken", "authenticatedUserToken"),
    *("timestamp", "queryID", "objectIDs", "positions", "objectData", "filters"),
    *("value", "currency", "eventId"),
)
_OBJECT_FIELDS = ("price", "discount", "quantity", "queryID")
_KEPT_APART = ("eventName", "index", "queryID")

_SUBTYPES = {"addToCart": "add-to-cart", "purchase": "purchase-complete"}
_CONVERSIONS = (
    (re.compile(r"purchas|order|bought|checkout", re.IGNORECASE), "purchase-complete"),
    (re.compile(r"cart|basket|\bbag\b", re.IGNORECASE), "add-to-cart"),
    (re.compile(r"wish|favou?rit|\blik|love", re.IGNORECASE), "like"),
)
"""What the name of a conversion without a subtype means."""

_OWN_PAGE = re.compile(r"\bpdp\b|detail|product page", re.IGNORECASE)


def read_algolia(data: object, now: float | None = None) -> Event:
    """Read one event; a click or a view of a product's own page is a `detail-page-view`.

    Other views are impressions. A conversion says what it was by its subtype, else by its name.

    Args:
        data: the object.
        now: when it happened if `timestamp` does not say; None insists on it.

    Raises:
        EventError: it is none, or says what nobody knows.
    """
    fields = Fields(data, _FIELDS)
    said = {name: fields.text(name) for name in _KEPT_APART}
    said["filters"] = " | ".join(map(str, fields.list("filters")))
    worth = fields.number("value")
    said["value"] = "" if worth is None else f"{worth:g}"
    event = Event(
        event_id=fields.text("eventId"),
        event_type=_type_of(fields),
        visitor_id=fields.text("userToken") or fields.text("authenticatedUserToken"),
        at=time_of("timestamp", fields.raw("timestamp"), now),
        products=_products(fields),
        currency=fields.text("currency"),
        attributes={name: value for name, value in said.items() if value},
    )
    return with_id(event, timed=fields.says("timestamp"))


def _type_of(fields: Fields) -> str:
    kind, name = fields.text("eventType"), fields.text("eventName")
    if kind in ("view", "click") and not fields.list("objectIDs"):
        return "category-page-view"
    if kind == "click":
        return "detail-page-view"
    if kind == "view":
        return "detail-page-view" if _OWN_PAGE.search(name) else "impression"
    if kind != "conversion":
        known = "view, click, conversion"
        raise EventError(
            "type_unknown", f"eventType is {kind[:50]!r}; Algolia has {known}", "eventType"
        )
    if subtype := fields.text("eventSubtype"):
        if subtype not in _SUBTYPES:
            known = ", ".join(_SUBTYPES)
            said = f"eventSubtype is {subtype[:50]!r}; known: {known}"
            raise EventError("type_unknown", said, "eventSubtype")
        return _SUBTYPES[subtype]
    for pattern, event_type in _CONVERSIONS:
        if pattern.search(name):
            return event_type
    raise EventError(
        "type_unknown",
        f"nothing says what the conversion {name[:50]!r} was; "
        "add eventSubtype: addToCart or purchase",
        "eventSubtype",
    )


def _products(fields: Fields) -> tuple[EventProduct, ...]:
    ids = fields.list("objectIDs")
    positions = _beside("positions", fields.list("positions"), ids)
    details = _beside("objectData", fields.list("objectData"), ids)
    return tuple(
        _product(product_id, position, detail, n)
        for n, (product_id, position, detail) in enumerate(
            zip(ids, positions, details, strict=True)
        )
    )


def _product(product_id: object, position: object, detail: object, n: int) -> EventProduct:
    if not isinstance(product_id, str | int) or isinstance(product_id, bool):
        raise EventError("value_invalid", f"objectIDs[{n}] must be a text", "objectIDs")
    named = Fields({"position": position}, ("position",), f"positions[{n}].")
    first_is_1 = named.count("position")
    more = Fields({} if detail is None else detail, _OBJECT_FIELDS, f"objectData[{n}].")
    quantity = more.count("quantity")
    return EventProduct(
        product_id=str(product_id),
        quantity=1 if quantity is None else quantity,
        position=None if first_is_1 is None else first_is_1 - 1,
        price=more.number("price"),
    )


def _beside(name: str, values: Sequence[object], ids: Sequence[object]) -> Sequence[object]:
    """As many values as ids, or nothing for each."""
    if values and len(values) != len(ids):
        raise EventError(
            "value_invalid", f"{name} has {len(values)} entries for {len(ids)} objectIDs"
        )
    return values or [None] * len(ids)
