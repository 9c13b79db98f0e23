"""What may be recommended to whom."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vitrine.index import Mask
from vitrine.recommend.behaviour import LIKE
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.nouns import Asked
from vitrine.recommend.pairs import STRENGTHS
from vitrine.recommend.profile import Profile
from vitrine.recommend.repurchase import REPURCHASE_LIKE
from vitrine.types import Rows

_LATELY_DAYS = 90.0
_ALIKE_SHARE = 0.005
_MOST_ALIKE = 100
_MOST_DISLIKED = 8


@dataclass(frozen=True, slots=True)
class Allowed:
    """Rows of the shelf, twice."""

    at_all: Mask
    """In stock, inside the filter, not named in the question, not disliked."""
    gladly: Mask
    """Of these, not bought lately, not liked already, not like what was disliked."""


def allowed_for(knowledge: Knowledge, profile: Profile, asked: Asked) -> Allowed:
    """Decide it before anything is ranked, so that k products come back if k may."""
    at_all = knowledge.shelf.sellable.copy()
    if asked.among is not None:
        at_all &= asked.among
    at_all[profile.asked_for] = False
    at_all[profile.disliked] = False
    gladly = at_all.copy()
    lately = profile.bought(_LATELY_DAYS)
    gladly[lately[knowledge.placed.repurchase[lately] < REPURCHASE_LIKE]] = False
    liked = (profile.days_bought == 0) & (profile.strengths == STRENGTHS[LIKE])
    gladly[profile.rows[liked]] = False
    gladly[_like_the_disliked(knowledge, profile)] = False
    return Allowed(at_all, gladly)


def _like_the_disliked(knowledge: Knowledge, profile: Profile) -> Rows:
    """Variants of what was disliked, and what is nearest to it, unless a liked one is nearer."""
    shelf = knowledge.shelf
    found: list[Rows] = []
    n_near = min(_MOST_ALIKE, math.ceil(_ALIKE_SHARE * len(shelf)))
    liked = shelf.vectors(np.array([anchor.row for anchor in profile.anchors], np.int64))
    for row in profile.disliked[-_MOST_DISLIKED:].tolist():
        if shelf.groups[row] >= 0:
            found.append(np.flatnonzero(shelf.groups == shelf.groups[row]))
        vector = shelf.vectors(np.array([row]))[0]
        if vector.any():
            rows, cosines = shelf.nearest(vector, n_near + 1, shelf.sellable)
            if len(liked):
                rows = rows[cosines > (shelf.vectors(rows) @ liked.T).max(axis=1)]
            found.append(rows)
    return np.concatenate(found) if found else np.empty(0, np.int64)
