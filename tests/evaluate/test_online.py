"""Online: a policy that knows the truth misses nothing, chance misses much, poison is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from vitrine.evaluate.next_purchase import Round
from vitrine.evaluate.next_purchase_baselines import BASELINES, RANDOM
from vitrine.evaluate.next_purchase_recommenders import Looks
from vitrine.evaluate.online import Policy, online
from vitrine.evaluate.online_policies import CountingPolicy, policies
from vitrine.evaluate.simulator import Plan, World, draw_world
from vitrine.events import Event
from vitrine.types import Product
from vitrine.vectors import unit

N_VISITS = 60


@pytest.fixture(scope="module")
def products() -> dict[str, Product]:
    made = [
        Product(f"p{n:03d}", article_type=f"type {n % 5}", colour=f"colour {n % 7}")
        for n in range(160)
    ]
    return {product.product_id: product for product in made}


@pytest.fixture(scope="module")
def world(products: Mapping[str, Product]) -> World:
    plan = Plan(n_visitors=120, n_days=60, sessions_a_week=0.8)
    return draw_world(list(products.values()), plan)


class Oracle:
    """Knows what everybody wants, and what they clicked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clicked: set[tuple[str, str]] = set()

    def show(self, visitor_id: str, at: float, k: int) -> Sequence[str]:
        rows = self._world.here(at)
        visitor = list(self._world.visitor_ids).index(visitor_id)
        order = np.argsort(-self._world.click_probability(visitor, rows, at))
        ranked: list[int] = rows[order].tolist()
        names = [self._world.product_ids[row] for row in ranked]
        return [name for name in names if (visitor_id, name) not in self._clicked][:k]

    def learn(self, events: Sequence[Event], for_sale: Callable[[], Sequence[Product]]) -> None:
        assert for_sale()
        for event in events:
            if event.event_type == "detail-page-view":
                self._clicked.add((event.visitor_id, event.products[0].product_id))


class Herd:
    """Shows what has most likes, whoever gave them."""

    def __init__(self, known: Round) -> None:
        self._likes = dict.fromkeys(known.product_ids, 0)

    def show(self, visitor_id: str, at: float, k: int) -> Sequence[str]:
        return sorted(self._likes, key=lambda name: (-self._likes[name], name))[:k]

    def learn(self, events: Sequence[Event], for_sale: Callable[[], Sequence[Product]]) -> None:
        for event in events:
            if event.event_type == "like":
                for product in event.products:
                    self._likes[product.product_id] = self._likes.get(product.product_id, 0) + 1


def test_figures_of_the_truth_of_chance_and_of_a_herd(
    world: World, products: Mapping[str, Product]
) -> None:
    def chance(known: Round) -> Policy:
        return CountingPolicy(known, BASELINES[RANDOM])

    def oracle(known: Round) -> Policy:
        assert known.events
        return Oracle(world)

    starts = {"oracle": oracle, RANDOM: chance, "herd": Herd}
    results = online(world, products, starts, N_VISITS)
    found = {(r.measure, r.contestant): r.figure for r in results}
    for part in range(1, 6):
        assert found[f"regret, clicks a visit, fifth {part}", "oracle"] == pytest.approx(
            0, abs=1e-6
        )
        assert found[f"regret, clicks a visit, fifth {part}", RANDOM] > 0.3
    clicks = "clicks per 100 shown"
    assert found[clicks, "oracle"] > 1.5 * found[clicks, RANDOM]
    assert 0 < found["share of places for cold items", RANDOM] < 1
    entered = "poisoned: lists that the product entered"
    assert found[entered, "herd"] == 1
    assert found[entered, "oracle"] == 0
    assert found["poisoned: overlap@20 of others' lists", "oracle"] == 1
    assert found["poisoned: overlap@20 of others' lists", "herd"] == pytest.approx(19 / 20)


@pytest.mark.slow
def test_every_policy_answers_and_learns(world: World, products: Mapping[str, Product]) -> None:
    ids = list(products)
    looks = Looks(ids, unit(np.random.default_rng(0).normal(size=(len(ids), 8))))
    busy = draw_world(list(products.values()), Plan(n_visitors=200, n_days=60))
    starts = policies(looks, {RANDOM: BASELINES[RANDOM]})
    results = online(busy, products, starts, 30)
    assert {r.contestant for r in results} == set(starts)
    found = {(r.measure, r.contestant): r.figure for r in results}
    assert found["clicks per 100 shown", "blend"] > 0
    assert found["share of places for cold items", "blend, exploring"] >= 0
