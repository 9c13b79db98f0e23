"""The nouns of feedback; names follow Google Retail where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVENT_TYPES = (
    *("home-page-view", "category-page-view", "search", "impression", "detail-page-view"),
    *("like", "dislike", "unlike", "rate", "outfit-save"),
    *("add-to-cart", "remove-from-cart", "shopping-cart-page-view", "purchase-complete"),
)
"""What a visitor can do. `impression` says what was shown and where, `detail-page-view` is a click
or a visit of a product's page, `unlike` takes a like or dislike back, `rate` is an answer to "how
relevant, useful, new is this"."""

ASPECTS = ("relevance", "usefulness", "novelty")
"""What a `rate` event rates, 1 to 5."""


@dataclass(frozen=True, slots=True)
class EventProduct:
    """A product that an event is about; the shop need not have it any more."""

    product_id: str
    quantity: int = 1
    position: int | None = None
    """Where it stood in the list that was shown, from 0."""
    price: float | None = None
    """Paid for one, in the event's currency."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one visitor did once; appended, never edited."""

    event_id: str
    """The sender's own; a second event of the same id is the first one sent again."""
    event_type: str
    """One of `EVENT_TYPES`."""
    visitor_id: str
    at: float
    """Seconds since 1970, UTC."""
    products: tuple[EventProduct, ...] = ()
    session_id: str = ""
    value: float | None = None
    """Of a `rate`: 1 to 5."""
    aspect: str = ""
    """Of a `rate`: one of `ASPECTS`."""
    query: str = ""
    """Words that were searched."""
    currency: str = ""
    """ISO 4217, of the prices."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else the sender says: the list that was shown, the page, the experiment."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a shop knows of a visitor besides events; everything may be unknown."""

    visitor_id: str
    age: int | None = None
    """Years."""
    gender: str = ""
    """women or men, as in `Product.gender`."""
    region: str = ""
