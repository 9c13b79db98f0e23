"""What is popular now: with everybody, with visitors of a kind, and in this season."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.events import Visitor
from vitrine.recommend.names import Names
from vitrine.recommend.pairs import Pairs
from vitrine.types import Rows

Figures = NDArray[np.float64]

HALF_LIFE_DAYS = 14.0
_RECENT_DAYS = 3.0
_BEFORE_DAYS = 30.0
_LEAST_SMOOTHING, _MOST_SMOOTHING = 20.0, 1e6
_AGES = (18, 25, 35, 45, 55)
_TRUST_IN_A_TREND = 20.0


@dataclass(frozen=True, slots=True)
class Popularity:
    """Visitors of each product, recent ones weighing more; all figures by product number."""

    everywhere: Figures
    """(n_products,)"""
    growth: Figures
    """(n_products,) share of the last days over the share of the last month, smoothed toward 1."""
    lifts: Mapping[str, Figures]
    """Segment ("gender women") -> how much more popular a product is there, 1 for no difference."""

    def among(self, facts: Visitor | None) -> Figures:
        """Popularity with visitors of the same age group, gender and region, as far as known."""
        figures = self.everywhere
        for segment in segments_of(facts):
            if segment in self.lifts:
                figures = figures * self.lifts[segment]
        return figures


def segments_of(facts: Visitor | None) -> list[str]:
    """Segments that a visitor belongs to.

    Example:
        >>> segments_of(Visitor("v", age=30, gender="women"))
        ['age 25-34', 'gender women']
    """
    if facts is None:
        return []
    age = None if facts.age is None else f"age {age_band(facts.age)}"
    gender = f"gender {facts.gender}" if facts.gender else None
    region = f"region {facts.region}" if facts.region else None
    return [segment for segment in (age, gender, region) if segment]


def age_band(age: int) -> str:
    """The band of an age in years.

    Example:
        >>> age_band(17), age_band(25), age_band(80)
        ('0-17', '25-34', '55-')
    """
    above = [bound for bound in _AGES if bound <= age]
    below = [bound for bound in _AGES if bound > age]
    return f"{above[-1] if above else 0}-{below[0] - 1 if below else ''}"


def popularity_of(
    pairs: Pairs, n_products: int, visitors: Names, facts: Mapping[str, Visitor]
) -> Popularity:
    """Count visitors: once for each product, the newest first.

    Args:
        pairs: who met what.
        n_products: that have a number.
        visitors: whose numbers stand in `pairs`.
        facts: what is known of visitors.
    """
    weights = pairs.weights(HALF_LIFE_DAYS)
    everywhere = _counts(pairs.products, weights, n_products)
    members = _members(visitors, facts)
    lifts: dict[str, Figures] = {}
    for segment, codes in members.items():
        inside = np.zeros(len(visitors), dtype=np.bool_)
        inside[codes] = True
        rows = inside[pairs.visitors]
        counts = _counts(pairs.products[rows], weights[rows], n_products)
        lifts[segment] = lift(counts, everywhere)
    return Popularity(everywhere, _growth(pairs, n_products), lifts)


def lift(counts: Figures, everywhere: Figures) -> Figures:
    """How much larger each share is in a part than in the whole, drawn toward 1 (empirical Bayes).

    The part's shares are taken as drawn from a Dirichlet distribution around those of the whole;
    how tightly is estimated from their scatter (method of moments).
    """
    total, whole = counts.sum(), everywhere.sum()
    if total <= 0 or whole <= 0:
        return np.ones_like(everywhere)
    expected = everywhere / whole
    seen = expected > 0
    scatter = np.sum((counts[seen] - total * expected[seen]) ** 2 / (total * expected[seen]))
    scatter /= max(1, int(seen.sum()) - 1)
    smoothing = (total - scatter) / (scatter - 1) if scatter > 1 else _MOST_SMOOTHING
    smoothing = float(np.clip(smoothing, _LEAST_SMOOTHING, _MOST_SMOOTHING))
    shares = (counts + smoothing * expected) / (total + smoothing)
    return np.divide(shares, expected, out=np.ones_like(shares), where=seen)


def _growth(pairs: Pairs, n_products: int) -> Figures:
    recent = _counts(pairs.products, pairs.weights(_RECENT_DAYS), n_products)
    before = _counts(pairs.products, pairs.weights(_BEFORE_DAYS), n_products)
    if not before.sum():
        return np.ones(n_products)
    pace = recent.sum() / before.sum()
    return (recent + _TRUST_IN_A_TREND * pace) / (before * pace + _TRUST_IN_A_TREND * pace)


def _counts(products: Rows, weights: Figures, n_products: int) -> Figures:
    return np.asarray(np.bincount(products, weights, minlength=n_products), np.float64)


def _members(visitors: Names, facts: Mapping[str, Visitor]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    for visitor_id, known in facts.items():
        code = visitors.code(visitor_id)
        if code >= 0:
            for segment in segments_of(known):
                members.setdefault(segment, []).append(code)
    return members
