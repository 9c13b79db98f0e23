"""One word of a field into the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from vitrine.catalog.vocabulary import COLOUR_SHADES, NOTHING, WORDS

CHILDREN = frozenset({"newborn", "infant", "toddler", "kids"})
"""Age groups for which women and men are girls and boys."""


@lru_cache(maxsize=8192)
def translate(field: str, value: str) -> str:
    """Say `value` in the vocabulary; an unknown word comes back trimmed, as written.

    A word for "nothing said" (`NA`, `Unknown`) becomes the empty string.

    Example:
        >>> translate("gender", "Female"), translate("article_type", "T-shirt")
        ('women', 'Tshirts')
        >>> translate("colour", "navy"), translate("colour", " Heliotrope ")
        ('Navy Blue', 'Heliotrope')
    """
    word = value.strip()
    if not word or field not in WORDS:
        return word
    words = _meanings(field)
    for candidate in _candidates(field, word):
        if candidate in words:
            return words[candidate]
    return word


def person(gender: str, age_group: str) -> str:
    """Join a gender and an age group, both translated, into one gender.

    Example:
        >>> person("women", "kids"), person("men", "adult")
        ('girls', 'men')
    """
    if age_group in CHILDREN:
        return {"women": "girls", "men": "boys"}.get(gender, gender)
    return gender


@lru_cache(maxsize=len(WORDS))
def _meanings(field: str) -> Mapping[str, str]:
    meanings = {_squeeze(word): "" for word in NOTHING.split(",")}
    for ours, theirs in WORDS[field].items():
        meanings.update({_squeeze(word): ours for word in (ours, *theirs.split(","))})
    return meanings


def _squeeze(word: str) -> str:
    """Leave letters and digits; "off-white", "Off White" and "offwhite" are one word."""
    return "".join(filter(str.isalnum, word.casefold())) or word.strip()


def _candidates(field: str, word: str) -> Iterator[str]:
    """Spellings to look up, the surest first."""
    key = _squeeze(word)
    yield key
    if field == "article_type":
        yield from (key + "s", key + "es", key.removesuffix("s"))
    if field == "colour":
        main = _squeeze(word.split("/")[0])  # Google writes the main colour first: Red/Green
        yield main
        yield from (main.removeprefix(shade) for shade in COLOUR_SHADES.split())
