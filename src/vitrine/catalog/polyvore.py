"""*Polyvore Outfits*: `polyvore_item_metadata.json`, `categories.csv` and `images/{item_id}.jpg`.

https://github.com/mvasil/fashion-compatibility (Vasileva et al., ECCV 2018)
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.lists import with_photos
from vitrine.catalog.photos import PhotoFinder
from vitrine.errors import DataError, UsageError

_ITEMS = "polyvore_item_metadata.json"


def is_polyvore(path: Path) -> bool:
    """A folder with the items' metadata."""
    return path.is_dir() and (path / _ITEMS).is_file()


def read_polyvore(source: Source) -> Catalogue:
    """Read the items; outfits are lists of these ids in files of their own.

    `extra` has the `semantic_category` (tops, shoes...) and the `category_id`.

    Raises:
        DataError: the metadata are missing or damaged, or there are no photos.
        UsageError: columns are mapped, which this set has not.
    """
    if source.columns:
        raise UsageError(f"{source.path} has a layout of its own; there are no columns to map")
    images = source.images or source.path / "images"
    if not images.is_dir():
        raise DataError(
            f"{source.path} has items but no photos: unpack images.zip into {images}, "
            "or say where its photos are: --images FOLDER"
        )
    names = _categories(source.path / "categories.csv")
    assembly = Assembly("polyvore", source, PhotoFinder([images], source.within))
    for item_id, item in _items(source.path / _ITEMS).items():
        category = str(item.get("category_id", ""))
        kind = str(item.get("semantic_category", ""))
        fields = {
            "product_id": item_id,
            "title": str(item.get("title") or item.get("url_name") or ""),
            "description": str(item.get("description", "")),
            "product_type": " > ".join(filter(None, (kind, names.get(category, "")))),
        }
        said = {"semantic_category": kind, "category_id": category}
        extra = {name: value for name, value in said.items() if value}
        assembly.add(Draft(None, fields, [item_id], extra))
    return with_photos(assembly.catalogue(), images)


def _items(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        said = json.loads(path.read_text("utf-8"))
        return {str(item_id): dict(item) for item_id, item in said.items()}
    except OSError as error:
        raise DataError(
            f"{path.parent} holds no {_ITEMS}; read as polyvore it needs one"
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is damaged ({error}); download it anew") from error


def _categories(path: Path) -> Mapping[str, str]:
    """Number -> name; rows are `number,name,semantic category`."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row[0].strip(): row[1].strip() for row in csv.reader(lines) if len(row) > 1}
