"""Photos that came in an archive, kept beside the shop under their own hash."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from vitrine.catalog import Catalogue
from vitrine.types import Product


class KeptPhotos:
    """A folder of photos, so that a shop can be moved to another encoder later.

    Args:
        folder: where they are; made when the first one comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        self._a_photo = re.compile(re.escape(str(folder)) + r"[\\/]\w{2}[\\/]\w+(\.\w+)?")

    def keep(self, catalogue: Catalogue, sent: Path, stop: Callable[[], bool]) -> Catalogue:
        """Keep the photos that a catalogue names inside the folder `sent`.

        The catalogue names those that are kept; a file elsewhere on this computer is dropped. Told
        to stop, it gives a catalogue of fewer products.
        """
        kept: dict[str, str] = {}
        products: list[Product] = []
        for product in catalogue:
            if stop():
                break
            for photo in product.photos:
                if photo not in kept and Path(photo).is_relative_to(sent):
                    kept[photo] = self._keep(Path(photo), sent)
            named = (kept.get(photo, photo) for photo in product.photos)
            photos = dict.fromkeys(p for p in named if p in self._names or _is_url(p))
            products.append(replace(product, photos=tuple(photos)))
        return replace(catalogue, products=products)

    def renamed(self, text: str) -> str:
        """The same text, in which photos have the names that they had in their archive."""
        return self._a_photo.sub(lambda found: self._names.get(found[0], "a photo"), text)

    def sweep(self, shown: Iterable[str]) -> None:
        """Remove photos that no product shows any more.

        They are told by their names alone, so that a shop may be moved together with them.
        """
        names = {Path(photo).name for photo in shown}
        for path in self._folder.glob("??/*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _keep(self, photo: Path, sent: Path) -> str:
        with photo.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        place = self._folder / sha256[:2] / f"{sha256}{photo.suffix.lower()}"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            _link(photo, place)
        self._names[str(place)] = photo.relative_to(sent).as_posix()
        return str(place)


def _link(photo: Path, place: Path) -> None:
    """One file under two names, or a copy where the disk knows no such thing."""
    draft = place.with_name(f".{place.name}")
    draft.unlink(missing_ok=True)
    try:
        os.link(photo, draft)
    except OSError:
        shutil.copyfile(photo, draft)
    draft.replace(place)


def _is_url(photo: str) -> bool:
    return photo.lower().startswith(("http://", "https://"))
