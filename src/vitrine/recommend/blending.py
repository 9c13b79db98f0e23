"""Candidates of all generators in one ranking: a weighted sum of reciprocal ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Mask
from vitrine.recommend.candidates import GENERATORS, NO_ANCHOR, OF_WHAT_WAS_MET
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.profile import HISTORY, NEW, ONE_LIKE, SESSION, Profile
from vitrine.types import Rows

_FLATNESS = 10.0  # how slowly a rank's worth falls
_OF_EACH = 150

_OF_ONE_PRODUCT = {"visual": 1.0, "liked-with": 0.7, "bought-with": 0.2, "variants": 0.1}
_OF_HIS_OWN = {"repurchase": 0.6, "again": 0.2}
_OF_THE_PAST = {"popular": 0.4, "visual": 0.6, "repurchase": 1.0}
_OF_TASTE = {"attributes": 0.3, "als": 0.4, "bpr": 0.2, "two-tower": 0.4}
_OF_ALL = {"popular": 0.2, "arrivals": 0.1, "trending": 0.1}

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    NEW: {"popular": 1.0, "trending": 0.1, "arrivals": 0.05, "two-tower": 0.2},
    ONE_LIKE: _OF_ONE_PRODUCT | _OF_HIS_OWN | {"two-tower": 0.3, "attributes": 0.2, "popular": 0.1},
    SESSION: _OF_ONE_PRODUCT | _OF_HIS_OWN | _OF_TASTE | _OF_ALL,
    HISTORY: _OF_ONE_PRODUCT | _OF_HIS_OWN | _OF_TASTE | _OF_ALL | _OF_THE_PAST,
}
"""Step of the ladder -> generator -> weight."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates of several generators: every product once."""

    rows: Rows
    """(n,) ascending."""
    names: tuple[str, ...]
    """Of the generators."""
    ranks: NDArray[np.float64]
    """(n, n_generators) from 0; infinite where a generator does not propose a product."""
    scores: NDArray[np.float64]
    """(n, n_generators) of each generator; 0 where it does not propose a product."""
    anchors: Rows
    """(n, n_generators) the visitor's product behind each; -1 where there is none."""


def gather(
    knowledge: Knowledge, profile: Profile, among: Mask, names: tuple[str, ...], k: int
) -> Pool:
    """Ask generators for at least k candidates each."""
    n = max(_OF_EACH, 2 * k)
    unmet = among.copy()
    unmet[profile.rows] = False
    found = [
        GENERATORS[name](knowledge, profile, among if name in OF_WHAT_WAS_MET else unmet, n)
        for name in names
    ]
    rows = np.unique(np.concatenate([each.rows for each in found]))
    shape = (len(rows), len(names))
    ranks, scores = np.full(shape, np.inf), np.zeros(shape)
    anchors = np.full(shape, NO_ANCHOR)
    for column, each in enumerate(found):
        places = np.searchsorted(rows, each.rows)
        ranks[places, column] = np.arange(len(each))
        scores[places, column] = each.scores
        anchors[places, column] = each.anchors
    return Pool(rows, names, ranks, scores, anchors)


def parts_of(pool: Pool, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """What each generator adds to each candidate, (n, n_generators); sums are 0..1."""
    worth = np.array([weights[name] for name in pool.names])
    active = np.isfinite(pool.ranks).any(axis=0)
    total = worth[active].sum() or 1.0
    return worth / total * _FLATNESS / (_FLATNESS + pool.ranks)
