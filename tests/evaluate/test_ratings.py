"""Ratings: what is predicted is nearer than plain means where there is something to learn."""

from __future__ import annotations

import numpy as np
import pytest

from vitrine.evaluate.next_purchase_recommenders import Looks
from vitrine.evaluate.ratings import (
    GLOBAL_MEAN,
    LEARNED,
    PRODUCT_MEAN,
    VISITOR_MEAN,
    Rating,
    predicted,
    rating_results,
    ratings_of,
)
from vitrine.events import Event, EventProduct
from vitrine.vectors import unit

NO_LOOKS = Looks([], np.zeros((0, 4), np.float32))


def rate(at: float, visitor: str, product: str, value: float, aspect: str = "relevance") -> Event:
    shown = (EventProduct(product),)
    return Event(f"{at}", "rate", visitor, at, shown, value=value, aspect=aspect)


def test_ratings_of_relevance_by_time() -> None:
    events = [
        rate(2, "a", "p", 4),
        rate(1, "b", "q", 2),
        rate(3, "a", "q", 5, "novelty"),
        Event("like", "like", "a", 0.0, (EventProduct("p"),)),
    ]
    assert ratings_of(events) == [Rating("b", "q", 2), Rating("a", "p", 4)]


def test_strict_visitors_and_good_products_are_learnt() -> None:
    known = [Rating("strict", f"p{n}", 1.0) for n in range(9)]
    known += [Rating("kind", f"q{n}", 5.0) for n in range(9)]
    asked = [Rating("strict", "new", 0.0), Rating("kind", "new", 0.0), Rating("x", "new", 0.0)]
    guesses = predicted(known, asked, NO_LOOKS)
    assert guesses[0] == pytest.approx(3 - 2 * 9 / 12, abs=0.01)
    assert guesses[1] == pytest.approx(3 + 2 * 9 / 12, abs=0.01)
    assert guesses[2] == pytest.approx(3, abs=0.05)


def test_what_looks_alike_is_rated_alike() -> None:
    looks = Looks(
        ["good", "good too", "bad", "bad too"],
        unit(np.array([[1, 0.0], [1, 0.01], [0.0, 1], [0.01, 1]])),
    )
    known = [Rating(f"v{n}", "good" if n % 2 else "bad", 5.0 if n % 2 else 1.0) for n in range(40)]
    guesses = predicted(known, [Rating("x", "good too", 0), Rating("x", "bad too", 0)], looks)
    assert guesses[0] > 3.8
    assert guesses[1] < 2.2


def test_last_ratings_are_asked_and_compared_with_plain_means() -> None:
    rng = np.random.default_rng(0)
    strictness = rng.normal(0, 1, 20)
    events: list[Event] = []
    for n in range(600):
        visitor, product = int(rng.integers(20)), int(rng.integers(30))
        value = float(np.clip(round(3 - strictness[visitor] + 0.3 * rng.normal()), 1, 5))
        events.append(rate(float(n), f"v{visitor}", f"p{product}", value))
    results = rating_results("toy", events, NO_LOOKS)
    errors = {r.contestant: r for r in results if r.measure == "MAE of ratings"}
    assert list(errors) == [LEARNED, GLOBAL_MEAN, PRODUCT_MEAN, VISITOR_MEAN]
    assert errors[LEARNED].n == 120
    assert errors[LEARNED].figure < 0.6 * errors[GLOBAL_MEAN].figure
    assert errors[PRODUCT_MEAN].figure > 0.9 * errors[GLOBAL_MEAN].figure
    ahead = {r.measure: r.high for r in results if r.measure.startswith("MAE minus")}
    assert (ahead["MAE minus that of the global mean"] or 0) < 0
    assert rating_results("none", [], NO_LOOKS) == []
