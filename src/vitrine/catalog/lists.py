"""DeepFashion's text lists (a count, a line of names, one row a line), and sets without photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from vitrine.errors import DataError

if TYPE_CHECKING:
    from vitrine.catalog.catalogue import Catalogue, Source

_FOLDERS = ("", "Eval", "Anno", "Anno_coarse", "Anno/segmentation")

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the photo."""


def find_list(folder: Path, name: str) -> Path | None:
    """A list of a set, wherever its archives were unpacked to."""
    return next((path for at in _FOLDERS if (path := folder / at / name).is_file()), None)


def head_of(path: Path) -> tuple[str, ...]:
    """The names in the second line; empty where the file is no such list."""
    try:
        with path.open(encoding="utf-8") as lines:
            count, names = lines.readline(), lines.readline()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(names.split()) if count.strip().isdecimal() else ()


def read_list(folder: Path, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield line number and cells of every row.

    Raises:
        DataError: the list is missing, is none, or ends before its own count.
    """
    path = find_list(folder, name)
    if path is None:
        raise DataError(
            f"{folder} holds no {name}: this set is downloaded in parts; "
            f"put {name} into {folder / 'Eval'} or {folder / 'Anno'}"
        )
    if not head_of(path):
        raise DataError(f"{path} does not begin with a count and a line of names; download it anew")
    with path.open(encoding="utf-8") as lines:
        wanted = int(lines.readline())
        lines.readline()
        n_rows = 0
        for number, line in enumerate(lines, start=3):
            if cells := line.split():
                n_rows += 1
                yield number, cells
    if n_rows != wanted:
        raise DataError(
            f"{path} says that it has {wanted:,} rows and has {n_rows:,}: it was only downloaded "
            "in part; download it anew"
        )


def read_boxes(folder: Path, name: str) -> Mapping[str, Box]:
    """Photo -> box, from a list whose last four columns are a box; empty without that list.

    Raises:
        DataError: the list is damaged.
    """
    if find_list(folder, name) is None:
        return {}
    boxes: dict[str, Box] = {}
    for number, cells in read_list(folder, name):
        try:
            left, top, right, bottom = map(int, cells[-4:])
        except ValueError as error:
            raise DataError(f"{name}, line {number}: no box in {' '.join(cells)!r}") from error
        boxes[cells[0]] = left, top, right, bottom
    return boxes


def photos_folder(folder: Path, given: Path | None, needs: str = "img") -> Path:
    """The folder that the lists' paths start at.

    Args:
        folder: of the set.
        given: the user's own.
        needs: the folder that every path begins with.

    Raises:
        DataError: the photos are not there.
    """
    for base in (given,) if given else (folder / "Img", folder):
        if base and (base / needs).is_dir():
            return base
    raise DataError(
        f"{folder} holds lists but no photos: unpack {needs}.zip into {folder / 'Img'}, "
        "or say where its photos are: --images FOLDER"
    )


def photos_beside(source: Source, table: Path, names: Sequence[str] = ("images",)) -> Path | None:
    """The folder of photos of a set with a table; None where the table alone was given.

    Args:
        source: the set's folder, or its table.
        table: the table.
        names: folders beside it that may hold the photos, the usual one first.

    Raises:
        DataError: a folder was given that holds no photos.
    """
    folders = [source.images] if source.images else [table.parent / name for name in names]
    found = next((folder for folder in folders if folder.is_dir()), source.images)
    if found is None and source.path.is_dir():
        raise DataError(
            f"{source.path} has {table.name} but no photos: unpack them into {folders[0]}, "
            "or say where its photos are: --images FOLDER"
        )
    return found


def with_photos(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue, if at least one of its photos is there.

    Raises:
        DataError: not a single photo was found in the folder.
    """
    if not any(product.photos for product in catalogue):
        raise DataError(
            f"none of the photos of {len(catalogue):,} products is in {folder}: unpack the set's "
            "photos there, or say where they are: --images FOLDER"
        )
    return catalogue


def written(boxes: Sequence[Box | None]) -> str:
    """Boxes as a product's `boxes` has them: one a photo, `-` for the whole photo."""
    return " ".join("-" if box is None else ",".join(map(str, box)) for box in boxes)
