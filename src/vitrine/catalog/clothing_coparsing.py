"""*Clothing Co-Parsing*, street photos: `photos/`, `annotations/` and `label_list.mat`.

https://github.com/bearpaw/clothing-co-parsing (Yang, Luo, Lin 2014). `annotations/pixel-level/` has
a class for every pixel (`groundtruth`), `annotations/image-level/` the `tags` of other photos. The
same with `labels.csv`, `images/` and masks as `masks/{id}.png` reads too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.lists import photos_beside, with_photos
from vitrine.catalog.matlab import read_array
from vitrine.catalog.photos import PhotoFinder
from vitrine.catalog.tables import Row, read_table
from vitrine.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEADER = frozenset({"id", "tags"})
_NO_GARMENTS = frozenset({"", "null", "hair", "skin"})
_NAMES = "label_list.mat"
_LEVELS = {"pixel-level": "groundtruth", "image-level": "tags"}
"""Folder of `annotations/` -> the array in each of its files."""


def is_clothing_coparsing(path: Path) -> bool:
    """A folder with `annotations/pixel-level/`, or with `labels.csv` (id, tags) and `masks/`."""
    if any((path / "annotations" / level).is_dir() for level in _LEVELS):
        return True
    table = _table_of(path)
    header = frozenset(map(squeeze, read_header(table)))
    return header == _HEADER and (table.parent / "masks").is_dir()


def read_clothing_coparsing(source: Source) -> Catalogue:
    """Read the set; `extra` has the `garments` (with commas) and the path of the `mask`.

    A mask, read by `read_mask`, has one class number per pixel of the original photo, 0 where
    there is neither person nor garment.

    Raises:
        DataError: annotations, their names or the photos are missing.
        UsageError: columns are mapped, and the set has no table.
    """
    if (source.path / "annotations").is_dir():
        return _read_official(source)
    path = _table_of(source.path)
    if not path.is_file():
        raise DataError(
            f"{source.path} holds no labels.csv and no annotations/; read as clothing-coparsing it "
            "needs one of them"
        )
    images = photos_beside(source, path)
    masks = {mask.stem: str(mask.absolute()) for mask in (path.parent / "masks").glob("*.png")}

    def refine(draft: Draft, row: Row) -> None:
        look = draft.fields.get("product_id", "").strip()
        tags = [tag.strip() for tag in str(row.cells.get("tags", "")).split("|")]
        draft.extra = _extra(tags, masks.get(look, ""))
        draft.photos[:] = [look] if images and look else []

    here = replace(source, path=path, images=images)
    table = read_delimited(path)
    return read_table(here, "clothing-coparsing", table, {"product_id": "id"}, refine)


def read_mask(path: str) -> NDArray[np.uint8]:
    """Read a mask, (height, width) of class numbers, from PNG or MATLAB's format.

    Raises:
        DataError: the file is missing or no mask.
    """
    import numpy as np
    from PIL import Image

    if path.endswith(".mat"):
        return read_array(Path(path), "groundtruth").astype(np.uint8)
    try:
        with Image.open(path, formats=["PNG"]) as mask:
            return np.asarray(mask)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{path} is no mask ({error}); download it anew") from error


def _read_official(source: Source) -> Catalogue:
    if source.columns:
        raise UsageError(f"{source.path} has a layout of its own; there are no columns to map")
    names = [str(name.item()) for name in read_array(source.path / _NAMES, "label_list").ravel()]
    images = photos_beside(source, source.path / "annotations", ("photos",))
    finder = PhotoFinder([images] if images else [], source.within)
    assembly = Assembly("clothing-coparsing", source, finder)
    for level, array in _LEVELS.items():
        notes = sorted((source.path / "annotations" / level).glob("*.mat"))
        if not notes:
            raise DataError(
                f"{source.path / 'annotations' / level} is missing or empty: the set was only "
                "downloaded in part"
            )
        for note in notes:
            try:
                tags = _tags(note, array, names)
            except DataError as error:
                assembly.fail(None, note.stem, "tags", str(error))
                continue
            mask = str(note.absolute()) if level == "pixel-level" else ""
            fields = {"product_id": note.stem}
            assembly.add(Draft(None, fields, [note.stem], _extra(tags, mask)))
    return with_photos(assembly.catalogue(), images or source.path)


def _tags(note: Path, array: str, names: Sequence[str]) -> list[str]:
    import numpy as np

    numbers: list[int] = np.unique(read_array(note, array)).astype(int).tolist()
    if numbers and not 0 <= numbers[0] <= numbers[-1] < len(names):
        raise DataError(f"{note} has the class {numbers[-1]}, and {_NAMES} names {len(names)}")
    return [names[number] for number in numbers]


def _extra(tags: Sequence[str], mask: str) -> dict[str, str]:
    said = {"garments": ", ".join(tag for tag in tags if tag not in _NO_GARMENTS), "mask": mask}
    return {name: value for name, value in said.items() if value}


def _table_of(path: Path) -> Path:
    return path / "labels.csv" if path.is_dir() else path
