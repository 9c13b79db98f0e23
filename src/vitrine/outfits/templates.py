"""Which slots an outfit is made of."""

from __future__ import annotations

from collections.abc import Collection

from vitrine.errors import UsageError, unknown
from vitrine.outfits.slots import SLOTS

_SEPARATES = ("top", "bottom", "shoes")
_WITH_DRESS = ("dress", "shoes")
_EXTRAS = ("outerwear", "bag", "jewellery", "watch", "eyewear", "belt", "scarf", "headwear")
_NOT_IN_SUMMER = {"outerwear", "scarf"}
_NOT_IN_WINTER = {"eyewear"}
_WITHOUT_DRESSES = {"men", "boys"}


def templates(kept: Collection[str], gender: str = "") -> tuple[tuple[str, ...], ...]:
    """Say which slots must be filled, one line for each kind of outfit that can be made.

    Args:
        kept: slots of the pieces that are there already.
        gender: whom the outfit is for, where that is known.

    Example:
        >>> templates(["bag"]), templates(["skirt", "bag", "top"])
        ((('top', 'bottom', 'shoes'), ('dress', 'shoes')), (('top', 'bottom', 'shoes'),))
    """
    if "dress" in kept:
        return (_WITH_DRESS,)
    if "top" in kept or "bottom" in kept or gender in _WITHOUT_DRESSES:
        return (_SEPARATES,)
    return (_SEPARATES, _WITH_DRESS)


def extras(season: str = "") -> tuple[str, ...]:
    """Slots that may be filled too, where something goes well with the rest."""
    left_out = {"Summer": _NOT_IN_SUMMER, "Winter": _NOT_IN_WINTER}.get(season, set())
    return tuple(slot for slot in _EXTRAS if slot not in left_out)


def named_slots(names: Collection[str]) -> tuple[str, ...]:
    """Slots as somebody wrote them.

    Raises:
        UsageError: there is no such slot.
    """
    for name in names:
        if name not in SLOTS:
            raise UsageError(unknown("slot", name, SLOTS))
    return tuple(slot for slot in SLOTS if slot in names)
