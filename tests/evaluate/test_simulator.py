"""The simulator: what it promises of visitors, pages and the truth behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from vitrine.errors import UsageError
from vitrine.evaluate.simulator import (
    FINAL_SEEDS,
    LABELS,
    TUNING_SEEDS,
    UNRELATED,
    Plan,
    World,
    draw_world,
)
from vitrine.evaluate.simulator_online import Audience
from vitrine.evaluate.simulator_visits import arrivals, attention, simulate
from vitrine.events import EVENT_TYPES, Event
from vitrine.types import Price, Product

PLAN = Plan(n_visitors=150, n_days=60)
BUSY = replace(PLAN, sessions_a_week=1.2)
TYPES = ("Tshirts", "Jeans", "Caps", "Dresses")
COLOURS = ("Red", "Blue", "Green", "Black")


@pytest.fixture(scope="module")
def products() -> list[Product]:
    rng = np.random.default_rng(0)
    return [
        Product(
            f"p{n}",
            article_type=str(rng.choice(TYPES)),
            colour=str(rng.choice(COLOURS)),
            gender=str(rng.choice(("women", "men"))),
            season=str(rng.choice(("Summer", "Winter", ""))),
            price=Price(Decimal(int(rng.integers(5, 90))), "EUR") if n % 5 else None,
        )
        for n in range(300)
    ]


@pytest.fixture(scope="module")
def world(products: list[Product]) -> World:
    return draw_world(products, PLAN)


@pytest.fixture(scope="module")
def events(world: World) -> list[Event]:
    return list(simulate(world))


def test_seeds_for_tuning_and_for_the_final_figures_are_different() -> None:
    assert not set(TUNING_SEEDS) & set(FINAL_SEEDS)


def test_one_seed_gives_the_same_events_and_another_gives_others(
    products: list[Product], events: list[Event]
) -> None:
    assert list(simulate(draw_world(products, PLAN))) == events
    other = draw_world(products, Plan(n_visitors=150, n_days=60, seed=12))
    assert [e.at for e in simulate(other)] != [e.at for e in events]


def test_events_are_well_formed(world: World, events: list[Event]) -> None:
    assert len({e.event_id for e in events}) == len(events)
    assert {e.event_type for e in events} <= set(EVENT_TYPES)
    assert {e.visitor_id for e in events} <= set(world.visitor_ids)
    rates = [e for e in events if e.event_type == "rate"]
    assert {e.value for e in rates} <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert all(e.aspect == "relevance" for e in rates)
    shown = next(e for e in events if e.event_type == "impression")
    assert [p.position for p in shown.products] == list(range(24))
    paid = [p.price for e in events for p in e.products if p.price is not None]
    assert min(paid) >= 5
    assert max(paid) < 90


def test_nothing_is_seen_before_it_arrived(world: World, events: list[Event]) -> None:
    arrived = dict(zip(world.product_ids, world.shelf.arrived_at.tolist(), strict=True))
    assert all(arrived[p.product_id] <= e.at for e in events for p in e.products)
    assert max(arrived.values()) > PLAN.starts_at + 30 * 86_400


def test_what_stands_on_top_is_clicked_more(events: list[Event]) -> None:
    clicked = Counter(e.products[0].position for e in events if e.event_type == "detail-page-view")
    top, bottom = (sum(clicked[place] for place in places) for places in (range(6), range(18, 24)))
    assert top > 2 * bottom
    assert clicked[None] > 0  # found by searching


def test_some_visitors_are_new_and_some_come_often(world: World) -> None:
    first: dict[int, float] = {}
    for at, visitor in arrivals(world):
        first.setdefault(visitor, at)
    late = sum(at > PLAN.starts_at + 40 * 86_400 for at in first.values())
    assert late > 10
    counts = sorted(Counter(visitor for _, visitor in arrivals(world)).values())
    assert counts[-1] > 5 * np.median(counts)


def test_something_is_bought_again(events: list[Event]) -> None:
    bought = Counter(
        (e.visitor_id, p.product_id)
        for e in events
        if e.event_type == "purchase-complete"
        for p in e.products
    )
    assert max(bought.values()) > 1


def _own_gender_share(world: World, events: Sequence[Event], products: Sequence[Product]) -> float:
    gender = {p.product_id: p.gender for p in products}
    known = {v.visitor_id: v.gender for v in world.visitors if v.gender}
    same = [
        gender[p.product_id] == known[e.visitor_id]
        for e in events
        if e.event_type == "purchase-complete" and e.visitor_id in known
        for p in e.products
    ]
    assert len(same) > 100
    return sum(same) / len(same)


def test_labels_tell_what_is_bought_unless_tastes_are_unrelated(
    products: list[Product],
) -> None:
    world = draw_world(products, BUSY)
    assert _own_gender_share(world, list(simulate(world)), products) > 0.8
    mixed_up = draw_world(products, replace(BUSY, world=UNRELATED))
    share = _own_gender_share(mixed_up, list(simulate(mixed_up)), products)
    assert 0.35 < share < 0.65


def test_unrelated_tastes_are_as_strong_as_others(products: list[Product]) -> None:
    spreads: list[float] = []
    for name in (LABELS, UNRELATED):
        world = draw_world(products, Plan(world=name, n_visitors=100))
        rows = np.arange(len(products))
        utilities = [world.utility(v, rows, PLAN.starts_at) for v in range(100)]
        spreads.append(float(np.std(utilities)))
    assert spreads[0] == pytest.approx(spreads[1], rel=0.1)


def test_random_products_are_clicked_as_often_as_planned(world: World) -> None:
    rows = np.arange(len(world.product_ids))
    chances = [world.click_probability(v, rows, PLAN.starts_at) for v in range(150)]
    assert np.mean(chances) == pytest.approx(PLAN.click_rate, rel=0.1)


def test_real_copurchases_are_followed(products: list[Product]) -> None:
    partners = {f"p{n}": [(f"p{(n + 7) % 300}", 1.0), ("unknown", 3.0)] for n in range(300)}
    shares: list[float] = []
    for table in (None, partners):
        happened = list(simulate(draw_world(products, PLAN, table)))
        carts = [n for n, e in enumerate(happened) if e.event_type == "add-to-cart"]
        next_seen = [happened[n + 1].products[0].product_id for n in carts[:-1]]
        in_cart = [happened[n].products[0].product_id for n in carts[:-1]]
        pairs = zip(in_cart, next_seen, strict=True)
        shares.append(np.mean([b == f"p{(int(a[1:]) + 7) % 300}" for a, b in pairs]).item())
    assert shares[0] < 0.1
    assert shares[1] > 0.25


def test_the_best_list_has_no_regret_and_a_random_one_has(world: World) -> None:
    at = world.plan.ends_at
    rows = world.here(at)
    best: list[int] = rows[np.argsort(-world.click_probability(0, rows, at))[:12]].tolist()
    ids = [world.product_ids[row] for row in best]
    reaction = Audience(world).react(world.visitor_ids[0], ids, at)
    assert reaction.expected_clicks == pytest.approx(reaction.best_clicks)
    random = Audience(world).react(world.visitor_ids[0], list(world.product_ids[:12]), at)
    assert random.expected_clicks < random.best_clicks


def test_expected_clicks_are_what_clicks_come_to(world: World) -> None:
    ids, at = list(world.product_ids[:24]), world.plan.ends_at
    audiences = [Audience(world, seed) for seed in range(4)]
    reactions = [
        audience.react(visitor_id, ids, at)
        for audience in audiences
        for visitor_id in world.visitor_ids
    ]
    clicks = np.array([r.n_clicks for r in reactions])
    expected = np.mean([r.expected_clicks for r in reactions])
    assert abs(clicks.mean() - expected) < 3 * clicks.std() / np.sqrt(len(clicks))


def test_what_was_clicked_is_not_clicked_again(world: World) -> None:
    audience = Audience(world)
    clicked: list[str] = []
    for visit in range(40):
        at = world.plan.ends_at + 60.0 * visit
        events = audience.react(world.visitor_ids[3], list(world.product_ids[:24]), at).events
        clicked += [e.products[0].product_id for e in events if e.event_type == "detail-page-view"]
    assert clicked
    assert len(set(clicked)) == len(clicked)


def test_ids_of_what_follows_do_not_repeat_those_of_the_log(
    world: World, events: list[Event]
) -> None:
    audience = Audience(world)
    (visitor_id, at), *_ = audience.visits(1)
    new = audience.react(visitor_id, world.product_ids[:24], at).events
    assert not {e.event_id for e in new} & {e.event_id for e in events}


def test_a_page_must_be_filled(products: list[Product]) -> None:
    with pytest.raises(UsageError, match="do not fill a page of 24"):
        draw_world(products[:10], PLAN)
    with pytest.raises(UsageError, match="no world is called 'label'"):
        draw_world(products, Plan(world="label"))


def test_attention_falls() -> None:
    assert (np.diff(attention(24)) < 0).all()
