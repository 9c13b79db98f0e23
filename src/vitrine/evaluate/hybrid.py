"""Protocol `hybrid`: a title, typed well or badly, against words alone and photos alone."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha1
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import words_of
from vitrine.errors import QueryError
from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.results import Result, mean_result, of_encoder
from vitrine.evaluate.shops import products_of, shop_of
from vitrine.evaluate.splits import is_for_choosing
from vitrine.index import snapshot
from vitrine.metrics import recall_at, reciprocal_rank
from vitrine.search import Said, match_words
from vitrine.store import open_sqlite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.encoders import TextEncoder
    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.shop import Shop
    from vitrine.types import Product

    Ask = Callable[[str], list[str]]
    """Words -> ids of the first ten hits."""

HYBRID = "hybrid"
BOTH, WORDS, PHOTOS = "hybrid", "words alone", "photos alone"
K = 10
_MOST_TITLES = 300
_SEED = 5
_LETTERS = 5
"""Of words that get a typo."""


def measure_hybrid(contestant: Contestant, examples: Examples, folder: Path) -> list[Result]:
    """Ask a real shop for titles; see `hybrid_results`."""
    return of_encoder(hybrid_results(contestant, examples.only(examples.main)), contestant.name)


def hybrid_results(contestant: Contestant, examples: Examples) -> list[Result]:
    """R@1, R@10 and MRR@10, a column for every way of searching; any product of the title is right.

    The shop says titles and attributes of all products, and then of half of them only, as feeds
    do; queries are titles as they are, and with one typo in every word of five letters or more.
    Weights were chosen on titles of the other half of the groups.

    Args:
        contestant: an encoder that understands words; another gives nothing.
        examples: main photos.
    """
    if contestant.text_encoder is None:
        return []
    rng = np.random.default_rng(_SEED)
    titled = [
        row
        for row in rng.permutation(np.flatnonzero(examples.titles != "")).tolist()
        if not is_for_choosing(str(examples.groups[row]))
    ][:_MOST_TITLES]
    typist = random.Random(_SEED)
    plain = [str(examples.titles[row]) for row in titled]
    typed = {"as written": plain, "with typos": [misspelt(title, typist) for title in plain]}
    said, bare = products_of(examples, said=True), products_of(examples, said=False)
    half = [b if _is_mute(b) else s for s, b in zip(said, bare, strict=True)]
    groups = codes_of(examples.groups)[titled]
    results: list[Result] = []
    with shop_of(contestant, examples, said=True) as shop:
        for feed, products in (("all say words", said), ("half say words", half)):
            shop.add(products, fetch=False)
            with _ways(shop, contestant.text_encoder) as ways:
                for (how, queries), (way, ask) in product(typed.items(), ways.items()):
                    right = _right(ask, queries, plain, examples)
                    measures = {
                        "R@1": recall_at(right, 1),
                        f"R@{K}": recall_at(right, K),
                        f"MRR@{K}": reciprocal_rank(right),
                    }
                    for name, values in measures.items():
                        measure = f"{feed}, {how}: {name}"
                        results.append(mean_result(HYBRID, measure, way, values, groups))
    return results


def misspelt(text: str, rng: random.Random) -> str:
    """Make one typo in every word of five letters or more: a letter less, more, other or swapped.

    Example:
        >>> misspelt("Navy striped shirt", random.Random(1))
        'Navy strizped shrt'
    """
    return " ".join(_edited(word, rng) if len(word) >= _LETTERS else word for word in text.split())


def _edited(word: str, rng: random.Random) -> str:
    kind, place, letter = (
        rng.randrange(4),
        rng.randrange(len(word) - 1),
        rng.choice(string.ascii_lowercase),
    )
    before, here, after = word[:place], word[place], word[place + 1 :]
    edits = (after, letter + here + after, letter + after, after[0] + here + after[1:])
    return before + edits[kind]


def _right(
    ask: Ask, queries: Sequence[str], titles: Sequence[str], examples: Examples
) -> NDArray[np.bool_]:
    """(queries, K) which hits have the title that was meant; none if a query cannot be read."""
    title_of = dict(zip(examples.product_ids.tolist(), map(_key, examples.titles), strict=True))
    right = np.zeros((len(queries), K), np.bool_)
    for row, (query, title) in enumerate(zip(queries, titles, strict=True)):
        try:
            found = ask(query)
        except QueryError:
            continue
        right[row, : len(found)] = [title_of[product_id] == _key(title) for product_id in found]
    return right


def _key(title: str) -> str:
    """The same for titles that differ in case, punctuation and plurals only."""
    return " ".join(words_of(str(title)))


def _is_mute(bare: Product) -> bool:
    return sha1(bare.product_id.encode(), usedforsecurity=False).digest()[0] % 2 == 0


@contextmanager
def _ways(shop: Shop, encoder: TextEncoder) -> Generator[Mapping[str, Ask]]:
    """The shop's own search, and its two halves."""
    store = open_sqlite(Path(shop.location))
    view = snapshot(store.rows())

    def both(text: str) -> list[str]:
        return [hit.product_id for hit in shop.search(text=text, k=K)]

    def words(text: str) -> list[str]:
        said = match_words(text, store, view, view.alive)
        return [candidate.product_id for candidate in Said(said).best(K)]

    def photos(text: str) -> list[str]:
        vector = encoder.embed_text([text])[0]
        return [found.product_id for found in view.nearest(vector, K, view.alive)]

    try:
        yield {BOTH: both, WORDS: words, PHOTOS: photos}
    finally:
        store.close()
