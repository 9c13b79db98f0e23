"""User events in the words of Google Retail, which are also those of our own API and exports.

https://cloud.google.com/retail/docs/reference/rest/v2/projects.locations.catalogs.userEvents
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from vitrine.events.checking import EventError
from vitrine.events.event import Event, EventProduct
from vitrine.events.reading import Fields, time_of, with_id
from vitrine.types import Json

_KEPT_APART = frozenset(
    ("pageViewId", "cartId", "attributionToken", "entity", "filter", "orderBy", "offset")
)
"""Fields without a place of their own: they become attributes."""

_KEPT_APART_LISTS = frozenset(("pageCategories", "experimentIds"))
_NOT_KEPT = frozenset(("userInfo", "uri", "referrerUri", "completionDetail", "panels"))
"""Who somebody is and where they came from is nobody's business here."""

_FIELDS = (
    frozenset(("eventType", "visitorId", "eventTime", "sessionId", "productDetails"))
    | {"searchQuery", "purchaseTransaction", "attributes"}
    | {"eventId", "value", "aspect", "currencyCode"}
    | _KEPT_APART
    | _KEPT_APART_LISTS
    | _NOT_KEPT
)
_PRODUCT_FIELDS = frozenset(("product", "quantity", "position", "id", "price"))
_PURCHASE_FIELDS = frozenset(("id", "revenue", "tax", "cost", "currencyCode"))


def read_google(data: object, now: float | None = None) -> Event:
    """Read one user event.

    Args:
        data: the object; `eventId` is the key by which it is known when it is sent again.
        now: when it happened if `eventTime` does not say; None insists on it.

    Raises:
        EventError: it is none, or says what nobody knows.
    """
    fields = Fields(data, _FIELDS)
    purchase = Fields(
        fields.mapping("purchaseTransaction"), _PURCHASE_FIELDS, "purchaseTransaction."
    )
    read = [
        _product(item, f"productDetails[{n}].")
        for n, item in enumerate(fields.list("productDetails"))
    ]
    currencies = [fields.text("currencyCode"), purchase.text("currencyCode")]
    event = Event(
        event_id=fields.text("eventId"),
        event_type=fields.text("eventType"),
        visitor_id=fields.text("visitorId"),
        at=time_of("eventTime", fields.raw("eventTime"), now),
        products=tuple(product for product, _ in read),
        session_id=fields.text("sessionId"),
        value=fields.number("value"),
        aspect=fields.text("aspect"),
        query=fields.text("searchQuery"),
        currency=next(filter(None, [*currencies, *(currency for _, currency in read)]), ""),
        attributes=_attributes(fields, purchase),
    )
    return with_id(event, timed=fields.says("eventTime"))


def to_google(event: Event) -> Json:
    """Write an event as `read_google` reads it; what it does not say is left out."""
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="microseconds")
    said: Json = {
        "eventId": event.event_id,
        "eventType": event.event_type,
        "visitorId": event.visitor_id,
        "eventTime": at.replace("+00:00", "Z"),
        "sessionId": event.session_id,
        "productDetails": [_product_to_json(product) for product in event.products],
        "value": event.value,
        "aspect": event.aspect,
        "searchQuery": event.query,
        "currencyCode": event.currency,
        "attributes": {name: {"text": [value]} for name, value in event.attributes.items()},
    }
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}


def _product(item: object, inside: str) -> tuple[EventProduct, str]:
    """One product, and the currency of its price."""
    fields = Fields(item, _PRODUCT_FIELDS, inside)
    product = fields.mapping("product")
    named = Fields(product, product, f"{inside}product.")
    price, currency = fields.number("price"), ""
    if "priceInfo" in product:
        prices = named.mapping("priceInfo")
        info = Fields(prices, prices, f"{inside}product.priceInfo.")
        price = info.number("price") if price is None else price
        currency = info.text("currencyCode")
    product_id = fields.text("id") or named.text("id") or named.text("name").split("/")[-1]
    quantity = fields.count("quantity")
    position = fields.count("position")
    return EventProduct(product_id, 1 if quantity is None else quantity, position, price), currency


def _product_to_json(product: EventProduct) -> Json:
    said: Json = {
        "product": {"id": product.product_id},
        "quantity": product.quantity,
        "position": product.position,
        "price": product.price,
    }
    return {name: value for name, value in said.items() if value is not None}


def _attributes(fields: Fields, purchase: Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in fields.names():
        if name in _KEPT_APART:
            found[name] = fields.text(name)
        elif name in _KEPT_APART_LISTS:
            found[name] = " | ".join(map(str, fields.list(name)))
    for name in purchase.names():
        if name != "currencyCode" and purchase.says(name):
            found[f"purchase.{name}"] = str(purchase.raw(name))
    for name, value in fields.mapping("attributes").items():
        found[name] = _attribute(name, value)
    return {name: value for name, value in found.items() if value}


def _attribute(name: str, value: object) -> str:
    """`{"text": ["a"]}`, `{"numbers": [1]}`, or plainly `"a"`."""
    if isinstance(value, dict):
        said = cast("dict[str, object]", value)
        value = said.get("text") or said.get("numbers") or []
    values = cast("list[object]", value if isinstance(value, list) else [value])
    if any(isinstance(each, dict | list) for each in values):
        raise EventError("value_invalid", f"attribute {name[:50]!r} is no text", "attributes")
    return " | ".join(map(str, values))
