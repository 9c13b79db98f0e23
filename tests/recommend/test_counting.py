"""Popularity, neighbours, repurchase, seasons and exposure, against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.recommend.conftest import NOW, Events, Said, event_rows

from vitrine.events import Visitor
from vitrine.recommend import Behaviour, Knowledge, Shelf, know
from vitrine.recommend.exposure import HOUR_S, draw_rates, exposure_of, noise
from vitrine.recommend.pairs import pairs_of
from vitrine.recommend.popularity import lift
from vitrine.recommend.repurchase import repurchase_rates
from vitrine.recommend.together import bought_together


def crowd(n: int, kind: str, product: str, days: float = 1.0, name: str = "v") -> list[Said]:
    return [(f"{name}{number}", kind, product, days) for number in range(n)]


def popularity(knowledge: Knowledge, facts: Visitor | None = None) -> dict[str, float]:
    figures = knowledge.popular(facts)
    return {p: float(figures[row]) for p, row in knowledge.shelf.row_of.items() if figures[row]}


def test_visitors_are_counted_and_not_events(shelf: Shelf, events: Events) -> None:
    said = [("a", "like", "p01", 1.0)] * 50 + crowd(2, "like", "p02")
    found = popularity(know(shelf, events(said), NOW))
    assert found["p02"] == pytest.approx(2 * found["p01"])


def test_a_fortnight_halves_and_purchases_say_more_than_looks(shelf: Shelf, events: Events) -> None:
    said = [*crowd(1, "purchase-complete", "p01", 0.5), *crowd(1, "detail-page-view", "p02", 0.5)]
    found = popularity(know(shelf, events([*said, ("b", "purchase-complete", "p03", 14.5)]), NOW))
    assert found["p01"] == pytest.approx(5 * found["p02"])
    assert found["p01"] == pytest.approx(2 * found["p03"])


def test_segments_are_drawn_toward_the_whole(shelf: Shelf, events: Events) -> None:
    said = [*crowd(60, "like", "p02", name="old"), *crowd(60, "like", "p04", name="young")]
    facts = {f"old{n}": Visitor(f"old{n}", age=60) for n in range(60)}
    facts |= {f"young{n}": Visitor(f"young{n}", age=20) for n in range(60)}
    knowledge = know(shelf, events(said), NOW, facts)
    young = popularity(knowledge, Visitor("", age=21))
    everybody = popularity(knowledge)
    assert everybody["p02"] == pytest.approx(everybody["p04"])
    assert young["p04"] > 3 * young["p02"] > 0
    nobody_known = popularity(knowledge, Visitor("", region="elsewhere"))
    assert nobody_known == everybody


def test_a_small_segment_says_little() -> None:
    whole = np.array([100.0, 100.0, 100.0])
    few, many = lift(np.array([2.0, 0, 0]), whole), lift(np.array([200.0, 0, 0]), whole)
    assert 1 < few[0] < 1.3
    assert many[0] > 2.5
    assert lift(np.zeros(3), whole).tolist() == [1, 1, 1]


def test_a_gender_hides_most_of_what_is_for_the_other(shelf: Shelf, events: Events) -> None:
    said = [*crowd(4, "like", "p02"), *crowd(4, "like", "p03", name="w")]
    found = popularity(know(shelf, events(said), NOW), Visitor("", gender="women"))
    assert found["p03"] > 2 * found["p02"]


def test_what_is_bought_on_one_day_is_bought_together(events: Events) -> None:
    said: list[Said] = []
    for n in range(6):
        said += [(f"v{n}", "purchase-complete", p, n + 0.5) for p in ("a", "b")]
    said += [("x", "purchase-complete", "a", 1.0), ("x", "purchase-complete", "c", 9.0)]
    behaviour = events(said)
    names = behaviour.product_names
    products, scores = bought_together(behaviour.all(), len(names)).of(names.code("a"))
    assert [names[code] for code in products.tolist()] == ["b"]
    cosine = 6 / np.sqrt(7 * 6)
    support = 6 * cosine
    assert scores[0] == pytest.approx(cosine * support / (support + 3))


def test_what_comes_back_is_told_from_what_is_sent_twice(events: Events) -> None:
    said: list[Said] = []
    for n in range(40):
        said += [(f"v{n}", "purchase-complete", "socks", days) for days in (1.2, 30.2)]
        said += [(f"v{n}", "purchase-complete", "coat", days) for days in (1.2, 1.25)]
    behaviour = events(said)
    rates = repurchase_rates(pairs_of(behaviour.all(), NOW), len(behaviour.product_names))
    assert rates[behaviour.product_names.code("socks")] > 0.7
    assert rates[behaviour.product_names.code("coat")] < 0.2


def test_the_time_of_the_year_counts(shelf: Shelf, events: Events) -> None:
    said: list[Said] = []
    for n in range(300):
        said += [(f"s{n}", "purchase-complete", f"p{n % 20:02}", 365.0 + n % 20)]
        said += [(f"w{n}", "purchase-complete", f"p{20 + n % 20}", 180.0 + n % 20)]
    knowledge = know(shelf, events(said), NOW)
    summer, winter = knowledge.placed.season[3], knowledge.placed.season[30]
    assert summer > 1.3 > 0.8 > winter


def test_impressions_count_once_a_visitor_and_day(events: Events) -> None:
    said = [("a", "impression", "p", 1.0)] * 30 + [("a", "detail-page-view", "p", 1.0)] * 4
    said += [("b", "impression", "p", 1.0), ("c", "detail-page-view", "p", 1.0)]
    behaviour = events(said)
    found = exposure_of(behaviour.all(), 1)
    assert (found.shown.tolist(), found.clicked.tolist()) == ([2], [1])


def test_the_newest_impressions_count_at_once(shelf: Shelf, events: Events) -> None:
    behaviour: Behaviour = events([("a", "impression", "p01", 1.0)])
    knowledge = know(shelf, behaviour, NOW)
    newer = behaviour.then(event_rows([("b", "impression", "p01", 0.0)], 1))
    assert knowledge.exposure.shown[1] == 1
    assert knowledge.after(newer).exposure.shown[1] == 2


def test_draws_are_the_hours_and_narrow_with_knowledge() -> None:
    assert np.array_equal(noise("v", NOW, 50), noise("v", NOW - NOW % HOUR_S, 50))
    assert not np.array_equal(noise("v", NOW, 50), noise("w", NOW, 50))
    assert not np.array_equal(noise("v", NOW, 50), noise("v", NOW + HOUR_S, 50))
    z = np.random.default_rng(0).standard_normal(2000).astype(np.float32)
    little = draw_rates(np.full(2000, 5.0), np.full(2000, 1.0), z)
    much = draw_rates(np.full(2000, 500.0), np.full(2000, 100.0), z)
    assert much.std() < little.std() / 2
    assert much.mean() == pytest.approx(0.2, abs=0.02)
    assert little.min() >= 0
