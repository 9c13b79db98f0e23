"""*DeepFashion2*: `train/` and `validation/`, each with `image/000001.jpg`, `annos/000001.json`.

https://github.com/switchablenorms/DeepFashion2 (Ge et al., CVPR 2019)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.lists import Box, with_photos, written
from vitrine.catalog.photos import PhotoFinder, is_photo
from vitrine.errors import DataError, UsageError

_PARTS = ("train", "validation", "test")
_LABELLED = ("train", "validation")
"""Those whose annotations are published."""
_ROLES = {"user": "query", "shop": "gallery"}
_KINDS: Mapping[str, Mapping[str, str]] = {
    "short sleeve top": {"sub_category": "Topwear"},
    "long sleeve top": {"sub_category": "Topwear"},
    "short sleeve outwear": {"sub_category": "Topwear"},
    "long sleeve outwear": {"sub_category": "Topwear"},
    "vest": {"sub_category": "Topwear"},
    "sling": {"sub_category": "Topwear"},
    "shorts": {"sub_category": "Bottomwear", "article_type": "Shorts"},
    "trousers": {"sub_category": "Bottomwear", "article_type": "Trousers"},
    "skirt": {"sub_category": "Bottomwear", "article_type": "Skirts"},
    "short sleeve dress": {"sub_category": "Dress", "article_type": "Dresses"},
    "long sleeve dress": {"sub_category": "Dress", "article_type": "Dresses"},
    "vest dress": {"sub_category": "Dress", "article_type": "Dresses"},
    "sling dress": {"sub_category": "Dress", "article_type": "Dresses"},
}


@dataclass(slots=True)
class _Item:
    """Photos of one garment, by shoppers and the shop."""

    category: str
    photos: list[str] = field(default_factory=list[str])
    roles: list[str] = field(default_factory=list[str])
    boxes: list[Box | None] = field(default_factory=list["Box | None"])


def is_deepfashion2(path: Path) -> bool:
    """A folder with `image/` and `annos/`, or with such parts."""
    return path.is_dir() and bool(_parts(path))


def read_deepfashion2(source: Source) -> Catalogue:
    """Read the set: garments of one pair and style are a product, others one each.

    `extra` has the `category` in the set's words and, one word a photo, its `roles` (a shopper's
    photo is a query; of other parts than validation `train-query`) and its `boxes` in pixels.
    A photo with several garments belongs to several products, each with its own box.

    Raises:
        DataError: photos or annotations are missing.
        UsageError: columns or a folder of photos are given, which this set has not.
    """
    if source.columns or source.images:
        raise UsageError(f"{source.path} has a layout of its own: nothing is to be mapped")
    parts = _parts(source.path)
    if not parts:
        raise DataError(
            f"{source.path} holds no image/ beside annos/: unpack train.zip or validation.zip here"
        )
    finder = PhotoFinder([source.path], source.within)
    assembly = Assembly("deepfashion2", source, finder)
    for name in _LABELLED:
        _check_whole(source.path / name)
    for part in parts:
        _read_part(part, assembly, finder)
    return with_photos(assembly.catalogue(), source.path)


def _read_part(part: Path, assembly: Assembly, finder: PhotoFinder) -> None:
    items: dict[str, _Item] = {}
    notes = sorted((part / "annos").glob("*.json"))
    if not notes:
        raise DataError(f"{part / 'annos'} is empty: the set was only unpacked in part")
    noted = {note.stem for note in notes}
    for photo in sorted((part / "image").iterdir()):
        if is_photo(photo.name) and photo.stem not in noted:
            assembly.fail(None, photo.stem, "image_link", f"annos/ holds no {photo.stem}.json")
    before = "" if part.name == "validation" else f"{part.name}-"
    for note in notes:
        try:
            photo = finder.find(str((part / "image" / note.stem).absolute()))
            found = list(_garments(note))
        except DataError as error:
            assembly.fail(None, note.stem, "image_link", str(error))
            continue
        for name, category, source, box in found:
            item = items.setdefault(f"{part.name}/{name}", _Item(category))
            item.photos.append(photo)
            item.roles.append(before + source)
            item.boxes.append(box)
    for product_id, item in items.items():
        said = {"category": item.category, "roles": " ".join(item.roles)}
        said["boxes"] = written(item.boxes)
        fields = {"product_id": product_id, "master_category": "Apparel"}
        draft = Draft(None, fields | dict(_KINDS.get(item.category, {})), item.photos, said)
        assembly.add(draft)


def _garments(note: Path) -> Iterator[tuple[str, str, str, Box]]:
    """Name of the product, category, role and box of every garment on a photo."""
    try:
        said: dict[str, Any] = json.loads(note.read_text("utf-8"))
        role = _ROLES[said["source"]]
        for key, item in said.items():
            if not key.startswith("item"):
                continue
            left, top, right, bottom = map(int, item["bounding_box"])
            style = int(item["style"])
            alone = f"{note.stem}-{key}"
            name = f"pair{said['pair_id']}-style{style}-{item['category_id']}" if style else alone
            yield name, str(item["category_name"]), role, (left, top, right, bottom)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{note.name} is no annotation of this set ({error})") from error


def _check_whole(part: Path) -> None:
    there = [name for name in ("image", "annos") if (part / name).is_dir()]
    if len(there) == 1:
        (missing,) = {"image", "annos"} - {*there}
        raise DataError(
            f"{part} holds {there[0]}/ but no {missing}/: unpack all of {part.name}.zip, "
            f"or remove {part.name}/"
        )


def _parts(path: Path) -> list[Path]:
    here = [path, *(path / name for name in _PARTS)]
    return [part for part in here if (part / "annos").is_dir() and (part / "image").is_dir()]
