"""Files of events: the table of their formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from vitrine.errors import DataError, NotFoundError, UsageError, unknown
from vitrine.events import hm, tables
from vitrine.events.checking import EventError
from vitrine.events.event import Event
from vitrine.events.google import to_google
from vitrine.events.tables import Line
from vitrine.events.wording import read_event

_JSON_LINES = (".jsonl", ".ndjson")
_LISTS = ("userEvents", "events")
_NAMING = ("productDetails", "product", "id", "product_id", "objectIDs")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table."""

    name: str
    description: str
    recognise: Callable[[Path], bool]
    read: Callable[[Path], Iterator[Line]]


def read_events(path: Path, format: str | None = None) -> tuple[str, Iterator[Line]]:
    """Read a file of events.

    Args:
        path: a table, JSON, or JSON lines.
        format: of `EVENT_FORMATS`; None recognises it.

    Returns:
        The format's name, and each event with its line, or why there is none.

    Raises:
        NotFoundError: there is no such file.
        UsageError: there is no such format.
        DataError: the file is in no known format; or later, it stops being readable.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}")
    if format is not None and format not in EVENT_FORMATS:
        raise UsageError(unknown("format of events", format, EVENT_FORMATS))
    if not path.stat().st_size:
        raise DataError(f"{path} is empty: it holds no events, and no line that names columns")
    rows = EVENT_FORMATS.values() if format is None else [EVENT_FORMATS[format]]
    for row in rows:
        if format is not None or row.recognise(path):
            return row.name, row.read(path)
    raise DataError(
        f"{path} is no file of events that is known: JSON in the words of Google Retail or "
        "Algolia, a table with event_type, visitor_id and at, or H&M's transactions"
    )


def write_events(events: Iterable[Event], path: Path) -> int:
    """Write events to a .jsonl or .csv file, which `read_events` reads; how many.

    Raises:
        UsageError: another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in (".jsonl", ".csv"):
        raise UsageError(unknown("export suffix", suffix, (".jsonl", ".csv")))
    if suffix == ".csv":
        return tables.write_table(events, path)
    n_events = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for event in events:
            n_events += 1
            file.write(json.dumps(to_google(event), ensure_ascii=False) + "\n")
    return n_events


def _read_json(path: Path) -> Iterator[Line]:
    for line, item in _items(path):
        try:
            yield line, item if isinstance(item, EventError) else read_event(item)
        except EventError as error:
            yield line, EventError(error.code, str(error), error.field, _product_of(item))


def _product_of(item: object) -> str:
    """The first product that an object names, in any wording; empty where none is found."""
    while isinstance(item, dict | list) and item:
        if isinstance(item, list):
            item = cast("list[object]", item)[0]
            continue
        said = cast("dict[str, object]", item)
        item = next((said[name] for name in _NAMING if said.get(name)), None)
    return item if isinstance(item, str) else ""


def _items(path: Path) -> Iterator[tuple[int, object]]:
    """Every object of a file with its line; in one JSON document all are on line 1."""
    if path.suffix.lower() in _JSON_LINES or _is_lines(path):
        with path.open("rb") as file:
            for line, text in enumerate(file, 1):
                if text.strip():
                    yield line, _parsed(text)
        return
    document = _parsed(path.read_bytes())
    if isinstance(document, EventError):
        raise DataError(f"{path}: {document}")
    if isinstance(document, dict):
        listed = [document[name] for name in _LISTS if name in document]
        document = listed[0] if listed else [document]
    if not isinstance(document, list):
        raise DataError(f"{path} holds no list of events")
    yield from ((1, item) for item in cast("list[object]", document))


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return EventError("malformed", f"this is no JSON: {error}")


def _is_lines(path: Path) -> bool:
    """Whether the first line is an event by itself."""
    with path.open("rb") as file:
        first = _parsed(file.readline())
    return isinstance(first, dict) and not any(name in first for name in _LISTS)


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


EVENT_FORMATS: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format("json", "Google Retail, Algolia or our own words, also lines", _is_json, _read_json),
        Format(
            "csv",
            "a table of our own columns",
            lambda path: set(tables.header_of(path)) >= tables.NEEDED,
            tables.read_table,
        ),
        Format(
            "hm",
            "H&M's transactions_train.csv",
            lambda path: set(hm.NEEDED) <= set(tables.header_of(path)),
            hm.read_hm,
        ),
    )
}
"""Name -> how such a file is recognised and read."""
