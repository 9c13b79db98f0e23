"""From a ranking to a list: variants once, variety, and places for what few have seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Mask
from vitrine.recommend.candidates import best_rows, taste_of
from vitrine.recommend.exposure import draw_rates
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.profile import Profile
from vitrine.recommend.shelf import Shelf
from vitrine.types import Rows

_VARIETY = 0.25
_POOL_OF_K = 3
_LEAST_POOL = 60
_EXPLORED_EVERY = 6
_FEW = 50.0  # visitors and days; a product shown less often is explored
_EXPLORABLE = 400
_LIKENESS_TO_MOST = 0.8  # quantile of the likenesses in the pool that counts as none


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates with a relevance, best first."""

    rows: Rows
    relevance: NDArray[np.float64]
    """(n,) 0..1, falling."""


def vary(shelf: Shelf, ranking: Ranking, k: int, apart: Rows, variety: float = _VARIETY) -> Rows:
    """Choose k by relevance less likeness to what was chosen (MMR), one of each group of variants.

    Carbonell and Goldstein, 1998. Likeness is measured against the pool's own, so that no encoder
    is favoured.

    Args:
        shelf: where vectors are.
        ranking: what is chosen from: the first 3 k at least.
        k: how many, at most.
        apart: products to keep away from as if they had been chosen.
        variety: 0..1, what likeness costs.
    """
    pool = ranking.rows[: max(_LEAST_POOL, _POOL_OF_K * k)]
    relevance = ranking.relevance[: len(pool)]
    if not len(pool):
        return pool
    vectors = shelf.vectors(pool)
    likeness = vectors @ vectors.T
    usual = float(np.quantile(likeness, _LIKENESS_TO_MOST)) if len(pool) > 2 else 0.0
    likeness = np.clip((likeness - usual) / max(1e-6, 1 - usual), 0, 1)
    nearest = np.zeros(len(pool))
    if len(apart):
        cosines = (vectors @ shelf.vectors(apart).T).max(axis=1)
        nearest = np.clip((cosines - usual) / max(1e-6, 1 - usual), 0, 1).astype(np.float64)
    spread = float(relevance[0] - relevance[-1]) or 1.0
    worth = (1 - variety) * (relevance - relevance[-1]) / spread
    groups = shelf.groups[pool]
    chosen: list[int] = []
    while len(chosen) < min(k, len(pool)):
        best = int(np.argmax(worth - variety * nearest))
        if worth[best] == -np.inf:
            break
        chosen.append(best)
        nearest = np.maximum(nearest, likeness[best])
        same = (groups == groups[best]) & (groups >= 0)
        worth[same] = -np.inf
        worth[best] = -np.inf
    return pool[chosen]


def explored(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Rows:
    """Products that few have seen, best draw first: Thompson sampling over click rates.

    Among those near the visitor's taste where he has one. A product that is shown and not clicked
    soon draws low; one that is clicked stays, until it is known well enough to be ranked.
    """
    shelf, exposure = knowledge.shelf, knowledge.exposure
    few = among & (exposure.shown < _FEW)
    taste = taste_of(knowledge, profile)
    if taste is None:
        rows = np.flatnonzero(few)
        affinity = 0.5 + knowledge.popular_kinds(profile.facts)[rows]
    else:
        rows, cosines = shelf.nearest(taste, _EXPLORABLE, few)
        lowest = float(cosines[-1]) if len(cosines) else 0.0
        affinity = 0.5 + (cosines - lowest) / max(1e-6, 1 - lowest)
    rates = draw_rates(exposure.shown, exposure.clicked, profile.z)
    return rows[best_rows(rates[rows] * affinity, k)]


def with_explored(chosen: Rows, new: Rows, k: int) -> tuple[Rows, set[int]]:
    """Give every sixth place to a new product; which ones have one."""
    wanted = set(chosen.tolist())
    fresh = iter([row for row in new.tolist() if row not in wanted])
    rest = iter(chosen.tolist())
    out: list[int] = []
    placed: set[int] = set()
    while len(out) < k:
        row = next(fresh, None) if (len(out) + 1) % _EXPLORED_EVERY == 0 else None
        if row is not None:
            placed.add(row)
        else:
            row = next(rest, None)
        if row is None:
            break
        out.append(row)
    return np.array(out, np.int64), placed


def n_explored(k: int) -> int:
    """How many of k places go to new products, at most."""
    return k // _EXPLORED_EVERY


def fill(
    knowledge: Knowledge, profile: Profile, chosen: Rows, among: Mask, k: int, *, once: bool
) -> Rows:
    """Add what is popular, then what is newest, until there are k or nothing is left.

    Args:
        knowledge: of the shop.
        profile: of the visitor.
        chosen: what is there already.
        among: what may be added.
        k: how many are wanted in all.
        once: add no variant of what is there.
    """
    shelf = knowledge.shelf
    if len(chosen) >= k:
        return chosen[:k]
    left = among.copy()
    left[chosen] = False
    groups = set(shelf.groups[chosen].tolist()) - {-1}
    rows = np.flatnonzero(left)
    popular = knowledge.popular(profile.facts)[rows]
    order = rows[np.lexsort((-shelf.arrivals[rows], -popular))]
    out = chosen.tolist()
    for row in order.tolist():
        group = int(shelf.groups[row])
        if once and group in groups:
            continue
        if group >= 0:
            groups.add(group)
        out.append(row)
        if len(out) == k:
            break
    return np.array(out, np.int64)
