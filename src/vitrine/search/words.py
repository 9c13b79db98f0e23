"""Products by words: how much of what was asked do they say?"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vitrine.errors import QueryError

_WORD = re.compile(r"\w+")
_MOST_WORDS = 32


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A product and the query's words that it holds."""

    product_id: str
    score: float
    """0..1: the share of the query's words that match, rare words weighing more."""
    words: tuple[str, ...]


def match_words(
    text: str, find: Callable[[str], Mapping[str, float]], n_products: int
) -> list[WordMatch]:
    """Rank products by the share of words that they hold, then by BM25, then by id.

    Args:
        text: what the visitor typed; words beyond the 32nd are not read.
        find: word -> product_id -> BM25, higher is better.
        n_products: size of the shop, for how rare a word is.

    Raises:
        QueryError: the text holds no word.
    """
    words = list(dict.fromkeys(_WORD.findall(text.casefold())))[:_MOST_WORDS]
    if not words:
        raise QueryError(f"there is no word to search for in {text!r}")
    found = {word: find(word) for word in words}
    rarity = {word: math.log(1 + n_products / (1 + len(found[word]))) for word in words}
    whole = sum(rarity.values())
    holding: dict[str, list[str]] = {}
    for word in words:
        for product_id in found[word]:
            holding.setdefault(product_id, []).append(word)
    matches = [
        WordMatch(product_id, sum(rarity[w] for w in held) / whole, tuple(held))
        for product_id, held in holding.items()
    ]
    bm25 = {m.product_id: sum(found[w][m.product_id] for w in m.words) for m in matches}
    return sorted(matches, key=lambda m: (-m.score, -bm25[m.product_id], m.product_id))
