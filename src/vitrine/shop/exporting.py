"""A shop's products as a table that any reader, ours too, takes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from vitrine.catalog import FIELDS
from vitrine.errors import UsageError, missing_extra, unknown
from vitrine.types import Product

_WRITERS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".parquet": "parquet"}


def export_products(products: Iterable[Product], path: Path) -> int:
    """Write products to CSV, TSV, JSON lines or Parquet, by the file's suffix; how many.

    Photos stand in `image_link` and `additional_image_link` as paths or URLs.

    Raises:
        UsageError: another suffix.
        MissingExtraError: Parquet without pyarrow.
    """
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(unknown("export suffix", path.suffix, _WRITERS))
    rows = [_row(product) for product in products]
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["product_id"]
    match _WRITERS[path.suffix.lower()]:
        case "jsonl":
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            path.write_text("".join(lines), encoding="utf-8")
        case "parquet":
            _write_parquet(rows, names, path)
        case kind:
            with path.open("w", newline="", encoding="utf-8") as file:
                delimiter = "\t" if kind == "tsv" else ","
                writer = csv.DictWriter(file, names, restval="", delimiter=delimiter)
                writer.writeheader()
                writer.writerows(rows)
    return len(rows)


def _row(product: Product) -> dict[str, str]:
    values = {name: getattr(product, name) for name in FIELDS if name in _COLUMNS}
    said = {"product_id": product.product_id} | {
        name: str(value) for name, value in values.items() if value not in ("", None)
    }
    photos = product.photos
    if photos:
        said["image_link"] = photos[0]
    if photos[1:]:
        said["additional_image_link"] = ",".join(photos[1:])
    return said | {name: value for name, value in product.extra.items() if name not in said}


_COLUMNS = set(Product.__dataclass_fields__) - {"photos", "original", "extra"}


def _write_parquet(rows: list[dict[str, str]], names: list[str], path: Path) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise missing_extra("writing Parquet", "pyarrow", "parquet") from error
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
