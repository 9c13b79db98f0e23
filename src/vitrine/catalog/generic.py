"""Tables of no fixed layout: columns are matched by their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import known_fields
from vitrine.catalog.delimited import delimiter_of, read_delimited, read_header, read_text
from vitrine.catalog.tables import BadRow, Row, Table, cell_of, read_table
from vitrine.errors import DataError, missing_extra

_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".psv"})
_JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".jsonlines"})


def is_csv(path: Path) -> bool:
    """A table of text with commas, semicolons or bars and at least one column we know."""
    return _is_text_table(path) and delimiter_of(path) != "\t"


def is_tsv(path: Path) -> bool:
    """A table of text with tabs."""
    return _is_text_table(path) and delimiter_of(path) == "\t"


def is_jsonl(path: Path) -> bool:
    """JSON objects, one per line or in a list, by the file's name or first bytes."""
    if not path.is_file():
        return False
    opening = (b"{", b"[") if path.suffix.lower() == ".json" else (b"{",)
    return path.suffix.lower() in _JSON_SUFFIXES or _starts_with(path, *opening)


def is_parquet(path: Path) -> bool:
    """Parquet's magic bytes."""
    return _starts_with(path, b"PAR1")


def is_unknown_table(path: Path) -> bool:
    """A table of text, to be asked where no format knows one of its columns."""
    is_text = path.is_file() and path.suffix.lower() in _TEXT_SUFFIXES
    return is_text and len(read_header(path)) > 1


def is_zip(path: Path) -> bool:
    """A ZIP archive, which spreadsheets are too, by its magic bytes."""
    return _starts_with(path, b"PK\x03\x04")


def read_csv(source: Source) -> Catalogue:
    """Read CSV with any of the usual delimiters."""
    return read_table(source, "csv", read_delimited(source.path))


def read_tsv(source: Source) -> Catalogue:
    """Read a tab-separated table."""
    return read_table(source, "tsv", read_delimited(source.path))


def read_jsonl(source: Source) -> Catalogue:
    """Read one JSON object per line, or a list; photos may be lists and prices be nested."""
    text = read_text(source.path)
    rows = [*(_listed(text) if text.lstrip().startswith("[") else _lines(text))]
    header = {name: None for row in rows if isinstance(row, Row) for name in row.cells}
    if not header:
        raise DataError(f"{source.path} holds no JSON object with a product")
    return read_table(source, "jsonl", Table([*header], rows))


def read_parquet(source: Source) -> Catalogue:
    """Read Parquet, which needs the extra `parquet`; failures have no line.

    Raises:
        MissingExtraError: pyarrow is not installed.
        DataError: not a Parquet file, or a damaged one.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise missing_extra("reading Parquet", "pyarrow", "parquet") from error
    try:
        table = pyarrow.parquet.read_table(source.path)
        records = (record for batch in table.to_batches() for record in batch.to_pylist())
        rows = [Row(None, {name: cell_of(cell) for name, cell in r.items()}) for r in records]
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"cannot read {source.path} as Parquet: {error}") from error
    return read_table(source, "parquet", Table(table.column_names, rows))


def _is_text_table(path: Path) -> bool:
    fields = known_fields(read_header(path)) if path.is_file() else set[str]()
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return bool(fields)
    return not path.suffix and "product_id" in fields and len(fields) > 1


def _starts_with(path: Path, *magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic)
    except OSError:
        return False


def _lines(text: str) -> Iterator[Row | BadRow]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield from _objects(line, number)


def _listed(text: str) -> Iterator[Row | BadRow]:
    """The objects of one list, which have no lines of their own; or lists, one per line."""
    try:
        values: Any = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        yield from _lines(text)
        return
    for value in values:
        yield _row(value, None)


def _objects(line: str, number: int) -> Iterator[Row | BadRow]:
    try:
        yield _row(json.loads(line, parse_float=str, parse_int=str), number)
    except (ValueError, RecursionError) as error:
        yield BadRow(number, f"no JSON object: {error}")


def _row(value: Any, line: int | None) -> Row | BadRow:
    if isinstance(value, dict):
        return Row(line, {name: cell_of(cell) for name, cell in value.items()})
    return BadRow(line, f"a JSON {type(value).__name__} where an object is needed")
