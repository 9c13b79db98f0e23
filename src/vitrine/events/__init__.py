"""What visitors did: the words for it, and files of it that other systems wrote."""

from vitrine.events.checking import (
    LONGEST_ID,
    MOST_AHEAD_S,
    MOST_ATTRIBUTES,
    MOST_PRODUCTS,
    EventError,
    check,
)
from vitrine.events.event import (
    ASPECTS,
    EVENT_TYPES,
    Event,
    EventProduct,
    Visitor,
)
from vitrine.events.google import to_google
from vitrine.events.wording import read_event

__all__ = [
    "ASPECTS",
    "EVENT_TYPES",
    "LONGEST_ID",
    "MOST_AHEAD_S",
    "MOST_ATTRIBUTES",
    "MOST_PRODUCTS",
    "Event",
    "EventError",
    "EventProduct",
    "Visitor",
    "check",
    "read_event",
    "to_google",
]
