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
from vitrine.events.files import EVENT_FORMATS, read_events, write_events
from vitrine.events.google import to_google
from vitrine.events.reading import time_of
from vitrine.events.tables import read_visitors
from vitrine.events.wording import read_event

__all__ = [
    "ASPECTS",
    "EVENT_FORMATS",
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
    "read_events",
    "read_visitors",
    "time_of",
    "to_google",
    "write_events",
]
