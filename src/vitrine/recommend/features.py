"""What a ranker sees of a candidate: what every generator says of it, and what it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.blending import Pool
from vitrine.recommend.candidates import GENERATORS, taste_of
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.profile import Profile
from vitrine.recommend.shelf import Shelf
from vitrine.recommend.tastes import LABELS, labels_of, taste_in_labels
from vitrine.types import Rows, Vectors

_FLATNESS = 10.0
_NEVER_DAYS = 1000.0
_PRIOR_SHOWN = 20.0
_USUAL_RATE = 0.05

FEATURES = (
    *(f"{name} {what}" for name in GENERATORS for what in ("rank", "score")),
    *(f"lift of {label}" for label in LABELS),
    *("popular", "popular here", "growth", "bought again", "click rate", "shown", "shown to him"),
    *("cosine to taste", "cosine to any", "cosine to newest", "cosine to disliked"),
    *("dearness", "dearness off", "newness"),
    *("met", "days since met", "days bought", "n met", "days since any"),
)
"""Names of the columns of `features_of`, in order."""


def features_of(knowledge: Knowledge, profile: Profile, pool: Pool) -> NDArray[np.float32]:
    """Features (n, n_features) of a pool's rows; generators that did not propose count 0."""
    columns: list[NDArray[np.float64]] = []
    for name in GENERATORS:
        if name in pool.names:
            place = pool.names.index(name)
            columns += [_FLATNESS / (_FLATNESS + pool.ranks[:, place]), pool.scores[:, place]]
        else:
            columns += [np.zeros(len(pool.rows))] * 2
    columns += _labels(knowledge, profile, pool.rows)
    columns += _crowd(knowledge, profile, pool.rows)
    columns += _looks(knowledge, profile, pool.rows)
    columns += _price_and_age(knowledge, profile, pool.rows)
    columns += _met(profile, pool.rows, len(knowledge.shelf))
    return np.stack(columns, axis=1).astype(np.float32)


def _labels(knowledge: Knowledge, profile: Profile, rows: Rows) -> list[NDArray[np.float64]]:
    labels = labels_of(knowledge.shelf)
    return list(taste_in_labels(labels, profile).of(labels, rows).T)


def _crowd(knowledge: Knowledge, profile: Profile, rows: Rows) -> list[NDArray[np.float64]]:
    exposure = knowledge.exposure
    shown, clicked = exposure.shown[rows], exposure.clicked[rows]
    return [
        np.log1p(knowledge.popular(None)[rows]),
        np.log1p(knowledge.popular(profile.facts)[rows]),
        knowledge.placed.trending[rows],
        knowledge.placed.repurchase[rows],
        (clicked + _PRIOR_SHOWN * _USUAL_RATE) / (shown + _PRIOR_SHOWN),
        np.log1p(shown),
        profile.n_shown[rows].astype(np.float64),
    ]


def _looks(knowledge: Knowledge, profile: Profile, rows: Rows) -> list[NDArray[np.float64]]:
    shelf = knowledge.shelf
    vectors = shelf.vectors(rows)
    taste = taste_of(knowledge, profile)
    newest = profile.rows[:1] if taste is not None else profile.rows[:0]
    anchors = np.array([anchor.row for anchor in profile.anchors], np.int64)
    return [
        np.zeros(len(rows)) if taste is None else (vectors @ taste).astype(np.float64),
        _nearest(shelf, vectors, anchors),
        _nearest(shelf, vectors, newest),
        _nearest(shelf, vectors, profile.disliked),
    ]


def _nearest(shelf: Shelf, vectors: Vectors, others: Rows) -> NDArray[np.float64]:
    """Cosine of each vector with the nearest of some products; 0 where there are none."""
    if not len(others):
        return np.zeros(len(vectors))
    return (vectors @ shelf.vectors(others).T).max(axis=1).astype(np.float64)


def _price_and_age(knowledge: Knowledge, profile: Profile, rows: Rows) -> list[NDArray[np.float64]]:
    labels = labels_of(knowledge.shelf)
    taste = taste_in_labels(labels, profile)
    dearness = labels.dearness[rows]
    arrivals = knowledge.shelf.arrivals
    newest = float(arrivals.max()) or 1.0
    return [dearness, np.abs(dearness - taste.dearness), arrivals[rows] / newest]


def _met(profile: Profile, rows: Rows, n_rows: int) -> list[NDArray[np.float64]]:
    place = np.full(n_rows, -1, dtype=np.int64)
    place[profile.rows] = np.arange(len(profile.rows))
    places = place[rows]
    known = places >= 0
    met, since, bought = np.zeros(len(rows)), np.full(len(rows), _NEVER_DAYS), np.zeros(len(rows))
    met[known] = profile.strengths[places[known]]
    since[known] = profile.ages_days[places[known]]
    bought[known] = profile.days_bought[places[known]]
    last = float(profile.ages_days[0]) if len(profile.ages_days) else _NEVER_DAYS
    every = np.ones(len(rows))
    return [met, since, bought, every * len(profile.rows), every * last]
