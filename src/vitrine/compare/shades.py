"""Colours of listings as bits: words of our vocabulary, and the families they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from vitrine.catalog import translate
from vitrine.colours import COLOUR_NAMES

_FAMILIES = (
    ("Black", "Charcoal"),
    ("White", "Off White", "Cream"),
    ("Grey", "Grey Melange", "Charcoal", "Silver", "Steel", "Metallic"),
    ("Blue", "Navy Blue", "Teal", "Turquoise Blue"),
    ("Brown", "Coffee Brown", "Mushroom Brown", "Tan", "Khaki", "Bronze", "Copper", "Rust"),
    ("Beige", "Cream", "Nude", "Skin", "Taupe", "Tan", "Khaki", "Off White"),
    ("Green", "Olive", "Sea Green", "Lime Green", "Fluorescent Green", "Khaki", "Teal"),
    ("Red", "Maroon", "Burgundy", "Rust"),
    ("Pink", "Rose", "Peach", "Magenta", "Mauve"),
    ("Purple", "Lavender", "Mauve", "Magenta", "Burgundy"),
    ("Yellow", "Mustard", "Gold"),
    ("Orange", "Peach", "Rust"),
)
_NO_COLOUR = ("Multi", "")
_CLOTHS = frozenset({"denim"})
"""Colours in our vocabulary, but cloths in titles."""
_KNOWN = (*COLOUR_NAMES, "Grey Melange", "Mushroom Brown", "Metallic")


def shades_of(colour: str, terms: Sequence[str]) -> tuple[int, int, frozenset[str]]:
    """Read the colours that a listing names.

    Args:
        colour: its field; a word that is not ours counts for the one that it ends in.
        terms: of its title.

    Returns:
        Bits of the colours, bits of their families, and the title's terms that name colours.

    Example:
        >>> navy, blue = shades_of("dknavy", ()), shades_of("", ("sky", "blue", "shirt"))
        >>> navy[0] & blue[0], navy[1] & blue[1] > 0, sorted(blue[2])
        (0, True, ['blue', 'sky'])
    """
    names = {_named(colour)} if colour else set[str]()
    said: set[str] = set()
    row = 0
    while row < len(terms):
        for n_words in (2, 1):
            phrase = terms[row : row + n_words]
            if len(phrase) < n_words or _CLOTHS.issuperset(phrase):
                continue
            if name := _exactly(" ".join(phrase)):
                names.add(name)
                said.update(phrase)
                row += n_words - 1
                break
        row += 1
    names -= {*_NO_COLOUR}
    return _bits(names), _family_bits(names), frozenset(said)


def squeezed(colour: str) -> str:
    """Leave a name's letters; the empty string for one that says no single colour."""
    return "" if colour in _NO_COLOUR else "".join(filter(str.isalpha, colour.casefold()))


@lru_cache(maxsize=10_000)
def _exactly(word: str) -> str:
    name = translate("colour", word)
    return name if name in _KNOWN or name == "Multi" else ""


@lru_cache(maxsize=10_000)
def _named(written: str) -> str:
    """Our word for a colour; of a made-up one ("panettonemidblue") the word that it ends in."""
    if name := _exactly(written):
        return name
    letters = squeezed(written)
    for start in range(1, len(letters) - 2):
        if name := _exactly(letters[start:]):
            return name
    for end in range(len(letters) - 1, 2, -1):
        if name := _exactly(letters[:end]):
            return name
    return ""


@cache
def _bit(name: str) -> int:
    return 1 << _KNOWN.index(name)


def _bits(names: set[str]) -> int:
    return sum(_bit(name) for name in names)


def _family_bits(names: set[str]) -> int:
    return sum(1 << n for n, family in enumerate(_FAMILIES) if names.intersection(family))
