"""Events out of what JSON and tables hold: in Google's words, in Algolia's, or in our own."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from vitrine.errors import unknown
from vitrine.events.checking import EventError
from vitrine.events.event import Event

T = TypeVar("T")
_MILLISECONDS_FROM = 1e11  # as seconds that is the year 5138


class Fields:
    """The fields of one JSON object; each is read once, and an unknown one is an error.

    Args:
        data: the object.
        known: the names that it may have.
        inside: where it stands, for messages: `productDetails[0].`.

    Raises:
        EventError: `not_an_object` or `field_unknown`.
    """

    def __init__(self, data: object, known: Collection[str], inside: str = "") -> None:
        self.inside = inside
        if not isinstance(data, Mapping):
            raise EventError("not_an_object", f"{inside.rstrip('.') or 'an event'} is no object")
        self._data = cast("Mapping[str, object]", data)
        for name in self._data:
            if name not in known:
                of = f"field of {inside.rstrip('.') or 'an event'}"
                said = unknown(of, str(name)[:50], known)
                raise EventError("field_unknown", said, str(name)[:50])

    def names(self) -> Iterable[str]:
        """Fields that are there."""
        return self._data

    def text(self, name: str) -> str:
        """A text; empty where there is none. Numbers are texts too, as ids often are."""
        value = self._data.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self._of(name, value, str, "a text") or ""

    def number(self, name: str) -> float | None:
        """A number, also one in a text; None where there is none."""
        return number_of(self.inside + name, self._data.get(name))

    def count(self, name: str) -> int | None:
        """A whole number; None where there is none."""
        return count_of(self.inside + name, self._data.get(name))

    def list(self, name: str) -> list[object]:
        """A list; empty where there is none."""
        return cast("list[object]", self._of(name, self._data.get(name), list, "a list") or [])

    def mapping(self, name: str) -> dict[str, object]:
        """An object; empty where there is none."""
        value = self._of(name, self._data.get(name), dict, "an object") or {}
        return cast("dict[str, object]", value)

    def says(self, name: str) -> bool:
        """Whether something stands there."""
        return self._data.get(name) not in (None, "")

    def raw(self, name: str) -> object:
        """Whatever stands there."""
        return self._data.get(name)

    def _of(self, name: str, value: object, kind: type[T], called: str) -> T | None:
        if value is None or isinstance(value, kind):
            return value
        raise EventError("value_invalid", f"{self.inside}{name} must be {called}", name)


def number_of(name: str, value: object) -> float | None:
    """A number, also as a text; None where nothing is said.

    Raises:
        EventError: `value_invalid`.
    """
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(cast("Any", value))
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        said = f"{name} is {str(value)[:30]!r}, which is no number"
        raise EventError("value_invalid", said, name)
    return number


def count_of(name: str, value: object) -> int | None:
    """A whole number, also as a text; None where nothing is said.

    Raises:
        EventError: `value_invalid`.
    """
    number = number_of(name, value)
    if number is None or number.is_integer():
        return None if number is None else int(number)
    said = f"{name} is {str(value)[:30]!r}, which is no whole number"
    raise EventError("value_invalid", said, name)


def time_of(name: str, value: object, now: float | None) -> float:
    """Seconds since 1970: of RFC 3339, of a date, or of a number of seconds or milliseconds.

    Args:
        name: of the field.
        value: as it was sent; a time without a zone is UTC.
        now: taken where nothing is said; None insists.

    Raises:
        EventError: `field_missing` or `time_invalid`.

    Example:
        >>> time_of("at", "1970-01-02T00:00:00.5Z", None), time_of("at", 1_600_000_000_250, None)
        (86400.5, 1600000000.25)
    """
    if value is None or value == "":
        if now is None:
            raise EventError("field_missing", f"{name} is missing", name)
        return now
    try:
        at = _number_of_seconds(value)
    except (TypeError, ValueError, OverflowError):
        said = f"{name} is {str(value)[:40]!r}; write it like 2026-02-28T15:04:05Z"
        raise EventError("time_invalid", said, name) from None
    return at / 1000 if at > _MILLISECONDS_FROM else at


def with_id(event: Event, *, timed: bool, occurrence: int = 0) -> Event:
    """Give an event without an id one: made from what it says, so that sent again it is the same.

    Args:
        event: with an id or without.
        timed: whether the sender said when it happened; else nothing tells two events apart, and
            the id is random.
        occurrence: how many equal events came before it in the same file.
    """
    if event.event_id:
        return event
    if not timed:
        return replace(event, event_id=secrets.token_hex(16))
    products = [[p.product_id, p.quantity, p.position, p.price] for p in event.products]
    said = [event.event_type, event.visitor_id, event.at, products, event.session_id, event.value]
    said += [event.aspect, event.query, event.currency, sorted(event.attributes.items())]
    content = json.dumps([*said, occurrence] if occurrence else said).encode()
    return replace(event, event_id=f"made-{hashlib.sha256(content).hexdigest()[:32]}")


def _number_of_seconds(value: object) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            at = datetime.fromisoformat(value.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)
