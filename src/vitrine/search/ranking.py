"""Rankings of a shop's products, each giving as many of its best as are wanted.

However many are wanted, the first are the same, and n come back if n products match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Found, Mask, Snapshot
from vitrine.search.fusion import fuse, reciprocal_ranks
from vitrine.search.sorting import sort_keys
from vitrine.search.words import WordMatches
from vitrine.types import Vectors

FUSED = 1000
"""How deep two rankings are fused; below that come the looks, then the words."""

_STEP = 2  # decimals of a bonus

# of words and looks, chosen on half of the title queries of docs/evaluation.md
_LOOKS = 0.5  # how much looks weigh where words weigh 1
_FULLNESS = 4  # power of the share of words held: some of them are little
_LEAST_FULL = 0.5  # share of words that counts as all of them, if nobody holds more
_SAID_DAMPING, _LOOKS_DAMPING = 1, 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product in a ranking; `score` is 0..1."""

    product_id: str
    score: float
    seen: Found | None = None
    """Its photo that matched best, where looks were compared."""
    words: tuple[str, ...] = ()
    """Those of the query that it holds, as `WordMatch` has them."""


class Ranking(Protocol):
    """An order of products, best first."""

    @property
    def matching(self) -> Mask:
        """(n_product_rows,) every product that the ranking holds."""
        ...

    @property
    def sorted(self) -> bool:
        """Whether it comes in the order that the query asks for; else by relevance."""
        ...

    def best(self, n: int) -> list[Candidate]:
        """The n best by falling score; ties in a fixed order; fewer only if there are no more."""
        ...


@dataclass(frozen=True, slots=True)
class Looks:
    """By likeness to a vector, and by a bonus that each product brings along.

    score = likeness * worth(cosine) + bonus; the two never exceed 1 together.
    """

    view: Snapshot
    vector: Vectors
    among: Mask
    worth: Callable[[float], float]
    """Never falling: cosine -> 0..1."""
    bonus: NDArray[np.float64] | None = None
    """(n_product_rows,); two decimals of it count."""
    likeness: float = 1.0
    said: WordMatches | None = None
    """Of the query's words, if it has any."""
    sorted: bool = field(default=False, init=False)

    @property
    def matching(self) -> Mask:
        """Products with a photo."""
        return self.view.with_photo(self.among)

    def best(self, n: int) -> list[Candidate]:
        """Exact, also under a bonus: one exact search for each step of it, the highest first."""
        if self.bonus is None:
            return self._nearest(n, self.among, 0.0)
        best: list[Candidate] = []
        most = max((nearest.score for nearest in self._nearest(1, self.among, 0.0)), default=0.0)
        steps = np.round(self.bonus, _STEP)
        for step in np.unique(steps[self.matching])[::-1].tolist():
            if len(best) == n and best[-1].score > most + step:
                break
            best += self._nearest(n, self.among & (steps == step), step)
            best = sorted(best, key=_order)[:n]
        return best

    def _nearest(self, n: int, among: Mask, bonus: float) -> list[Candidate]:
        return [self._candidate(found, bonus) for found in self.view.nearest(self.vector, n, among)]

    def _candidate(self, found: Found, bonus: float) -> Candidate:
        words = _held(self.said, found.product_id) if self.said else ()
        score = min(1.0, self.likeness * self.worth(found.score) + bonus)
        return Candidate(found.product_id, score, found, words)


@dataclass(frozen=True, slots=True)
class Said:
    """By the words that products hold; another order rules among those that hold as much."""

    said: WordMatches
    sort: str = "relevance"
    sorted: bool = field(default=True, init=False)

    @property
    def matching(self) -> Mask:
        """Products that hold a word."""
        return self.said.matching

    def best(self, n: int) -> list[Candidate]:
        """As the words rank them, and then the order asked for."""
        rows = self.said.rows
        keys = sort_keys(self.said.view, rows, self.sort)
        places = np.lexsort((*keys, -self.said.scores[rows]))[:n]
        matches = (self.said[place] for place in places.tolist())
        return [Candidate(m.product_id, m.score, None, m.words) for m in matches]


@dataclass(frozen=True, slots=True)
class SaidAndLooks:
    """By words and by likeness to their vector, the reciprocal ranks of both put together.

    Words weigh more than looks in a product that holds all of them that anybody holds, and hardly
    anything in one that holds some: who asks for blue denim is not shown what is merely blue first.
    """

    view: Snapshot
    vector: Vectors
    among: Mask
    said: WordMatches
    sorted: bool = field(default=False, init=False)

    @property
    def matching(self) -> Mask:
        """Products with a photo, and those that hold a word."""
        return self.view.with_photo(self.among) | self.said.matching

    def best(self, n: int) -> list[Candidate]:
        """Fused to a depth that does not depend on `n`, so that pages agree."""
        deep = max(n, FUSED)
        said = [match.product_id for match in self.said[:deep]]
        seen = {
            found.product_id: found for found in self.view.nearest(self.vector, deep, self.among)
        }
        row_of, shares = self.view.product_row_of, self.said.shares
        full = max(_LEAST_FULL, shares[self.said.rows].max(initial=0.0))
        by_words = {
            i: rank * float(shares[row_of[i]] / full) ** _FULLNESS
            for i, rank in reciprocal_ranks(said[:FUSED], _SAID_DAMPING).items()
        }
        by_looks = reciprocal_ranks(list(seen)[:FUSED], _LOOKS_DAMPING)
        scores = dict(fuse([(1.0, by_words), (_LOOKS, by_looks)]))
        floor = min(scores.values(), default=0.0)
        rest = dict.fromkeys(i for i in (*seen, *said) if i not in scores)
        scores |= {i: floor * FUSED / (FUSED + place) for place, i in enumerate(rest, 1)}
        return [
            Candidate(i, score, seen.get(i), _held(self.said, i))
            for i, score in list(scores.items())[:n]
        ]


@dataclass(frozen=True, slots=True)
class Everything:
    """All alike, in the order asked for, then by id: nothing else is asked but a filter."""

    view: Snapshot
    matching: Mask
    sort: str = "relevance"
    sorted: bool = field(default=True, init=False)

    def best(self, n: int) -> list[Candidate]:
        """The first in that order, each with the score 1."""
        rows = np.flatnonzero(self.matching)
        ids = np.array([self.view.product_ids[row] for row in rows.tolist()], np.str_)
        places = np.lexsort((ids, *sort_keys(self.view, rows, self.sort)))[:n]
        return [Candidate(str(product_id), 1.0) for product_id in ids[places]]


def _held(said: WordMatches, product_id: str) -> tuple[str, ...]:
    row = said.view.product_row_of[product_id]
    return tuple(word for word, holds in said.holders if holds[row])


def _order(candidate: Candidate) -> tuple[float, float, str]:
    cosine = candidate.seen.score if candidate.seen else 0.0
    return -candidate.score, -cosine, candidate.product_id
