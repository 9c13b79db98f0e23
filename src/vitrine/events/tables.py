"""Events in tables of text: our own columns, one row for each product of an event."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from vitrine.errors import DataError, unknown
from vitrine.events.checking import EventError
from vitrine.events.event import Event, Visitor
from vitrine.events.flat import FIELDS, joined, read_flat, to_flat
from vitrine.events.reading import count_of

Line = tuple[int, Event | EventError]
"""The line where it stands, and an event, or why there is none."""

NEEDED = frozenset({"event_type", "visitor_id", "at"})
_DELIMITERS = ",;\t|"
_OLDEST = 130
_WHO = {"women": "women", "female": "women", "f": "women", "men": "men", "male": "men", "m": "men"}
_CUSTOMER_COLUMNS = {
    "visitor_id": ("visitor_id", "customer_id"),
    "age": ("age",),
    "gender": ("gender",),
    "region": ("region", "postal_code"),
}


def read_table(path: Path) -> Iterator[Line]:
    """Read events of our own columns; rows of one event stand together and share its `event_id`.

    Where an event has no id, one is made of the row and of how many equal rows came before it, so
    that the file can be read again.

    Raises:
        DataError: a column is missing or unknown, or the file is no text.
    """
    rows = rows_of(path)
    _, header = next(rows, (1, []))
    if missing := NEEDED - set(header):
        raise DataError(f"{path} lacks the column {min(missing)!r}; needed: at, event_type, ...")
    for name in header:
        if name not in FIELDS:
            raise DataError(f"{path}: {unknown('column', name, FIELDS)}")
    seen: Counter[tuple[str, ...]] = Counter()
    place = header.index("event_id") if "event_id" in header else None

    def event_id(row: tuple[int, list[str]]) -> str | int:
        own = row[1][place] if place is not None and len(row[1]) > place else ""
        return own or row[0]

    for known_as, grouped in groupby(rows, event_id):
        together = [*grouped]
        occurrence = 0
        if isinstance(known_as, int):
            content = tuple(together[0][1])
            occurrence = seen[content]
            seen[content] += 1
        yield _event(together, header, occurrence)


def read_visitors(path: Path) -> Iterator[tuple[int, Visitor | EventError]]:
    """Read what is known of visitors: our own columns, or those of H&M's `customers.csv`.

    Raises:
        DataError: no column names the visitor, or the file is no text.
    """
    rows = rows_of(path)
    _, header = next(rows, (1, []))
    places = {
        field: next((header.index(name) for name in names if name in header), None)
        for field, names in _CUSTOMER_COLUMNS.items()
    }
    if places["visitor_id"] is None:
        raise DataError(f"{path} has no column visitor_id or customer_id")
    for line, cells in rows:
        said = {
            field: cells[place].strip() if place is not None and place < len(cells) else ""
            for field, place in places.items()
        }
        try:
            yield line, _visitor(said)
        except EventError as error:
            yield line, error


def header_of(path: Path) -> list[str]:
    """Names of the columns; empty where the file is no table of text."""
    try:
        return next(rows_of(path), (1, []))[1]
    except DataError:
        return []


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows of a table with the lines where they begin; the header is the first.

    Raises:
        DataError: the file is no text.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            delimiter = max(_DELIMITERS, key=first.count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            begins = 1
            for cells in reader:
                if cells:
                    yield begins, [cell.strip() for cell in cells] if begins == 1 else cells
                begins = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no table in UTF-8: {error}") from error


def _event(rows: Sequence[tuple[int, list[str]]], header: Sequence[str], occurrence: int) -> Line:
    parts: list[Event] = []
    for line, cells in rows:
        try:
            parts.append(_part(cells, header, occurrence))
        except EventError as error:
            also = f" (so its event of {len(rows)} rows is left out)" if len(rows) > 1 else ""
            product_id = dict(zip(header, cells, strict=False)).get("product_id", "")
            return line, EventError(error.code, f"{error}{also}", error.field, product_id)
    return rows[0][0], joined(parts)


def _part(cells: Sequence[str], header: Sequence[str], occurrence: int) -> Event:
    if len(cells) > len(header):
        raise EventError("value_invalid", f"{len(cells)} cells under {len(header)} columns")
    return read_flat(dict(zip(header, cells, strict=False)), occurrence=occurrence)


def _visitor(said: dict[str, str]) -> Visitor:
    if not said["visitor_id"]:
        raise EventError("field_missing", "the visitor has no id", "visitor_id")
    age = count_of("age", said["age"])
    if age is not None and not 0 <= age <= _OLDEST:
        raise EventError("value_invalid", f"age is {age}; it is 0 to {_OLDEST}", "age")
    return Visitor(said["visitor_id"], age, _gender(said["gender"]), said["region"])


def _gender(word: str) -> str:
    if word and word.lower() not in _WHO:
        said = f"gender is {word[:30]!r}; known: women, men"
        raise EventError("value_invalid", said, "gender")
    return _WHO.get(word.lower(), "")


def write_table(events: Iterable[Event], path: Path) -> int:
    """Write events as `read_table` reads them; how many."""
    n_events = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, restval="")
        writer.writeheader()
        for event in events:
            n_events += 1
            writer.writerows(to_flat(event))
    return n_events
