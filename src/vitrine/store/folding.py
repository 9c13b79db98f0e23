"""Text to terms: the one rule by which products are indexed and queries are read."""

# Letters of several scripts look alike, and are what this file is about.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

_LONGEST = 64  # characters of a term; what follows is not read
_TSHIRT = re.compile(r"\bt[- ]?shirt")
_INITIALS = re.compile(r"(?<!\w)([^\W\d_])[.&](?=[^\W\d_](?!\w))")
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s(?!\w)")
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai to Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+)"  # Han, Hangul
)
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_ARABIC = re.compile("[\u0620-\u06ff]+")

_MARKS = ("COMBINING", "ARABIC", "HEBREW", "VARIATION SELECTOR")
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
_OWN_LETTERS = "йўї"  # accents to Unicode, letters to their readers
_PLAIN = {
    **{"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"},
    **{"ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ٱ": "ا", "ـ": ""},
}
_IRREGULAR = {"men": "man", "women": "woman", "children": "child", "scarve": "scarf"}


class Piece(NamedTuple):
    """A word, or the part of one that is written in one kind of script."""

    written: str
    """As the text has it, in lower case."""
    plain: str
    """Without accents."""
    folded: str
    """What is compared: no accents, no plural."""
    spaced: bool
    """Whether its script puts spaces between words; else `written` and `folded` run in parallel."""


def pieces(text: str) -> Iterator[Piece]:
    """Read a text word by word.

    Example:
        >>> [piece.folded for piece in pieces("Women's T-Shirts, RAYÉES; 連衣裙xl")]
        ['woman', 'tshirt', 'rayee', '連衣裙', 'xl']
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _POSSESSIVE.sub("", _INITIALS.sub(r"\1", _TSHIRT.sub("tshirt", text)))
    for word in text.translate(_WORDS).split():
        yield from _pieces_of(word)


def terms(text: str) -> list[str]:
    """Give what a text is indexed by: words, and pairs of characters where no spaces are written.

    The last character of such a run stands alone too, so that each character begins a term.

    Example:
        >>> terms("Red shoes 連衣裙")
        ['red', 'shoe', '連衣', '衣裙', '裙']
    """
    found: list[str] = []
    for piece in pieces(text):
        found += [piece.folded] if piece.spaced else [*pairs(piece.folded), piece.folded[-1]]
    return found


def pairs(run: str) -> list[str]:
    """Each two neighbours of a run of characters; none in a run of one."""
    return [run[n : n + 2] for n in range(len(run) - 1)]


def trigrams(word: str) -> list[str]:
    """Each three neighbours of a word and its ends, no trigram twice.

    Example:
        >>> trigrams("hat")
        ['  h', ' ha', 'hat', 'at ']
    """
    marked = f"  {word} "
    return list(dict.fromkeys(marked[n : n + 3] for n in range(len(marked) - 2)))


def has_spelling(term: str) -> bool:
    """Whether a term can be misspelt: numbers, article codes and pairs of characters cannot."""
    return len(term) > 2 and not any(map(str.isdigit, term))


@lru_cache(maxsize=50_000)
def _pieces_of(word: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for n, part in enumerate(_UNSPACED.split(word)):
        spaced = n % 2 == 0
        plain = part.translate(_LETTERS)
        folded = _without_ending(plain[:_LONGEST]) if spaced else plain
        if folded:
            found.append(Piece(part, plain, folded, spaced))
    return tuple(found)


def _without_ending(word: str) -> str:
    if _CYRILLIC.fullmatch(word):
        return _at_least_three(word.rstrip("аеєёиіїоуыэюяйь"), word)
    if _ARABIC.fullmatch(word):
        bare = _at_least_three(word.removeprefix("ال"), word)
        return _at_least_three(bare.removesuffix("ات").removesuffix("ه"), bare)
    return _singular(word)


def _at_least_three(short: str, whole: str) -> str:
    return short if len(short) > 2 else whole


def _singular(word: str) -> str:
    """Drop the s of plurals as the tokenizer of our encoders does; go on to -es, -ies and a few."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith(("che", "she", "sse", "xe", "ze")):
        word = word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        word = word[:-2] + "y"
    return _IRREGULAR.get(word, word)


class _Table(dict[int, str]):
    """For `str.translate`: works a character out when it is first met."""

    def __init__(self, work_out: Callable[[str], str]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, code: int) -> str:
        found = self._work_out(chr(code))
        if code < 0x10000:  # a bound on what strange texts can make us remember
            self[code] = found
        return found


def _written(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] in "LN" or category in ("Mn", "Mc"):
        return char
    joins = category in ("Cf", "Me") and char != "\u200b"  # U+200B is a space without width
    return "" if joins else " "


def _letter(char: str) -> str:
    name = unicodedata.name(char, "")
    if unicodedata.category(char)[0] == "M":
        return "" if name.startswith(_MARKS) else char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if name.startswith("KATAKANA LETTER") and "\u30a1" <= char <= "\u30f6":
        return chr(ord(char) - 0x60)  # the same syllable in hiragana
    if name.startswith(_ACCENTED) and char not in _OWN_LETTERS:
        bare = unicodedata.normalize("NFD", char)
        return "".join(_PLAIN.get(c, c) for c in bare if not unicodedata.combining(c))
    return char


_WORDS, _LETTERS = _Table(_written), _Table(_letter)
