"""The *clothing dataset*, shoppers' own phone photos (CC0): `images.csv` and `images/{image}.ext`.

https://github.com/alexeygrigorev/clothing-dataset
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vitrine.catalog.assembly import Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.lists import photos_beside
from vitrine.catalog.tables import Row, read_table
from vitrine.errors import DataError

_NEEDED = frozenset({"image", "senderid", "label", "kids"})
_TOP = {"master_category": "Apparel", "sub_category": "Topwear"}
_BOTTOM = {"master_category": "Apparel", "sub_category": "Bottomwear"}

_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "T-Shirt": {**_TOP, "article_type": "Tshirts"},
    "Longsleeve": _TOP,
    "Pants": _BOTTOM,
    "Shoes": {"master_category": "Footwear"},
    "Shirt": {**_TOP, "article_type": "Shirts"},
    "Outwear": _TOP,
    "Dress": {"master_category": "Apparel", "sub_category": "Dress", "article_type": "Dresses"},
    "Shorts": {**_BOTTOM, "article_type": "Shorts"},
    "Hat": {"master_category": "Accessories", "sub_category": "Headwear"},
    "Skirt": {**_BOTTOM, "article_type": "Skirts"},
    "Blazer": {**_TOP, "article_type": "Blazers"},
    "Undershirt": {"master_category": "Apparel"},
    "Hoodie": {**_TOP, "article_type": "Sweatshirts"},
    "Polo": {**_TOP, "article_type": "Tshirts"},
    "Top": _TOP,
    "Blouse": {**_TOP, "article_type": "Tops"},
}
"""The set's label -> what it says for certain: pants may be jeans or trousers."""
_FOLDERS = ("images", "images_original", "images_compressed")
_UNCLEAR = frozenset({"Not sure", "Skip", "Other"})


def is_clothing_dataset(path: Path) -> bool:
    """A folder with `images.csv`, or a table with its columns."""
    return {squeeze(name) for name in read_header(_table_of(path))} >= _NEEDED


def read_clothing_dataset(source: Source) -> Catalogue:
    """Read the set; `extra` has the `sender_id`, the `label` where it is clear, and the `sleeve`.

    A label becomes the categories that it says for certain, in our words. Photos are
    `{image}` with any extension, in `images/` (or, as the larger archive has them,
    `images_original/` or `images_compressed/`) beside the table unless told otherwise.

    Raises:
        DataError: there is no `images.csv`, its columns are others, or a folder has no photos.
    """
    path = _table_of(source.path)
    if not path.is_file():
        raise DataError(f"{source.path} holds no images.csv; read as clothing-dataset it needs one")
    images = photos_beside(source, path, _FOLDERS)

    def refine(draft: Draft, row: Row) -> None:
        label = str(row.cells.get("label", "")).strip()
        for name, value in _MEANINGS.get(label, {}).items():
            draft.fields.setdefault(name, value)
        if str(row.cells.get("kids", "")).strip().casefold() == "true":
            draft.fields.setdefault("age_group", "kids")
        said = {"sender_id": str(row.cells.get("sender_id", "")).strip()}
        said["label"] = "" if label in _UNCLEAR else label
        said["sleeve"] = "long" if label == "Longsleeve" else ""
        draft.extra = {name: value for name, value in said.items() if value}
        photo = draft.fields.get("product_id", "").strip()
        draft.photos[:] = [photo] if images and photo else []

    here = replace(source, path=path, images=images)
    table = read_delimited(path)
    return read_table(here, "clothing-dataset", table, {"product_id": "image"}, refine)


def _table_of(path: Path) -> Path:
    return path / "images.csv" if path.is_dir() else path
