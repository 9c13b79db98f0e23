"""In whose words an event is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vitrine.errors import UsageError, unknown
from vitrine.events.algolia import read_algolia
from vitrine.events.checking import EventError
from vitrine.events.event import Event
from vitrine.events.flat import read_flat
from vitrine.events.google import read_google

Read = Callable[[object, float | None], Event]

WORDINGS: Mapping[str, tuple[Read, str]] = {
    "google": (read_google, "visitorId"),
    "algolia": (read_algolia, "userToken"),
    "plain": (read_flat, "visitor_id"),
}
"""Name -> reader of one object, and the field that no other wording has."""


def read_event(data: object, now: float | None = None, wording: str | None = None) -> Event:
    """Read an event that somebody sent.

    Args:
        data: an object in one of the `WORDINGS`.
        now: when it happened, where it does not say; None insists that it does.
        wording: in whose words; None tells by its fields.

    Raises:
        EventError: it is none, or says what nobody knows.
        UsageError: there is no such wording.
    """
    if wording is None:
        wording = wording_of(data)
    if wording not in WORDINGS:
        raise UsageError(unknown("wording of events", wording, WORDINGS))
    return WORDINGS[wording][0](data, now)


def wording_of(data: object) -> str:
    """Tell by the fields of an event in whose words it is; Google's where nothing tells.

    Raises:
        EventError: it is no object.
    """
    if not isinstance(data, Mapping):
        raise EventError("not_an_object", "an event is an object, like {}")
    found = (name for name, (_, mark) in WORDINGS.items() if mark in data)
    if "authenticatedUserToken" in data:
        return "algolia"
    return next(found, "google")
