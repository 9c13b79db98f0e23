"""The table of formats, the most specific first, and the door to all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from vitrine.catalog.catalogue import Catalogue, Reader, Source
from vitrine.catalog.clothing_attributes import is_clothing_attributes, read_clothing_attributes
from vitrine.catalog.clothing_coparsing import is_clothing_coparsing, read_clothing_coparsing
from vitrine.catalog.clothing_dataset import is_clothing_dataset, read_clothing_dataset
from vitrine.catalog.columns import usual_names
from vitrine.catalog.deepfashion import (
    is_category_attribute,
    is_consumer_to_shop,
    is_in_shop,
    read_category_attribute,
    read_consumer_to_shop,
    read_in_shop,
)
from vitrine.catalog.deepfashion2 import is_deepfashion2, read_deepfashion2
from vitrine.catalog.delimited import delimiter_of, read_header
from vitrine.catalog.fashion144k import is_fashion144k, read_fashion144k
from vitrine.catalog.generic import (
    is_csv,
    is_jsonl,
    is_parquet,
    is_tsv,
    is_unknown_table,
    is_zip,
    read_csv,
    read_jsonl,
    read_parquet,
    read_tsv,
)
from vitrine.catalog.google_merchant import is_google_merchant, read_google_merchant
from vitrine.catalog.hm import is_hm, read_hm
from vitrine.catalog.kaggle import is_kaggle_fashion, read_kaggle_fashion
from vitrine.catalog.photo_folder import is_folder, read_folder
from vitrine.catalog.polyvore import is_polyvore, read_polyvore
from vitrine.catalog.shopify import is_shopify, read_shopify
from vitrine.errors import DataError, NotFoundError, UsageError, unknown

FORMATS: Mapping[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader(
            "kaggle-fashion",
            "Kaggle Fashion Product Images: styles.csv and images/",
            is_kaggle_fashion,
            read_kaggle_fashion,
        ),
        Reader("hm", "H&M: articles.csv and images/0xx/", is_hm, read_hm),
        Reader(
            "clothing-dataset",
            "clothing dataset, phone photos: images.csv and images/",
            is_clothing_dataset,
            read_clothing_dataset,
        ),
        Reader(
            "clothing-attributes",
            "Stanford Clothing Attributes: labels.csv and images/",
            is_clothing_attributes,
            read_clothing_attributes,
        ),
        Reader(
            "clothing-coparsing",
            "Clothing Co-Parsing: labels.csv, images/ and masks/",
            is_clothing_coparsing,
            read_clothing_coparsing,
        ),
        Reader(
            "deepfashion-in-shop",
            "DeepFashion In-Shop: Anno/, Eval/ and Img/",
            is_in_shop,
            read_in_shop,
        ),
        Reader(
            "deepfashion-consumer-to-shop",
            "DeepFashion Consumer-to-Shop: Anno/, Eval/ and Img/",
            is_consumer_to_shop,
            read_consumer_to_shop,
        ),
        Reader(
            "deepfashion-attributes",
            "DeepFashion Category and Attribute: Anno/, Eval/ and Img/",
            is_category_attribute,
            read_category_attribute,
        ),
        Reader(
            "deepfashion2",
            "DeepFashion2: train/ and validation/ with image/ and annos/",
            is_deepfashion2,
            read_deepfashion2,
        ),
        Reader(
            "fashion144k",
            "Fashion144k: photos.txt, photos/ and feat/",
            is_fashion144k,
            read_fashion144k,
        ),
        Reader(
            "polyvore",
            "Polyvore Outfits: polyvore_item_metadata.json and images/",
            is_polyvore,
            read_polyvore,
        ),
        Reader("shopify", "Shopify product export (CSV)", is_shopify, read_shopify),
        Reader(
            "google-merchant",
            "Google Merchant feed: RSS or Atom XML, or text with tabs",
            is_google_merchant,
            read_google_merchant,
        ),
        Reader("parquet", "Parquet table (needs the extra: parquet)", is_parquet, read_parquet),
        Reader("jsonl", "one JSON object per line, or one list of them", is_jsonl, read_jsonl),
        Reader("tsv", "table with tabs", is_tsv, read_tsv),
        Reader("csv", "table with commas, semicolons or bars", is_csv, read_csv),
        Reader("folder", "folder of photos, with sub-folders", is_folder, read_folder),
    )
}
"""Name -> reader, in the order in which they are asked whether they recognise a source."""

_SETS = (
    *("kaggle-fashion", "hm", "clothing-dataset", "clothing-attributes", "clothing-coparsing"),
    *("deepfashion-in-shop", "deepfashion-consumer-to-shop", "deepfashion-attributes"),
    *("deepfashion2", "fashion144k", "polyvore"),
)
"""Formats with a table of their own in their folder, however else it is filled."""
_TABLE_NAMES = frozenset({"products", "catalogue", "catalog", "feed"})
_USUAL = ("product_id", "title", "price", "colour", "photos")


def read_catalogue(
    source: str | Path,
    *,
    format: str | None = None,
    images: Path | None = None,
    columns: Mapping[str, str] | None = None,
    within: Path | None = None,
) -> Catalogue:
    """Read any source of products into one vocabulary.

    Args:
        source: a file or a folder. A folder with one table called `products`, `catalogue`
            or `feed` is read as that table.
        format: a name of `FORMATS`; recognised by layout, header or root element if left out.
        images: folder of the photos; relative paths of a table start there instead of at
            the table. A table without a column of photos finds them there by `product_id`.
        columns: vitrine field -> column of the source, or `=value` for one value in every
            row: `{"title": "productDisplayName", "currency": "=EUR"}`. Besides the names of
            `FIELDS` there are `currency`, `photos` and `more_photos`.
        within: folder that no photo may lie outside of; for catalogues of strangers.

    Returns:
        The catalogue; rows, cells and photos that do not fit are in its `failures`.

    Raises:
        NotFoundError: the source or the folder of photos does not exist.
        DataError: the format is not recognised, or nothing in it can be read.
        UsageError: an unknown format, field or column.
        MissingExtraError: Parquet without pyarrow.
    """
    if str(source).startswith(("http://", "https://")):
        raise UsageError(f"{source} is an address: download the file first, then give its path")
    path = Path(source)
    if not _exists(path):
        raise NotFoundError(f"no such file or folder: {source}")
    if format is not None and format not in FORMATS:
        raise UsageError(unknown("format", format, FORMATS))
    path = path if format == "folder" else _table_inside(path)
    reader = FORMATS[format] if format else recognise(path)
    return reader.read(Source(path, images and Path(images), dict(columns or {}), within))


def recognise(path: Path) -> Reader:
    """Tell the format of a source by its layout, header or root element.

    Raises:
        DataError: it is in none that is known.
    """
    for reader in FORMATS.values():
        if reader.recognises(path):
            return reader
    if is_unknown_table(path):
        raise DataError(_name_the_columns(path))
    known = "; ".join(f"{reader.name}: {reader.description}" for reader in FORMATS.values())
    raise DataError(
        f"{path} is in no known format ({_found(path)}). Known are {known}; "
        "choose one with format= / --format"
    )


def _name_the_columns(path: Path) -> str:
    """What to do about a table that calls nothing as we do."""
    format = "tsv" if delimiter_of(path) == "\t" else "csv"
    return (
        f"{path} is a table, but none of the names in its first line is known: "
        f"{_briefly(read_header(path))}. Looked for are {', '.join(map(usual_names, _USUAL))}. "
        f"Say which column is which: --format {format} --map product_id=COLUMN "
        "--map title=COLUMN --map photos=COLUMN (format=, columns= in Python); "
        "if the first line holds no names, put them there"
    )


def _found(path: Path) -> str:
    if path.is_dir():
        names = [entry.name for entry in _entries(path)]
        return f"a folder with {', '.join(names[:5]) or 'nothing in it'}"
    if is_zip(path):
        return "a ZIP archive or a spreadsheet: unpack the one, save the other as CSV"
    size = path.stat().st_size
    header = read_header(path)
    start = f" that starts with {_briefly(header)}" if header else ""
    return f"a file of {size} bytes{start}" if size else "an empty file"


def _briefly(names: Sequence[str]) -> str:
    return ", ".join(names[:8])[:200] + (", ..." if names[8:] else "")


def _table_inside(path: Path) -> Path:
    """The one table of a folder that is called what tables are called, or the path itself."""
    if not path.is_dir() or any(FORMATS[name].recognises(path) for name in _SETS):
        return path
    tables = [
        entry for entry in _entries(path) if entry.stem.lower() in _TABLE_NAMES and _is_table(entry)
    ]
    return tables[0] if len(tables) == 1 else path


def _is_table(path: Path) -> bool:
    known = path.is_file() and any(reader.recognises(path) for reader in FORMATS.values())
    return known or is_unknown_table(path)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # may not be listed; the reader says so
        return []


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with NUL
        return False
