"""A folder of photos and nothing else: every photo is a product."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.photos import PhotoFinder, is_photo
from vitrine.errors import DataError, UsageError


def is_folder(path: Path) -> bool:
    """A folder with at least one photo, at any depth."""
    return path.is_dir() and any(_photos(path, lambda _error: None))


def read_folder(source: Source) -> Catalogue:
    """Take every photo as a product: its path without extension is the id, its name the title.

    Where two photos differ only in their extension, the later one (in alphabetical order)
    keeps it in its id. The sub-folders become the `product_type`. Hidden files are left alone.

    Raises:
        UsageError: `columns` or `images` is given, which only tables have.
        DataError: not a folder, or no photo in it.
    """
    if source.columns or source.images:
        raise UsageError(
            f"{source.path} is a folder of photos: there are no columns or images to map"
        )
    if not source.path.is_dir():
        raise DataError(f"{source.path} is no folder of photos")
    assembly = Assembly("folder", source, PhotoFinder([source.path], source.within))

    def unreadable(error: OSError) -> None:
        reason = f"cannot be read: {error.strerror or error}"
        assembly.fail(None, "", "", f"{_writable_path(error.filename)} {reason}")

    taken: set[str] = set()
    for relative in _photos(source.path, unreadable):
        if relative != _writable_path(relative):
            reason = "the file's name is not valid UTF-8; rename it"
            assembly.fail(None, _writable_path(relative), "image_link", reason)
            continue
        product_id = _unique(relative, taken)
        taken.add(product_id)
        assembly.add(_draft(source.path, relative, product_id))
    return assembly.catalogue()


def _photos(folder: Path, unreadable: Callable[[OSError], None]) -> Iterator[str]:
    """Yield the photos below a folder in a fixed order, as paths with slashes."""
    for here, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        below = Path(here).relative_to(folder)
        for name in sorted(files):
            if is_photo(name) and not _hidden(name):
                yield (below / name).as_posix()


def _hidden(name: str) -> bool:
    return name.startswith((".", "__MACOSX", "@eaDir"))


def _unique(relative: str, taken: set[str]) -> str:
    """The path without extension, or with it where that is taken, or numbered."""
    stem = os.path.splitext(relative)[0]
    for candidate in (stem, relative):
        if candidate not in taken:
            return candidate
    number = 2
    while f"{relative}-{number}" in taken:
        number += 1
    return f"{relative}-{number}"


def _draft(folder: Path, relative: str, product_id: str) -> Draft:
    *above, name = os.path.splitext(relative)[0].split("/")
    words = re.sub(r"[_\-\s.]+", " ", name).strip()
    fields = {
        "product_id": product_id,
        "title": words or name,
        "product_type": " > ".join(re.sub(r"[_\s]+", " ", part) for part in above),
    }
    return Draft(None, fields, [os.path.join(os.path.abspath(folder), relative)])


def _writable_path(path: str) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode()
