"""Learn what evidence is worth from pairs whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.evidence import COLOURWAY, DESIGN, Evidence, evidence
from vitrine.compare.listings import Listings
from vitrine.compare.matching import Judged, judge_alone, shared
from vitrine.compare.model import MatchModel, Regression
from vitrine.compare.traits import TRAITS
from vitrine.errors import DataError
from vitrine.types import Json, Rows

MATCH, VARIANT, DIFFERENT = "match", "variant", "different"
"""Same product; same design in another colour; neither."""

_FOR = {"same_code": 1.0, "brand": 1.0, "same_colour": 2.0, "same_photo": 3.0}
_AGAINST = {
    **{f"other_{trait}": -1.0 for trait in TRAITS},
    **{"other_kind": -2.0, "other_code": -2.0, "other_range": -3.0, "other_colour": -2.0},
    "price_gap": -1.0,
}
_ASSUMED: Mapping[str, float] = {**_FOR, **_AGAINST}
"""Weights before anything was seen; they stay where the pairs say nothing."""

_ONLY_FOR = frozenset(
    {*_FOR, "title", "contained", "weight", "same_words", "same_price", "photo", "near_colour"}
)
_MOST = {"same_price": 1.0}
_LEAST = {"price_gap": -1.5}
"""A price stays weak evidence: sellers that are one company always agree, others need not."""
_PENALTY = 1.0


@dataclass(frozen=True)
class Lesson:
    """Pairs of one shop with their truth."""

    listings: Listings
    left: Rows
    right: Rows
    labels: NDArray[np.str_]
    """(n,) MATCH, VARIANT or DIFFERENT."""
    weight: float
    """Of all of them together, in pairs."""


def fit(lessons: Sequence[Lesson], card: Json) -> MatchModel:
    """Fit both regressions.

    Evidence for a match never counts against it, nor the other way round, and weights are drawn to
    those assumed by as much as one pair in doubt would: few pairs cannot teach nonsense.

    Raises:
        DataError: there is no pair of a kind.
    """
    found = [(evidence(each.listings, each.left, each.right), each) for each in lessons]
    return _calibrated(MatchModel(_fit(found, DESIGN), _fit(found, COLOURWAY), card), lessons)


def _calibrated(model: MatchModel, lessons: Sequence[Lesson]) -> MatchModel:
    """Platt's two numbers, for the odds before rivals share them; the order of pairs stays."""
    from scipy.optimize import minimize

    known = [found for each in lessons if len((found := _judged(model, each)).places)]

    def loss(chosen: NDArray[np.float64]) -> float:
        tried = replace(model, sharpness=float(np.exp(chosen[0])), shift=float(chosen[1]))
        return sum(found.loss(tried) for found in known) + _PENALTY / 2 * float(chosen @ chosen)

    solved: Any = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 0.01})
    sharpness, shift = np.exp(solved.x[0]), solved.x[1]
    return replace(model, sharpness=float(sharpness), shift=float(shift))


@dataclass(frozen=True)
class _Context:
    """The pairs of a lesson among all that they compete with."""

    listings: Listings
    judged: Judged
    places: NDArray[np.int64]
    truth: NDArray[np.bool_]
    weight: float

    def loss(self, model: MatchModel) -> float:
        odds = model.calibrated(self.judged.offer / (1 - self.judged.offer))
        said = shared(self.listings, self.judged, odds)[self.places].clip(1e-9, 1 - 1e-9)
        right = np.where(self.truth, said, 1 - said)
        return float(-np.log(right).mean() * self.weight)


def _judged(model: MatchModel, lesson: Lesson) -> _Context:
    asked = np.unique(np.concatenate([lesson.left, lesson.right]))
    judged = judge_alone(lesson.listings, model, asked)
    pairs = zip(judged.left.tolist(), judged.right.tolist(), strict=True)
    place_of = {pair: place for place, pair in enumerate(pairs)}
    low, high = np.minimum(lesson.left, lesson.right), np.maximum(lesson.left, lesson.right)
    found = [place_of.get(pair, -1) for pair in zip(low.tolist(), high.tolist(), strict=True)]
    places = np.array(found, np.int64)
    return _Context(
        lesson.listings,
        judged,
        places[places >= 0],
        (lesson.labels == MATCH)[places >= 0],
        lesson.weight,
    )


def _fit(found: Sequence[tuple[Evidence, Lesson]], names: tuple[str, ...]) -> Regression:
    tables: list[NDArray[np.float64]] = []
    truths: list[NDArray[np.bool_]] = []
    weights: list[NDArray[np.float64]] = []
    for pairs, lesson in found:
        asked = ~pairs.vetoed
        if names is COLOURWAY:
            asked &= lesson.labels != DIFFERENT
        truth = lesson.labels == MATCH if names is COLOURWAY else lesson.labels != DIFFERENT
        tables.append(pairs.table(names)[asked])
        truths.append(truth[asked])
        weights.append(np.full(asked.sum(), lesson.weight / max(len(asked), 1)))
    truth = np.concatenate(truths)
    if truth.all() or not truth.any():
        raise DataError("there is nothing to learn from: give matches, variants and others")
    return _solved(np.concatenate(tables), truth, np.concatenate(weights), names)


def _solved(
    table: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weights: NDArray[np.float64],
    names: tuple[str, ...],
) -> Regression:
    from scipy.optimize import minimize

    assumed = np.array([_ASSUMED.get(name, 0.0) for name in names] + [0.0])
    columns = np.column_stack([table, np.ones(len(table))])
    signs = np.where(truth, 1.0, -1.0)
    free = np.array([1.0] * len(names) + [0.0])

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (columns @ chosen)
        away = free * (chosen - assumed)
        total = weights @ np.logaddexp(0, -margins) + _PENALTY / 2 * float(away @ away)
        wrong = weights * signs / (1 + np.exp(np.clip(margins, -500, 500)))
        return float(total), _PENALTY * away - wrong @ columns

    bounds = [_bounds(name) for name in (*names, "")]
    solved: Any = minimize(loss, assumed, jac=True, method="L-BFGS-B", bounds=bounds)
    chosen = np.asarray(solved.x, np.float64)
    return Regression(names, chosen[:-1], float(chosen[-1]))


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in _ONLY_FOR:
        return 0.0, _MOST.get(name)
    return (_LEAST.get(name), 0.0) if name in _AGAINST else (None, None)
