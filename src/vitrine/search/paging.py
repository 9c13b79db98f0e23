"""From a ranking to one page of it: what is close enough, grouped, in the order asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Mask, Snapshot, near_duplicate_cosine
from vitrine.search.query import Query
from vitrine.search.ranking import Candidate, Ranking
from vitrine.search.sorting import check_sort, sort_keys
from vitrine.types import Rows, Vectors

_BLOCK_SHARE, _LEAST_BLOCK, _MOST_BLOCK = 20, 24, 200
_MOST_CLOSE = 2000  # of those that reach a `min_score`, sorted together
_AT_ONCE = 256  # candidates compared with all leaders in one product of matrices

Worth = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""Cosines of two photos -> how alike they are, 0..1."""


@dataclass(slots=True)
class Leader:
    """A hit, and the members of its group that ranked below it and were met on the way."""

    candidate: Candidate
    others: list[str] = field(default_factory=list[str])


def page(view: Snapshot, ranking: Ranking, query: Query, worth: Worth) -> list[Leader]:
    """The hits `offset` to `offset + k` of a query.

    Pages of one query never overlap and leave nothing out while the shop does not change.

    Raises:
        QueryError: products are to be sorted by prices in several currencies.
    """
    until = query.offset + query.k
    check_sort(view, ranking.matching, query.sort)
    if not query.diversity and (query.sort == "relevance" or ranking.sorted):
        return _leaders(view, ranking, query, until)[query.offset :]
    size = _MOST_CLOSE if query.sort != "relevance" and query.min_score else block_size(view)
    leaders = _leaders(view, ranking, query, -(-until // size) * size)
    blocks = (leaders[start : start + size] for start in range(0, len(leaders), size))
    if query.diversity:
        parts = [_diverse(view, block, query.diversity, worth) for block in blocks]
    else:
        parts = [_sorted(view, block, query.sort) for block in blocks]
    return list(chain.from_iterable(parts))[query.offset : until]


def block_size(view: Snapshot) -> int:
    """Other orders hold within so many of the most relevant, then within as many that follow.

    A twentieth of the shop, but 24 at least and 200 at most; it does not depend on the page.
    """
    return min(_MOST_BLOCK, max(_LEAST_BLOCK, view.n_products // _BLOCK_SHARE))


def close_enough(candidates: Sequence[Candidate], min_score: float | None) -> Sequence[Candidate]:
    """Those that reach a score."""
    if min_score is None:
        return candidates
    return [candidate for candidate in candidates if candidate.score >= min_score]


def matching_closely(view: Snapshot, ranking: Ranking, min_score: float | None) -> Mask:
    """(n_product_rows,) every product that some page of a query shows or groups."""
    if min_score is None:
        return ranking.matching
    rows = np.zeros_like(ranking.matching)
    n = _MOST_BLOCK
    while len(found := close_enough(ranking.best(n), min_score)) == n:
        n *= 4
    rows[[view.product_row_of[candidate.product_id] for candidate in found]] = True
    return rows


def _leaders(view: Snapshot, ranking: Ranking, query: Query, most: int) -> list[Leader]:
    """The first `most` groups; the ranking is read on until they are found or it ends."""
    n = most if query.group_by == "none" else 2 * most
    while True:
        close = close_enough(ranking.best(n), query.min_score)
        leaders = _grouped(view, close, query.group_by, most)
        if len(leaders) >= most or len(close) < n:
            return leaders
        n *= 4


def _grouped(
    view: Snapshot, candidates: Sequence[Candidate], group_by: str, most: int
) -> list[Leader]:
    """The first `most` that lead a group; the rest belongs to one that stands before it."""
    leaders: list[Leader] = []
    find = {"none": _no_group, "item_group_id": _by_variant, "near_duplicate": _by_look}[group_by]
    for candidate, number in find(view, candidates):
        if number < len(leaders):
            leaders[number].others.append(candidate.product_id)
        elif len(leaders) == most:
            break
        else:
            leaders.append(Leader(candidate))
    return leaders


Numbered = Iterator[tuple[Candidate, int]]
"""Candidates, each with the number of its group; a new group has the next number."""


def _no_group(_view: Snapshot, candidates: Sequence[Candidate]) -> Numbered:
    return ((candidate, number) for number, candidate in enumerate(candidates))


def _by_variant(view: Snapshot, candidates: Sequence[Candidate]) -> Numbered:
    column = view.columns.choices["item_group_id"]
    numbers: dict[tuple[str, str], int] = {}
    for candidate in candidates:
        group = column.word(view.product_row_of[candidate.product_id])
        key = ("group", group) if group else ("product", candidate.product_id)
        yield candidate, numbers.setdefault(key, len(numbers))


def _by_look(view: Snapshot, candidates: Sequence[Candidate]) -> Numbered:
    vectors = _vectors(view, candidates)
    least = near_duplicate_cosine(view.encoder)
    leading = np.empty_like(vectors)
    n_leading = 0
    for start in range(0, len(vectors), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        n_before = n_leading
        places = _first_like(vectors[part], leading[:n_before], least)
        for candidate, vector, place in zip(
            candidates[part], vectors[part], places.tolist(), strict=True
        ):
            if place < 0:
                new = int(_first_like(vector[None], leading[n_before:n_leading], least)[0])
                place = n_leading if new < 0 else n_before + new
            if place == n_leading:
                leading[n_leading] = vector
                n_leading += 1
            yield candidate, place


def _first_like(vectors: Vectors, leading: Vectors, least: float) -> Rows:
    """(n,) the first leader that each looks like, -1 where there is none."""
    if not len(leading):
        return np.full(len(vectors), -1, np.int64)
    like = vectors @ leading.T >= least
    return np.where(like.any(axis=1), like.argmax(axis=1), -1)


def _sorted(view: Snapshot, leaders: list[Leader], sort: str) -> list[Leader]:
    rows = [view.product_row_of[leader.candidate.product_id] for leader in leaders]
    places = np.lexsort(sort_keys(view, np.array(rows, np.int64), sort))
    return [leaders[place] for place in places.tolist()]


def _diverse(view: Snapshot, leaders: list[Leader], diversity: float, worth: Worth) -> list[Leader]:
    """Maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998."""
    vectors = _vectors(view, [leader.candidate for leader in leaders])
    alike = worth(vectors @ vectors.T)
    relevant = (1 - diversity) * np.array([leader.candidate.score for leader in leaders])
    nearest = np.zeros(len(leaders))
    left = np.ones(len(leaders), dtype=np.bool_)
    order: list[int] = []
    for _ in leaders:
        best = int(np.argmax(np.where(left, relevant - diversity * nearest, -np.inf)))
        order.append(best)
        left[best] = False
        nearest = np.maximum(nearest, alike[best])
    return [leaders[place] for place in order]


def _vectors(view: Snapshot, candidates: Sequence[Candidate]) -> Vectors:
    rows = [view.product_row_of[candidate.product_id] for candidate in candidates]
    return view.main_vectors(np.array(rows, np.int64))
