"""What an event must be before it is kept, so that readers can trust it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from vitrine.currencies import CODES
from vitrine.errors import DataError, unknown
from vitrine.events.event import ASPECTS, EVENT_TYPES, Event, EventProduct

MOST_PRODUCTS = 500
MOST_ATTRIBUTES = 50
LONGEST_ID = 200
LONGEST_PRODUCT_ID = 512
LONGEST_TEXT = 2000
MOST_AHEAD_S = 3600.0
"""Clocks of phones go wrong; more than this is no clock but a mistake."""

_MOST_COUNTED = 1_000_000
_WITHOUT_PRODUCTS = frozenset(
    ("home-page-view", "category-page-view", "search", "rate", "shopping-cart-page-view")
)
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


class EventError(DataError):
    """An event that cannot be kept.

    Args:
        code: a stable short name.
        message: one line.
        field: what of the event is wrong; empty where it is no single field.
        product_id: of the event's first product, where a reader knows it.
    """

    def __init__(self, code: str, message: str, field: str = "", product_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.product_id = product_id


def check(event: Event, *, now: float, kept_s: float = 0.0) -> None:
    """Insist that an event can be kept.

    Args:
        event: as its sender means it.
        now: seconds since 1970.
        kept_s: how old events may be; 0 takes any age.

    Raises:
        EventError: with the code `type_unknown`, `field_missing`, `value_invalid`, `time_invalid`,
            `time_ahead` or `expired`.
    """
    if event.event_type not in EVENT_TYPES:
        said = unknown("event type", event.event_type[:50], EVENT_TYPES)
        raise EventError("type_unknown", said, "event_type")
    _check_ids(event)
    _check_time(event.at, now, kept_s)
    _check_products(event)
    _check_rating(event)
    _check_texts(event)


def _check_ids(event: Event) -> None:
    for name in ("event_id", "visitor_id"):
        if not getattr(event, name):
            raise EventError("field_missing", f"{name} is missing", name)
        _check_text(name, getattr(event, name), LONGEST_ID)
    _check_text("session_id", event.session_id, LONGEST_ID)


def _check_time(at: float, now: float, kept_s: float) -> None:
    if not (math.isfinite(at) and at >= 0):
        raise EventError("time_invalid", f"the time {at!r} is none since 1970", "at")
    if at > now + MOST_AHEAD_S:
        ahead_h = (at - now) / 3600
        raise EventError("time_ahead", f"the event is {ahead_h:,.0f} hours in the future", "at")
    if kept_s and at < now - kept_s:
        days = kept_s / 86_400
        said = f"the shop keeps events for {days:g} days; this one is older"
        raise EventError("expired", said, "at")


def _check_products(event: Event) -> None:
    if not event.products and event.event_type not in _WITHOUT_PRODUCTS:
        said = f"a {event.event_type} event names at least one product"
        raise EventError("field_missing", said, "product_id")
    if len(event.products) > MOST_PRODUCTS:
        raise EventError(
            "value_invalid",
            f"{len(event.products)} products; one event has {MOST_PRODUCTS} at most",
            "product_id",
        )
    for product in event.products:
        _check_product(product)


def _check_product(product: EventProduct) -> None:
    if not product.product_id:
        raise EventError("field_missing", "a product has no id", "product_id")
    _check_text("product_id", product.product_id, LONGEST_PRODUCT_ID)
    if not 1 <= product.quantity <= _MOST_COUNTED:
        said = f"quantity is {product.quantity}; it is 1 or more"
        raise EventError("value_invalid", said, "quantity")
    if product.position is not None and not 0 <= product.position <= _MOST_COUNTED:
        said = f"position is {product.position}; the first is 0"
        raise EventError("value_invalid", said, "position")
    if product.price is not None and not (math.isfinite(product.price) and product.price >= 0):
        raise EventError("value_invalid", f"price is {product.price}; it is 0 or more", "price")


def _check_rating(event: Event) -> None:
    if event.event_type != "rate":
        if event.value is not None or event.aspect:
            raise EventError(
                "value_invalid", "value and aspect belong to rate events alone", "value"
            )
        return
    if event.value is None:
        raise EventError("field_missing", "a rate event has a value, 1 to 5", "value")
    if not 1 <= event.value <= 5:
        raise EventError("value_invalid", f"value is {event.value:g}; a rating is 1 to 5", "value")
    if event.aspect not in ASPECTS:
        said = unknown("aspect", event.aspect[:50], ASPECTS)
        raise EventError("value_invalid", said, "aspect")


def _check_texts(event: Event) -> None:
    _check_text("query", event.query, LONGEST_TEXT)
    if event.currency and event.currency not in CODES:
        said = f"currency is {event.currency[:20]!r}, no code of ISO 4217; write it like EUR"
        raise EventError("value_invalid", said, "currency")
    if len(event.attributes) > MOST_ATTRIBUTES:
        said = f"an event has at most {MOST_ATTRIBUTES} attributes"
        raise EventError("value_invalid", said, "attributes")
    texts: Iterable[tuple[str, str]] = event.attributes.items()
    for name, value in texts:
        _check_text("the name of an attribute", name, LONGEST_ID, "attributes")
        _check_text(f"attribute {name[:50]!r}", value, LONGEST_TEXT, "attributes")


def _check_text(name: str, text: str, longest: int, field: str = "") -> None:
    if len(text) > longest:
        said = f"{name} is longer than {longest} characters"
        raise EventError("value_invalid", said, field or name)
    if _UNKEEPABLE.search(text):
        said = f"{name} holds a NUL character or half a letter"
        raise EventError("value_invalid", said, field or name)
