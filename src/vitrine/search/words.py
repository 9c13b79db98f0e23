"""Products by words: how much of what was asked do they say?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import QueryError
from vitrine.search.spelling import corrections
from vitrine.store import Piece, Store, TermRows, has_spelling, pairs, pieces, texts_of

if TYPE_CHECKING:
    from vitrine.index import Snapshot
    from vitrine.types import Product, Rows

_MOST_CHARACTERS = 2000
_MOST_WORDS = 32
_SHORT = 3  # characters below which a word is taken for the beginning of one
_BEGINNING = 0.5  # what a product is worth that says a longer word than the one asked
_CANDIDATES = 100  # words compared letter by letter with one that nobody says
_SHOWN = 80  # characters of a query in a message


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A product and what it holds of the query."""

    product_id: str
    score: float
    """0..1: the share of the query's words that match, rare words weighing more."""
    words: tuple[str, ...]
    """Folded words that found it; `xl*` stands for any word that begins so. See `words_said`."""


@dataclass(frozen=True, slots=True)
class WordMatches(Sequence[WordMatch]):
    """Products that hold a word of the query, best first; each is worked out when it is read."""

    view: Snapshot
    rows: Rows
    """Of the products in the view, best first."""
    scores: NDArray[np.float64]
    """(n_product_rows,)"""
    holders: Sequence[tuple[str, NDArray[np.bool_]]]
    """Of each folded word, (n_product_rows,) which products hold it."""
    shares: NDArray[np.float64]
    """(n_product_rows,) as the scores, but a corrected word counts in full."""
    corrected: Mapping[str, str]
    """Word of the query -> what it was taken for."""

    @property
    def matching(self) -> NDArray[np.bool_]:
        """(n_product_rows,) every product that matches."""
        mask = np.zeros(len(self.scores), np.bool_)
        mask[self.rows] = True
        return mask

    def __len__(self) -> int:
        """How many products match."""
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> WordMatch: ...
    @overload
    def __getitem__(self, index: slice) -> list[WordMatch]: ...
    def __getitem__(self, index: int | slice) -> WordMatch | list[WordMatch]:
        """Give the match at a rank, or those of a range."""
        if isinstance(index, slice):
            return [self._match(row) for row in self.rows[index].tolist()]
        return self._match(int(self.rows[index]))

    def _match(self, row: int) -> WordMatch:
        words = tuple(word for word, holds in self.holders if holds[row])
        return WordMatch(self.view.product_ids[row], float(self.scores[row]), words)


def match_words(text: str, store: Store, view: Snapshot, among: NDArray[np.bool_]) -> WordMatches:
    """Rank products by the share of words that they hold, then by BM25, then by id.

    A word that nobody says stands for those spelled most like it; a product that says one of them
    is worth less than it would be by the word itself.

    Args:
        text: what the visitor typed; of a long text the first 32 words.
        store: whose words are searched.
        view: of that store; what was added since is not found.
        among: (n_product_rows,) products that may be found.

    Raises:
        QueryError: the text holds no word.
    """
    places = _places(view)
    scores, bm25, whole = np.zeros(len(among)), np.zeros(len(among)), 0.0
    shares = np.zeros(len(among))
    holders: list[tuple[str, NDArray[np.bool_]]] = []
    corrected: dict[str, str] = {}
    for word in _words_of(text):
        worth, share = np.zeros(len(among)), np.zeros(len(among))
        for term, found in _lookups(word, store):
            rows, ranks = _seen(found, places)
            worth[rows] = np.maximum(worth[rows], term.worth)
            share[rows] = np.maximum(share[rows], 1.0 if term.corrects else term.worth)
            if term.corrects:
                corrected.setdefault(word.written, term.text)
            bm25[rows] += term.worth * ranks
            holds = np.zeros(len(among), np.bool_)
            holds[rows] = True
            holders.append((term.text + "*" * term.prefix, holds))
        rarity = math.log(1 + view.n_products / (1 + np.count_nonzero(worth)))
        scores += rarity * worth
        shares += rarity * share
        whole += rarity
    rows = np.flatnonzero((scores > 0) & among)
    ids = np.array([view.product_ids[row] for row in rows.tolist()], np.str_)
    order = np.lexsort((ids, -bm25[rows], -scores[rows]))
    whole = whole or 1.0
    return WordMatches(view, rows[order], scores / whole, holders, shares / whole, corrected)


def with_corrections(text: str, corrected: Mapping[str, str]) -> str:
    """The text with words replaced, whatever their case.

    Example:
        >>> with_corrections("Blue JENAS, jenasy", {"jenas": "jeans"})
        'Blue jeans, jenasy'
    """
    for written, meant in corrected.items():
        text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", meant, text, flags=re.IGNORECASE)
    return text


def words_said(product: Product, words: Sequence[str]) -> list[str]:
    """Name the product's own words by which `WordMatch.words` found it, as it spells them.

    In lower case and in the order in which the product says them; of several forms of a word only
    the first.
    """
    beginnings = tuple(word[:-1] for word in words if word.endswith("*"))
    whole = {word for word in words if not word.endswith("*")}
    said: dict[str, str] = {}
    for piece in chain.from_iterable(map(pieces, texts_of(product).values())):
        for word, written in _said(piece, whole, beginnings):
            said.setdefault(word, written)
    return list(said.values())


@dataclass(frozen=True, slots=True)
class _Term:
    """What is looked up for a word of a query."""

    text: str
    prefix: bool = False
    worth: float = 1.0
    """0..1: how much it is what was asked."""
    corrects: bool = False
    """Whether it stands for a word that nobody says."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a query."""

    terms: tuple[_Term, ...]
    """What it is first looked up by."""
    spellings: tuple[str, ...] = ()
    """What is compared with the shop's words if nobody says it: a typo may hide its plural."""
    written: str = ""
    """As the query has it, in lower case."""


def _words_of(text: str) -> list[_Word]:
    found = (word for piece in pieces(text[:_MOST_CHARACTERS]) for word in _words_in(piece))
    words = list({word.terms: word for word in found}.values())[:_MOST_WORDS]
    if not words:
        raise QueryError(f"there is no word to search for in {text[:_SHOWN]!r}")
    return words


def _words_in(piece: Piece) -> list[_Word]:
    text = piece.folded
    if not piece.spaced:
        alone = _Word((_Term(text, prefix=True),))
        return [_Word((_Term(pair),)) for pair in pairs(text)] or [alone]
    if len(text) < _SHORT:
        return [_Word((_Term(text), _Term(text, prefix=True, worth=_BEGINNING)))]
    spellings = (text, piece.plain) if has_spelling(text) else ()
    return [_Word((_Term(text),), spellings, piece.written)]


def _lookups(word: _Word, store: Store) -> Iterator[tuple[_Term, TermRows]]:
    """Products that hold a word; if nobody does, those that hold the words spelled most like it."""
    nobody = True
    for term in word.terms:
        found = store.match_word(term.text, prefix=term.prefix)
        nobody &= not len(found.product_rows)
        yield term, found
    if nobody:
        meant = [
            (worth, text)
            for spelling in dict.fromkeys(word.spellings)
            for text, worth in corrections(
                spelling, store.words_like(spelling, _CANDIDATES)
            ).items()
        ]
        nearest = max(meant, default=(0.0, ""))[0]
        for text in dict.fromkeys(text for worth, text in meant if worth == nearest):
            yield _Term(text, worth=nearest, corrects=True), store.match_word(text)


def _places(view: Snapshot) -> Rows:
    """The store's number of a product -> its row in the view; -1 is none."""
    places = np.full(int(view.store_rows.max(initial=-1)) + 1, -1, np.int64)
    places[view.store_rows[view.alive]] = np.flatnonzero(view.alive)
    return places


def _seen(found: TermRows, places: Rows) -> tuple[Rows, NDArray[np.float64]]:
    """Rows in the view, and BM25, of the products that it knows."""
    known = found.product_rows < len(places)
    rows, ranks = places[found.product_rows[known]], found.bm25[known]
    return rows[rows >= 0], ranks[rows >= 0]


def _said(piece: Piece, whole: Set[str], beginnings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What was found in a piece, folded and as written."""
    folded = piece.folded
    if piece.spaced:
        if folded in whole or folded.startswith(beginnings):
            yield folded, piece.written
        return
    covered = [char in beginnings for char in folded]
    for n, pair in enumerate(pairs(folded)):
        if pair in whole:
            covered[n : n + 2] = True, True
    for found, run in groupby(range(len(folded)), key=covered.__getitem__):
        if found:
            places = list(run)
            part = slice(places[0], places[-1] + 1)
            yield folded[part], piece.written[part]
