"""How far a predicted rating is from the one that was given: mean absolute error, 1 to 5.

The prediction adds to the mean what a visitor gives more or less than others, what products that
look alike get, and what this visitor gave products that look alike; each is drawn toward zero where
little is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.results import Result, mean_result, with_interval
from vitrine.metrics import paired_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.next_purchase_recommenders import Looks
    from vitrine.events import Event

LEARNED, GLOBAL_MEAN, PRODUCT_MEAN, VISITOR_MEAN = (
    *("visitor, product and looks", "global mean", "product mean", "visitor mean"),
)
_TESTED = 0.2
_VISITOR_PRIOR, _PRODUCT_PRIOR, _OWN_PRIOR = 3.0, 4.0, 2.0
_NEAR, _OWN_NEAR = 0.04, 0.12
"""Differences of a cosine from 1 at which a rating counts 1 / e."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one visitor gave one product."""

    visitor_id: str
    product_id: str
    value: float


def ratings_of(events: Sequence[Event]) -> list[Rating]:
    """Ratings of relevance in the order of their time."""
    rates = [event for event in events if event.event_type == "rate" and event.products]
    return [
        Rating(event.visitor_id, event.products[0].product_id, event.value)
        for event in sorted(rates, key=lambda event: event.at)
        if event.value is not None and event.aspect == "relevance"
    ]


def rating_results(name: str, events: Sequence[Event], looks: Looks) -> list[Result]:
    """MAE on the last fifth of the ratings, predicted from those before, beside plain means."""
    ratings = ratings_of(events)
    n_known = round(len(ratings) * (1 - _TESTED))
    known, asked = ratings[:n_known], ratings[n_known:]
    if not known or not asked:
        return []
    given = np.array([rating.value for rating in asked])
    visitors = np.array([rating.visitor_id for rating in asked], np.str_)
    mean = float(np.mean([rating.value for rating in known]))
    guesses = {
        LEARNED: predicted(known, asked, looks),
        GLOBAL_MEAN: np.full(len(asked), mean),
        PRODUCT_MEAN: _means(
            [(r.product_id, r.value) for r in known], asked, mean, by="product_id"
        ),
        VISITOR_MEAN: _means(
            [(r.visitor_id, r.value) for r in known], asked, mean, by="visitor_id"
        ),
    }
    errors = {who: np.abs(guess - given) for who, guess in guesses.items()}
    results = [
        mean_result(name, "MAE of ratings", who, off, visitors) for who, off in errors.items()
    ]
    for baseline in (GLOBAL_MEAN, PRODUCT_MEAN, VISITOR_MEAN):
        found = paired_difference(errors[LEARNED], errors[baseline], visitors)
        measure = f"MAE minus that of the {baseline}"
        results.append(with_interval(name, measure, LEARNED, found, len(asked)))
    return results


def predicted(
    known: Sequence[Rating], asked: Sequence[Rating], looks: Looks
) -> NDArray[np.float64]:
    """Predict ratings (n,) from earlier ones; between 1 and 5.

    Args:
        known: earlier ratings.
        asked: whose values are not looked at.
        looks: vectors of products; those without one are like themselves only.
    """
    values = np.array([rating.value for rating in known])
    mean = float(values.mean())
    strict = _shrunk(known, values - mean)
    left = values - mean - np.array([strict[rating.visitor_id] for rating in known])
    alike = _alike(asked, known, looks)
    near = np.exp((alike - 1) / _NEAR)
    of_product = near @ left / (near.sum(axis=1) + _PRODUCT_PRIOR)
    near_known = np.exp((_alike(known, known, looks) - 1) / _NEAR)
    np.fill_diagonal(near_known, 0.0)
    left -= near_known @ left / (near_known.sum(axis=1) + _PRODUCT_PRIOR)
    same = np.array([r.visitor_id for r in asked])[:, None] == [r.visitor_id for r in known]
    own = np.where(same, np.exp((alike - 1) / _OWN_NEAR), 0.0)
    of_own = own @ left / (own.sum(axis=1) + _OWN_PRIOR)
    of_visitor = np.array([strict.get(rating.visitor_id, 0.0) for rating in asked])
    return np.clip(mean + of_visitor + of_product + of_own, 1.0, 5.0)


def _shrunk(known: Sequence[Rating], off: NDArray[np.float64]) -> Mapping[str, float]:
    """How far each visitor's ratings lie from the mean."""
    sums: defaultdict[str, list[float]] = defaultdict(list)
    for rating, value in zip(known, off.tolist(), strict=True):
        sums[rating.visitor_id].append(value)
    return {who: sum(found) / (len(found) + _VISITOR_PRIOR) for who, found in sums.items()}


def _alike(some: Sequence[Rating], others: Sequence[Rating], looks: Looks) -> NDArray[np.float64]:
    """Cosines (n, m) of products; 1 for the same one, whether it has a photo or not."""
    left, right = ([r.product_id for r in ratings] for ratings in (some, others))
    cosines = (looks.of(left) @ looks.of(right).T).astype(np.float64)
    return np.where(np.array(left)[:, None] == right, 1.0, cosines)


def _means(
    known: Sequence[tuple[str, float]], asked: Sequence[Rating], mean: float, *, by: str
) -> NDArray[np.float64]:
    """The plain mean of each name, the global one where it has none."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for who, value in known:
        found[who].append(value)
    names = [str(getattr(rating, by)) for rating in asked]
    return np.array([float(np.mean(found[name])) if name in found else mean for name in names])
