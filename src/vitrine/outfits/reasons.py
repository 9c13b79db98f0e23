"""Why two pieces go together, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vitrine.outfits.relations import relation

if TYPE_CHECKING:
    from vitrine.outfits.compatibility import Compatibility
    from vitrine.outfits.pieces import Pieces

_OFTEN = 0.125
_ALIKE_PRICE = 0.5
_LOOKS = 0.4
_AGAINST = {"colours far apart", "many colours"}
"""Relations that speak against a pair."""
_COLOURS = {
    "light and dark neutrals": "light on dark",
    "a colour on a contrasting neutral": "a colour and a neutral, light on dark",
    "many colours and one": "many colours beside one",
}
"""Names of relations as a sentence has them, where they differ."""


def reason(compatibility: Compatibility, pieces: Pieces, row: int, other: int) -> str:
    """Say what speaks for a piece beside another, or what little is known of it.

    Args:
        compatibility: what the pair was scored by.
        pieces: where both stand.
        row: the piece.
        other: the one that it is put beside.
    """
    said = [*_of_kinds(compatibility, pieces, row, other), *_of_words(pieces, row, other)]
    said += _of_looks(compatibility, pieces, row, other)
    levels = pieces.price_levels[[row, other]]
    if abs(levels[0] - levels[1]) < _ALIKE_PRICE:
        said.append("of one price level")
    return "; ".join(said) or f"{pieces.slot(row)} beside {pieces.slot(other)}"


def _of_kinds(compatibility: Compatibility, pieces: Pieces, row: int, other: int) -> Iterator[str]:
    if compatibility.kinds[pieces.kinds[row], pieces.kinds[other]] > _OFTEN:
        yield f"often worn with {_many(pieces.kind(other))}"


def _of_words(pieces: Pieces, row: int, other: int) -> Iterator[str]:
    ours, theirs = (pieces.word("colour", each) for each in (row, other))
    harmony = relation("colour", ours, theirs) if ours and theirs else ""
    if harmony and harmony not in _AGAINST:
        harmony = _COLOURS.get(harmony, harmony)
        yield f"{ours.lower()} with {theirs.lower()}: {harmony}"
    patterns = [pieces.word("pattern", each) for each in (row, other)]
    if all(patterns) and relation("pattern", *patterns) == "pattern on plain":
        yield f"{patterns[0].lower()} beside {patterns[1].lower()}"
    same = [pieces.word(f, row) for f in ("usage", "season") if _same(pieces, f, row, other)]
    if same:
        yield f"both {', '.join(same).lower()}"


def _of_looks(compatibility: Compatibility, pieces: Pieces, row: int, other: int) -> Iterator[str]:
    worth = compatibility.looks[pieces.slots[row], pieces.slots[other]]
    if worth > 0 and pieces.looks[row] @ pieces.looks[other] > _LOOKS:
        yield "of one style"


def _same(pieces: Pieces, facet: str, row: int, other: int) -> bool:
    return pieces.word(facet, row) == pieces.word(facet, other) != ""


def _many(kind: str) -> str:
    """Say a kind in the plural.

    Example:
        >>> _many("dress"), _many("jeans"), _many("watch"), _many("jewellery")
        ('dresses', 'jeans', 'watches', 'jewellery')
    """
    if kind.endswith(("ss", "ch")):
        return f"{kind}es"
    return kind if kind.endswith(("s", "jewellery")) else f"{kind}s"
