"""Garments of a photo on a terminal, and one of them as the part to search by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.cli.output import airy_table, cell, console, print_json, say
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vitrine.search import Box
    from vitrine.shop import Garment, Shop


def only_photo(asked: Mapping[str, Any]) -> Path:
    """The one photo on which garments are looked for.

    Raises:
        UsageError: there is none, or several, or a part of it was chosen already.
    """
    images: Sequence[Path] = asked["image"] or ()
    if len(images) != 1:
        raise UsageError(f"garments are found on one photo: give --image once, not {len(images)}")
    if asked["crop"] is not None:
        raise UsageError("--crop and --garment both choose a part of the photo; leave one out")
    return images[0]


def list_garments(shop: Shop, photo: Path, *, as_json: bool) -> None:
    """Print the garments of a photo, numbered for --garment."""
    found = shop.find_garments(photo)
    if as_json:
        print_json({"garments": [each.to_json() for each in found]})
    elif not found:
        say(f"no garment is to be seen on {photo}")
    else:
        _print_table(found)


def box_of(shop: Shop, photo: Path, number: int) -> Box:
    """The box of a garment by its number in the list.

    Raises:
        UsageError: there are fewer.
    """
    found = shop.find_garments(photo)
    if not 1 <= number <= len(found):
        known = f"1 to {len(found)}" if found else "none at all"
        raise UsageError(f"--garment {number}: {photo} shows {known}; --garments lists them")
    return found[number - 1].box


def _print_table(found: Sequence[Garment]) -> None:
    table = airy_table("#", "score", "kind", "article type", "crop")
    for number, garment in enumerate(found, 1):
        tag = garment.article_type
        named = f"{tag.value} {tag.confidence:.0%}" if tag else ""
        crop = ",".join(f"{side:.2f}" for side in garment.box.sides)
        shown = (str(number), f"{garment.score:.2f}", garment.kind, named, crop)
        table.add_row(*map(cell, shown))
    console().print(table)
