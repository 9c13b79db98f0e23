"""*DeepFashion*: In-Shop, Consumer-to-Shop, and Category and Attribute Prediction.

http://mmlab.ie.cuhk.edu.hk/projects/DeepFashion.html (Liu et al., CVPR 2016). Each benchmark is a
folder with the archives' own `Anno/`, `Eval/` and `Img/`. A product's `extra` has, one word a photo
and in their order, its `roles` (train, query, gallery...) and its `boxes` in pixels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.deepfashion_attributes import read_attribute_lists
from vitrine.catalog.lists import (
    Box,
    find_list,
    head_of,
    photos_folder,
    read_boxes,
    read_list,
    with_photos,
    written,
)
from vitrine.catalog.photos import PhotoFinder
from vitrine.errors import DataError, UsageError

_PARTITION = "list_eval_partition.txt"
_IN_SHOP = ("image_name", "item_id", "evaluation_status")
_CONSUMER = ("image_pair_name_1", "image_pair_name_2", "item_id", "evaluation_status")
_ATTRIBUTE = ("image_name", "evaluation_status")
_HEADS = (_IN_SHOP, _CONSUMER, _ATTRIBUTE)
_IN_SHOP_LISTS = ("list_bbox_inshop.txt", "list_item_inshop.txt", "list_description_inshop.json")
_CONSUMER_LISTS = ("list_bbox_consumer2shop.txt", "list_item_consumer2shop.txt")
_ATTRIBUTE_LISTS = (
    *("list_category_img.txt", "list_category_cloth.txt"),
    *("list_attr_img.txt", "list_attr_cloth.txt"),
)
_WHOM = {"WOMEN": "women", "MEN": "men"}


@dataclass(slots=True)
class _Item:
    """What is collected of one item."""

    line: int
    photos: list[str] = field(default_factory=list[str])
    roles: list[str] = field(default_factory=list[str])

    def add(self, photo: str, role: str) -> None:
        if photo not in self.photos:
            self.photos.append(photo)
            self.roles.append(role)


def is_in_shop(path: Path) -> bool:
    """A folder of the In-Shop benchmark."""
    return _recognised(path, _IN_SHOP, _IN_SHOP_LISTS)


def is_consumer_to_shop(path: Path) -> bool:
    """A folder of the Consumer-to-Shop benchmark."""
    return _recognised(path, _CONSUMER, _CONSUMER_LISTS)


def is_category_attribute(path: Path) -> bool:
    """A folder of the Category and Attribute benchmark."""
    has_lists = path.is_dir() and any(find_list(path, name) for name in _ATTRIBUTE_LISTS)
    return has_lists and _recognised(path, _ATTRIBUTE, _ATTRIBUTE_LISTS)


def read_in_shop(source: Source) -> Catalogue:
    """Read the In-Shop benchmark: an item is a product, with its colour and description if there.

    Raises:
        DataError: a list or the photos are missing, or only downloaded in part.
        UsageError: columns are mapped, which this set has not.
    """
    folder = _checked(source)
    said = _descriptions(folder)
    items: dict[str, _Item] = {}
    for line, (photo, item_id, status) in _rows(folder, _PARTITION, 3):
        items.setdefault(item_id, _Item(line)).add(photo, status)

    def fields_of(item_id: str, item: _Item) -> dict[str, str]:
        about = said.get(item_id, {})
        words = about.get("description", "")
        text = " ".join(map(str, words)) if isinstance(words, list) else str(words)
        return {
            "description": text,
            "colour": str(about.get("color", "")),
            **_told_by_path(item.photos[0]),
        }

    boxes = read_boxes(folder, "list_bbox_inshop.txt")
    return _assembled("deepfashion-in-shop", source, items, boxes, fields_of)


def read_consumer_to_shop(source: Source) -> Catalogue:
    """Read the Consumer-to-Shop benchmark; a shopper's photos of an item have the role `query`.

    The part is kept in the role where it is not the test: `train-query`, `val-gallery`.

    Raises:
        DataError: a list or the photos are missing, or only downloaded in part.
        UsageError: columns are mapped, which this set has not.
    """
    folder = _checked(source)
    items: dict[str, _Item] = {}
    for line, (consumer, shop, item_id, status) in _rows(folder, _PARTITION, 4):
        part = "" if status == "test" else f"{status}-"
        item = items.setdefault(item_id, _Item(line))
        item.add(shop, f"{part}gallery")
        item.add(consumer, f"{part}query")
    boxes = read_boxes(folder, "list_bbox_consumer2shop.txt")
    return _assembled(
        "deepfashion-consumer-to-shop",
        source,
        items,
        boxes,
        lambda _item_id, item: _told_by_path(item.photos[0]),
    )


def read_category_attribute(source: Source) -> Catalogue:
    """Read the Category and Attribute benchmark: a photo is a product.

    `extra` has the `category` and, with commas, the `attributes`; the role is the part.

    Raises:
        DataError: a list or the photos are missing, or only downloaded in part.
        UsageError: columns are mapped, which this set has not.
    """
    folder = _checked(source)
    said = read_attribute_lists(folder)
    items = {
        photo: _Item(line, [photo], [status])
        for line, (photo, status) in _rows(folder, _PARTITION, 2)
    }
    extra = {
        photo: {
            "category": said.category_named(photo),
            "attributes": ", ".join(said.attributes_named(photo)),
        }
        for photo in items
    }
    boxes = read_boxes(folder, "list_bbox.txt")
    return _assembled(
        "deepfashion-attributes",
        source,
        items,
        boxes,
        lambda photo, _item: {"article_type": extra[photo]["category"]},
        extra,
    )


def _recognised(path: Path, head: tuple[str, ...], lists: Sequence[str]) -> bool:
    """By the partition; where that is missing or damaged by the other lists, so as to say it."""
    if not path.is_dir():
        return False
    partition = find_list(path, _PARTITION)
    found = head_of(partition) if partition else ()
    return found == head if found in _HEADS else any(find_list(path, name) for name in lists)


def _checked(source: Source) -> Path:
    if source.columns:
        raise UsageError(f"{source.path} has lists of its own; there are no columns to map")
    if not source.path.is_dir():
        raise DataError(f"{source.path} is no folder; give the one with Anno, Eval and Img")
    return source.path


def _rows(folder: Path, name: str, n_cells: int) -> Iterator[tuple[int, Sequence[str]]]:
    for line, cells in read_list(folder, name):
        if len(cells) != n_cells:
            raise DataError(f"{name}, line {line}: {n_cells} values are expected: {cells}")
        yield line, cells


def _assembled(
    format: str,
    source: Source,
    items: Mapping[str, _Item],
    boxes: Mapping[str, Box],
    fields_of: Callable[[str, _Item], dict[str, str]],
    extra: Mapping[str, Mapping[str, str]] | None = None,
) -> Catalogue:
    base = photos_folder(source.path, source.images)
    finder = PhotoFinder([base], source.within)
    assembly = Assembly(format, source, finder)
    for item_id, item in items.items():
        found: list[tuple[str, str, Box | None]] = []
        for photo, role in zip(item.photos, item.roles, strict=True):
            try:
                found.append((finder.find(photo), role, boxes.get(photo)))
            except DataError as error:  # NotFoundError is one
                assembly.fail(item.line, item_id, "image_link", str(error))
        more = {name: value for name, value in (extra or {}).get(item_id, {}).items() if value}
        if found:
            more["roles"] = " ".join(role for _, role, _ in found)
            if boxes:
                more["boxes"] = written([box for *_, box in found])
        fields = {"product_id": item_id, **fields_of(item_id, item)}
        assembly.add(Draft(item.line, fields, [path for path, *_ in found], more))
    return with_photos(assembly.catalogue(), base)


def _told_by_path(photo: str) -> dict[str, str]:
    """What folders say: `img/WOMEN/Blouses_Shirts/id_00000001/02_1_front.jpg`."""
    above = photo.split("/")[1:-2]
    words = [part.replace("_", " ") for part in above]
    told = {"product_type": " > ".join(words)}
    if above and above[0] in _WHOM:
        told["gender"] = _WHOM[above[0]]
    return told


def _descriptions(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    path = find_list(folder, "list_description_inshop.json")
    if path is None:
        return {}
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {str(row["item"]): row for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} is damaged ({error}); download it anew") from error
