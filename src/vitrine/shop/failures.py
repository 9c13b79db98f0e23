"""errors.csv: what was left out, beside the shop unless somebody else's file is there."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from vitrine.errors import UsageError
from vitrine.types import RowFailure

_COLUMNS = [*(field.name for field in fields(RowFailure)), "shop"]


def write_failures(failures: Sequence[RowFailure], path: Path, shop: str = "") -> None:
    """Write a list: source, line, product_id, column, reason, and the name of the shop's file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(
            [f.source, "" if f.line is None else f.line, f.product_id, f.column, f.reason, shop]
            for f in failures
        )


def read_failures(path: Path) -> list[RowFailure]:
    """Read back a list that `write_failures` wrote."""
    return [
        RowFailure(
            row["source"],
            int(row["line"]) if row["line"] else None,
            *(row[name] for name in ("product_id", "column", "reason")),
        )
        for row in _listed(path) or []
    ]


def failures_path(shop: Path, given: Path | None) -> Path:
    """Where a shop's list belongs, so that no other file is replaced.

    Args:
        shop: the shop's file.
        given: where the user wants it; None is errors.csv beside the shop, or SHOP.errors.csv where
            that is another shop's, or no list at all.

    Raises:
        UsageError: the file is there and no list of errors.
    """
    if given is not None:
        if given.exists() and _listed(given) is None:
            raise _taken(str(given))
        return given
    places = _places(shop)
    own = (place for place in places if _shops(place) == {shop.name})
    free = (place for place in places if not place.exists())
    chosen = next(own, None) or next(free, None)
    if chosen is None:
        raise _taken(" or ".join(map(str, places)))
    return chosen


def drop_failures(shop: Path, given: Path | None, *sources: str) -> None:
    """Remove the shop's list after an import that left nothing out.

    A list that tells of another source or another shop stays, and so does any other file.
    """
    for place in _places(shop) if given is None else [given]:
        told = {Path(row["source"]).name for row in _listed(place) or []}
        clean = {shop.name, *(Path(source).name for source in sources)}
        if _shops(place) == {shop.name} and told <= clean:
            place.unlink()


def _places(shop: Path) -> list[Path]:
    return [shop.with_name(name) for name in ("errors.csv", f"{shop.name}.errors.csv")]


def _taken(what: str) -> UsageError:
    return UsageError(
        f"{what} is there and no list of errors of ours, so it is not replaced; name another file"
    )


def _shops(path: Path) -> set[str] | None:
    rows = _listed(path)
    return None if rows is None else {row["shop"] for row in rows}


def _listed(path: Path) -> list[dict[str, str]] | None:
    """Rows of a list; None if the file is not there or is something else."""
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        if file.readline(200).strip() != ",".join(_COLUMNS):
            return None
        return [dict(zip(_COLUMNS, row, strict=False)) for row in csv.reader(file)]
