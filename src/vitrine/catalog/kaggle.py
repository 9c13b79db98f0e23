"""Kaggle's *Fashion Product Images*: `styles.csv` and `images/{id}.ext`.

https://www.kaggle.com/datasets/paramaggarwal/fashion-product-images-dataset
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vitrine.catalog.assembly import Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.tables import Row, read_table
from vitrine.errors import DataError

_COLUMNS = {
    "product_id": "id",
    "gender": "gender",
    "master_category": "masterCategory",
    "sub_category": "subCategory",
    "article_type": "articleType",
    "colour": "baseColour",
    "season": "season",
    "year": "year",
    "usage": "usage",
    "title": "productDisplayName",
}
_NEEDED = frozenset({"id", "articletype", "basecolour", "productdisplayname"})
_EMPTY = frozenset({"na", "nan", "n/a", ""})


def is_kaggle_fashion(path: Path) -> bool:
    """A folder with `styles.csv`, or a table with its columns."""
    return {squeeze(name) for name in read_header(_table_of(path))} >= _NEEDED


def read_kaggle_fashion(source: Source) -> Catalogue:
    """Read the set, whole or in part; commas in unquoted names survive.

    Photos are `{id}` with any extension, in `images/` beside the table unless told otherwise;
    where there is no such folder, products have none.

    Raises:
        DataError: there is no `styles.csv`, or its columns are others.
    """
    path = _table_of(source.path)
    if not path.is_file():
        raise DataError(f"{source.path} holds no styles.csv; read as kaggle-fashion it needs one")
    images = source.images or path.parent / "images"
    has_photos = source.images is not None or images.is_dir()

    def refine(draft: Draft, row: Row) -> None:
        draft.fields = {
            name: "" if value.strip().casefold() in _EMPTY else value
            for name, value in draft.fields.items()
        }
        product_id = draft.fields.get("product_id", "").strip()
        if has_photos and product_id and not draft.photos:
            draft.photos.append(product_id)

    table = read_delimited(path, _name_with_commas)
    here = replace(source, path=path, images=images if has_photos else None)
    return read_table(here, "kaggle-fashion", table, _COLUMNS, refine)


def _name_with_commas(cells: list[str], n_wanted: int) -> list[str]:
    """The name is the last column and not quoted: what is too much belongs to it."""
    if len(cells) <= n_wanted:
        return cells
    return [*cells[: n_wanted - 1], ",".join(cells[n_wanted - 1 :])]


def _table_of(path: Path) -> Path:
    return path / "styles.csv" if path.is_dir() else path
