"""*Clothing Co-Parsing*, street photos: `labels.csv`, `images/{id}.ext` and `masks/{id}.png`.

https://github.com/bearpaw/clothing-co-parsing (Yang, Luo, Lin 2014)
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

_HEADER = frozenset({"id", "tags"})
_NO_GARMENTS = frozenset({"", "null", "hair", "skin"})


def is_clothing_coparsing(path: Path) -> bool:
    """A folder with `labels.csv` (id, tags) and `masks/`, or that table."""
    table = _table_of(path)
    header = frozenset(map(squeeze, read_header(table)))
    return header == _HEADER and (table.parent / "masks").is_dir()


def read_clothing_coparsing(source: Source) -> Catalogue:
    """Read the set; `extra` has the `garments` (with commas) and the path of the `mask`.

    A mask is a PNG of the size of the original photo with one class number per pixel, 0 where
    there is neither person nor garment. Photos are `{id}` with any extension, in `images/`
    beside the table unless told otherwise.

    Raises:
        DataError: there is no `labels.csv`, or its columns are others.
    """
    path = _table_of(source.path)
    if not path.is_file():
        raise DataError(
            f"{source.path} holds no labels.csv; read as clothing-coparsing it needs one"
        )
    images = source.images or path.parent / "images"
    has_photos = source.images is not None or images.is_dir()
    masks = {mask.stem: str(mask.absolute()) for mask in (path.parent / "masks").glob("*.png")}

    def refine(draft: Draft, row: Row) -> None:
        look = draft.fields.get("product_id", "").strip()
        tags = (tag.strip() for tag in str(row.cells.get("tags", "")).split("|"))
        said = {"garments": ", ".join(tag for tag in tags if tag not in _NO_GARMENTS)}
        said["mask"] = masks.get(look, "")
        draft.extra = {name: value for name, value in said.items() if value}
        draft.photos[:] = [look] if has_photos and look else []

    here = replace(source, path=path, images=images if has_photos else None)
    table = read_delimited(path)
    return read_table(here, "clothing-coparsing", table, {"product_id": "id"}, refine)


def _table_of(path: Path) -> Path:
    return path / "labels.csv" if path.is_dir() else path
