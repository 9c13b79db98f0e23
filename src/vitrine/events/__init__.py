"""What visitors did: the words for it, and files of it that other systems wrote."""

from vitrine.events.event import (
    ASPECTS,
    EVENT_TYPES,
    Event,
    EventProduct,
    Visitor,
)

__all__ = [
    "ASPECTS",
    "EVENT_TYPES",
    "Event",
    "EventProduct",
    "Visitor",
]
