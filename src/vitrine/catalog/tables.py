"""Any table, however it is stored: a header, and rows that know their line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import Mapped, match_columns, usual_names
from vitrine.catalog.photos import PhotoFinder, split_photos
from vitrine.errors import DataError, NotFoundError

Cell: TypeAlias = str | tuple[str, ...]
"""What one column says; several values where the format has lists."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record; `line` is where it starts, 1-based, None where there are no lines."""

    line: int | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that is no row of this table."""

    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory."""

    header: Sequence[str]
    rows: Iterable[Row | BadRow]


Refine: TypeAlias = Callable[[Draft, Row], None]
"""What a format knows beyond its columns: changes a draft in place."""


def read_table(
    source: Source,
    format: str,
    table: Table,
    known: Mapping[str, str] | None = None,
    refine: Refine | None = None,
) -> Catalogue:
    """Turn every row into a product.

    Args:
        source: where the table comes from, and the user's own mapping of columns.
        format: name of the format, for the catalogue and messages.
        table: header and rows.
        known: field -> column, where the format fixes its columns; else they are matched
            by their names.
        refine: called with each draft before it is checked.

    Raises:
        DataError: no column gives a product_id, or there are no rows.
        UsageError: the user's mapping names an unknown field or column.
    """
    mapped = match_columns(table.header, source.columns, known)
    if "product_id" not in mapped.candidates:
        wanted = usual_names("product_id", n_others=5) if known is None else known["product_id"]
        raise DataError(
            f"no column of {source.path} names the products: looked for {wanted}, "
            f"found {', '.join(table.header)[:300]}. Say which column it is, any that is different "
            "in every row: --map product_id=COLUMN (columns= in Python)"
        )
    named_by_id = source.images is not None and "photos" not in mapped.candidates
    assembly = Assembly(format, source, finder_of(source))
    for row in table.rows:
        if isinstance(row, BadRow):
            assembly.fail(row.line, "", "", row.reason)
            continue
        draft = draft_of(row, mapped)
        if refine:
            refine(draft, row)
        elif named_by_id:
            draft.photos.append(draft.fields.get("product_id", ""))
        for field, constant in mapped.constants.items():
            draft.fields[field] = constant
        assembly.add(draft)
    return assembly.catalogue()


def draft_of(row: Row, mapped: Mapped) -> Draft:
    """Sort a row's cells into fields, photos and the rest."""
    fields: dict[str, str] = {}
    photos: list[str] = []
    used: set[str] = set()
    for field, names in mapped.candidates.items():
        filled = [name for name in names if row.cells.get(name)]
        if field == "more_photos":
            used.update(filled)
            photos += (photo for name in filled for photo in _photos(row.cells[name]))
        elif filled:
            used.add(filled[0])
            cell = row.cells[filled[0]]
            if field == "photos":
                photos[:0] = _photos(cell)
            else:
                fields[field] = cell if isinstance(cell, str) else ", ".join(cell)
    extra = {
        name: cell if isinstance(cell, str) else ", ".join(cell)
        for name, cell in row.cells.items()
        if cell and name not in used
    }
    return Draft(row.line, fields, photos, extra)


def finder_of(source: Source, *defaults: Path) -> PhotoFinder:
    """Look for photos in the folder that the user names, else in `defaults`.

    Raises:
        NotFoundError: the user's folder does not exist.
    """
    if source.images is not None:
        if not source.images.is_dir():
            raise NotFoundError(f"the folder of photos does not exist: {source.images}")
        return PhotoFinder([source.images], source.within)
    here = source.path.parent
    return PhotoFinder(defaults or [here, here / "images"], source.within)


def cell_of(value: Any) -> Cell:
    """Write a value of JSON or Parquet as a table would; nothing becomes the empty string."""
    if value is None or value != value:  # NaN alone differs from itself
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        cells = (cell_of(item) for item in value)
        return tuple(cell for cell in cells if isinstance(cell, str) and cell)
    if isinstance(value, dict):
        return _money(value) or json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def unique_names(header: Sequence[str]) -> list[str]:
    """Make column names usable as keys: trimmed, none empty, none twice."""
    names: dict[str, None] = {}
    for position, written in enumerate(header, start=1):
        name = written.strip() or f"column {position}"
        while name in names:
            name = f"{name} {position}"
        names[name] = None
    return [*names]


def _photos(cell: Cell) -> list[str]:
    return split_photos(cell) if isinstance(cell, str) else [photo.strip() for photo in cell]


def _money(value: Mapping[str, Any]) -> str:
    """An amount and its currency, as feeds nest them."""
    amount = value.get("amount", value.get("value"))
    currency = value.get("currency", value.get("currencyCode"))
    return f"{amount} {currency}" if amount is not None and isinstance(currency, str) else ""
