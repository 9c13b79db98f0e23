"""How two words of one field go together: navy beside off-white, sports beside formal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from math import atan2, degrees, dist, hypot
from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog.vocabulary import WORDS
from vitrine.colours import lab_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACETS = ("colour", "pattern", "season", "usage", "gender")
"""Fields of a product that a pairing is judged by."""

UNKNOWN = -1

_ALIKE = 8.0
_NEUTRAL_CHROMA = 14.0
_CONTRAST = 35.0
_NEIGHBOURS, _OPPOSITES = 45.0, 150.0
_PLAIN = {"Solid", "Melange", "Denim", "Washed", "Textured", "Sheer", "Jacquard", "Embroidered"}
_NEAR_USAGES = (
    {"Casual", "Travel", "Home"},
    {"Casual", "Smart Casual"},
    {"Formal", "Smart Casual"},
    {"Formal", "Party"},
    {"Party", "Ethnic"},
    {"Casual", "Sports"},
)
_NEAR_SEASONS = ({"Fall", "Winter"}, {"Spring", "Summer"}, {"Spring", "Fall"})


@cache
def words_of(facet: str) -> tuple[str, ...]:
    """The vocabulary's words of a facet, in the order of their codes."""
    return tuple(word for word in WORDS[facet] if word)


@cache
def code_of(facet: str, word: str) -> int:
    """Position of a word in `words_of`; UNKNOWN where the vocabulary has no such word."""
    return words_of(facet).index(word) if word in words_of(facet) else UNKNOWN


def relation(facet: str, first: str, second: str) -> str:
    """Name what two words of a facet are to each other; empty where nothing can be said.

    Example:
        >>> relation("colour", "Navy Blue", "Off White"), relation("usage", "Formal", "Sports")
        ('light and dark neutrals', 'different')
    """
    return _RELATIONS[facet](first, second)


@cache
def relation_table(facet: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """All relations of a facet, and which one holds between every two words.

    Returns:
        Names, and (n_words + 1, n_words + 1) positions in them or UNKNOWN; the last row and
        column, where the code UNKNOWN leads, are UNKNOWN throughout.
    """
    words = words_of(facet)
    found = [relation(facet, first, second) for first, second in product(words, words)]
    names = tuple(sorted({name for name in found if name}))
    codes = np.array([names.index(name) if name else UNKNOWN for name in found], np.int64)
    table = codes.reshape(len(words), len(words))
    return names, np.pad(table, (0, 1), constant_values=UNKNOWN)


def weight_table(facet: str, weights: Mapping[str, float]) -> NDArray[np.float32]:
    """What each two words of a facet add to the logit of a pair, (n_words + 1, n_words + 1)."""
    names, table = relation_table(facet)
    values = np.array([*(weights.get(name, 0.0) for name in names), 0.0], np.float32)
    return values[table]


def _colours(first: str, second: str) -> str:
    if "Multi" in (first, second):
        return "many colours" if first == second else "many colours and one"
    a, b = lab_of(first), lab_of(second)
    if a is None or b is None:
        return "tone on tone" if first == second else ""
    if dist(a, b) < _ALIKE:
        return "tone on tone"
    quiet = [hypot(*lab[1:]) < _NEUTRAL_CHROMA for lab in (a, b)]
    contrast = abs(a[0] - b[0]) > _CONTRAST
    if all(quiet):
        return "light and dark neutrals" if contrast else "neutrals"
    if any(quiet):
        return "a colour on a contrasting neutral" if contrast else "a colour and a neutral"
    turn = abs(degrees(atan2(a[2], a[1]) - atan2(b[2], b[1]))) % 360
    angle = min(turn, 360 - turn)
    if angle < _NEIGHBOURS:
        return "neighbouring colours"
    return "opposite colours" if angle > _OPPOSITES else "colours far apart"


def _patterns(first: str, second: str) -> str:
    plain = [word in _PLAIN for word in (first, second)]
    if all(plain):
        return "both plain"
    if any(plain):
        return "pattern on plain"
    return "same pattern" if first == second else "two patterns"


def _near(groups: Sequence[set[str]]) -> Callable[[str, str], str]:
    def compare(first: str, second: str) -> str:
        if first == second:
            return "same"
        return "near" if any({first, second} <= group for group in groups) else "different"

    return compare


def _genders(first: str, second: str) -> str:
    if "unisex" in (first, second):
        return "for everyone"
    return "same" if first == second else "different"


_RELATIONS: Mapping[str, Callable[[str, str], str]] = {
    "colour": _colours,
    "pattern": _patterns,
    "season": _near(_NEAR_SEASONS),
    "usage": _near(_NEAR_USAGES),
    "gender": _genders,
}
