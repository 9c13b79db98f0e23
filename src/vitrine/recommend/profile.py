"""Who asks: what he liked, looked at, bought and was shown, in rows of the shelf."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.events import Visitor
from vitrine.recommend.behaviour import (
    CART,
    DISLIKE,
    IMPRESSION,
    LIKE,
    PURCHASE,
    TAKEN_BACK,
    VIEW,
)
from vitrine.recommend.exposure import noise
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.nouns import Asked
from vitrine.recommend.pairs import DAY_S, STRENGTHS
from vitrine.types import Rows

NEW, ONE_LIKE, SESSION, HISTORY = "popular", "like", "session", "history"
"""Steps of the ladder: nothing is known, one product, one session, more."""

_SESSION_GAP_S = 1800.0
_MOST_ANCHORS = 12
_FADING = 0.85  # of an anchor's weight is left to the one before it
_HALF_LIFE_DAYS = 60.0
_WORDS = {VIEW: "viewed", LIKE: "liked", CART: "liked", PURCHASE: "bought"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A product that the visitor showed interest in."""

    row: int
    weight: float
    because: str
    """liked, viewed or bought."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One visitor at one moment."""

    step: str
    """Of the ladder."""
    anchors: tuple[Anchor, ...]
    """The newest and strongest first; their weights sum to 1."""
    rows: Rows
    """(n,) products met, each once, by last time, the newest first."""
    strengths: NDArray[np.float32]
    """(n,) of the strongest thing done with each."""
    ages_days: NDArray[np.float64]
    """(n,) since each was last met."""
    days_bought: Rows
    """(n,)"""
    disliked: Rows
    asked_for: Rows
    """Products named in the question, which are never recommended."""
    n_shown: NDArray[np.int64]
    """(n_rows of the shelf,) how often each was shown to this visitor without effect."""
    facts: Visitor | None
    z: NDArray[np.float32]
    """(n_rows of the shelf,) standard normal numbers of this visitor and hour."""

    def bought(self, within_days: float) -> Rows:
        """Products bought lately."""
        return self.rows[(self.days_bought > 0) & (self.ages_days <= within_days)]


def profile_of(knowledge: Knowledge, asked: Asked) -> Profile:
    """Put together what the events and the question say of a visitor."""
    events = knowledge.behaviour.of_visitor(asked.visitor_id, asked.at)
    shelf = knowledge.shelf
    rows = knowledge.rows_of(events.products)
    living = rows >= 0
    rows, kinds, at = rows[living], events.kinds[living], events.at[living]
    viewed, liked, disliked = (
        shelf.rows(ids) for ids in (asked.viewed, asked.liked, asked.disliked)
    )
    n_said = len(viewed) + len(liked) + len(disliked)
    rows = np.concatenate([rows, viewed, liked, disliked])
    said = [VIEW] * len(viewed) + [LIKE] * len(liked) + [DISLIKE] * len(disliked)
    kinds = np.concatenate([kinds, np.array(said, np.int8)])
    at = np.concatenate([at, np.full(n_said, asked.at)])
    met = _met(rows, kinds, at, asked.at)
    anchors = _anchors(met)
    return Profile(
        _step(met, anchors, asked.at - at[kinds >= VIEW]),
        anchors,
        met.rows,
        met.strengths,
        met.ages_days,
        met.days_bought,
        met.disliked,
        np.unique(np.concatenate([liked, disliked])),
        _n_shown(rows, kinds, len(shelf)),
        asked.facts,
        noise(asked.visitor_id, asked.at, len(shelf)),
    )


@dataclass(frozen=True, slots=True)
class _Met:
    rows: Rows
    strengths: NDArray[np.float32]
    kinds: NDArray[np.int8]
    ages_days: NDArray[np.float64]
    days_bought: Rows
    disliked: Rows


def _met(rows: Rows, kinds: NDArray[np.int8], at: NDArray[np.float64], now: float) -> _Met:
    """Each product once; whether it is liked or disliked, the last word counts."""
    strongest: dict[int, int] = {}
    last: dict[int, float] = {}
    days: dict[int, set[int]] = {}
    disliked: dict[int, None] = {}
    for row, kind, when in zip(rows.tolist(), kinds.tolist(), at.tolist(), strict=True):
        if kind == IMPRESSION:
            continue
        if kind == TAKEN_BACK:
            disliked.pop(row, None)
            if strongest.get(row) == LIKE:
                del strongest[row], last[row]
            continue
        if kind == DISLIKE:
            disliked[row] = None
            strongest.pop(row, None)
            last.pop(row, None)
            continue
        if kind != VIEW:
            disliked.pop(row, None)
        if row not in strongest or STRENGTHS[kind] > STRENGTHS[strongest[row]]:
            strongest[row] = kind
        last.pop(row, None)
        last[row] = when
        if kind == PURCHASE:
            days.setdefault(row, set()).add(int(when // DAY_S))
    newest = [row for row in reversed(last) if row not in disliked]
    of_newest = np.array([strongest[row] for row in newest], np.int8)
    return _Met(
        np.array(newest, np.int64),
        STRENGTHS[of_newest],
        of_newest,
        np.array([max(0.0, now - last[row]) / DAY_S for row in newest]),
        np.array([len(days.get(row, ())) for row in newest], np.int64),
        np.array(list(disliked), np.int64),
    )


def _anchors(met: _Met) -> tuple[Anchor, ...]:
    if not len(met.rows):
        return ()
    weights = met.strengths * np.exp2(-met.ages_days / _HALF_LIFE_DAYS)
    weights = weights * _FADING ** np.arange(len(weights))
    best = np.argsort(-weights, kind="stable")[:_MOST_ANCHORS]
    total = float(weights[best].sum()) or 1.0
    return tuple(
        Anchor(int(met.rows[n]), float(weights[n]) / total, _WORDS[int(met.kinds[n])])
        for n in best.tolist()
    )


def _step(met: _Met, anchors: tuple[Anchor, ...], ages_s: NDArray[np.float64]) -> str:
    if not anchors:
        return NEW
    if len(met.rows) == 1:
        return ONE_LIKE
    ages = np.sort(ages_s)
    one_session = len(ages) < 2 or float(np.diff(ages).max()) <= _SESSION_GAP_S
    return SESSION if one_session and ages[0] <= _SESSION_GAP_S else HISTORY


def _n_shown(rows: Rows, kinds: NDArray[np.int8], n_rows: int) -> NDArray[np.int64]:
    shown = np.bincount(rows[kinds == IMPRESSION], minlength=n_rows)
    shown[rows[kinds != IMPRESSION]] = 0
    return shown
