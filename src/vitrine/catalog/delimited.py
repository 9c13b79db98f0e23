"""CSV, TSV and their relatives: decoding, the delimiter, records and their lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vitrine.catalog.tables import BadRow, Row, Table, unique_names
from vitrine.errors import DataError

Repair = Callable[[list[str], int], list[str]]
"""Given the cells of a row and the number wanted, the cells put right (or as they were)."""

HEAD_BYTES = 65536
_DELIMITERS = ",;\t|"
_MAX_LINES_READ_AGAIN = 2_000_000
"""Bounds the time that a file of open quotes can take."""


def read_delimited(path: Path, repair: Repair | None = None) -> Table:
    """Read a table of text with any of the usual delimiters and encodings.

    A record that cannot be read does not take the next ones with it: reading goes on at
    its second line.

    Raises:
        DataError: the file cannot be read, is empty, or is not text.
    """
    lines = [*io.StringIO(read_text(path), newline="")]
    delimiter, start = _layout(lines)
    records = _records(lines, delimiter, start)
    header = next((cells for _, cells in records if isinstance(cells, list)), None)
    if not header:
        raise DataError(f"{path} is empty: a table needs a line of column names")
    return Table(unique_names(header), _rows(records, unique_names(header), repair))


def read_header(path: Path) -> list[str]:
    """Read the column names alone; empty if the file is no table of text."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        lines = [*io.StringIO(_decode(head), newline="")]
        delimiter, start = _layout(lines)
        cells = next((cells for _, cells in _records(lines, delimiter, start)), None)
    except (OSError, UnicodeError):
        return []
    if not isinstance(cells, list) or any("\0" in cell for cell in cells):
        return []
    return unique_names(cells)


def delimiter_of(path: Path) -> str:
    """Tell which delimiter the header uses; a comma where there is none."""
    try:
        with path.open("rb") as file:
            return _layout([*io.StringIO(_decode(file.read(HEAD_BYTES)), newline="")])[0]
    except (OSError, UnicodeError):
        return ","


def read_text(path: Path) -> str:
    """Read a text file as UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        return _decode(path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise DataError(f"{path} is no readable text: {error}") from error


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2].decode("utf-16")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_decode_line, data.splitlines(keepends=True)))


def _decode_line(line: bytes) -> str:
    """One line at a time, so that a stray byte spoils no other line's letters."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_WINDOWS_1252.__getitem__, line))


_WINDOWS_1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]


def _layout(lines: Sequence[str]) -> tuple[str, int]:
    """The delimiter, and the index of the first line to read."""
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    first = lines[start] if lines else ""
    if declared := re.fullmatch(r"sep=([,;\t|])\s*", first, re.IGNORECASE):  # Excel's own line
        return declared[1], start + 1
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count), start


def _records(
    lines: Sequence[str], delimiter: str, start: int
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (index of the first line, cells), or a reason instead of cells."""
    at, again = start, 0
    while at < len(lines):
        rest = _Lines(lines, at)
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                begun, at = at, rest.at
                if cells and any(map(str.strip, cells)):
                    yield begun, cells
        except csv.Error as error:
            again += rest.at - at
            if again > _MAX_LINES_READ_AGAIN:
                yield at, f"the quotes do not close: lines {at + 1} to {rest.at} are left out"
                at = rest.at
            else:
                yield at, _read_alone(lines[at], delimiter, str(error))
                at += 1


def _read_alone(line: str, delimiter: str, reason: str) -> list[str] | str:
    """Read the first line of a bad record without insisting on its quotes."""
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return f"not a row of this table: {reason}"


class _Lines:
    """Lines from a position on, which says how far the reader has come."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self._lines = lines
        self.at = at

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


def _rows(
    records: Iterator[tuple[int, list[str] | str]], header: list[str], repair: Repair | None
) -> Iterator[Row | BadRow]:
    for index, cells in records:
        if isinstance(cells, str):
            yield BadRow(index + 1, cells)
            continue
        if len(cells) != len(header):
            cells = _without_empty_tail(cells, len(header))
            cells = repair(cells, len(header)) if repair else cells
        if len(cells) != len(header):
            yield BadRow(index + 1, f"{len(cells)} cells where the header has {len(header)}")
        else:
            yield Row(index + 1, dict(zip(header, cells, strict=True)))


def _without_empty_tail(cells: list[str], n_wanted: int) -> list[str]:
    """Drop delimiters that a spreadsheet leaves at the end of a line."""
    return cells[:n_wanted] if not any(cells[n_wanted:]) else cells
