"""Next purchase: fractions worked by hand, tasks that keep back what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from vitrine.errors import DataError, NotFoundError
from vitrine.evaluate.event_rows import event_rows
from vitrine.evaluate.next_purchase import (
    ACTIVE,
    COLD_USER,
    IN_VIEW,
    SOME,
    Fit,
    Question,
    Round,
    Task,
    next_purchase,
    segment_of,
)
from vitrine.evaluate.next_purchase_baselines import BASELINES, POPULARITY, RANDOM, REPURCHASE
from vitrine.evaluate.next_purchase_recommenders import Looks, recommenders
from vitrine.evaluate.next_purchase_tasks import (
    ONE_DAY_FILE,
    THIRTY_FILE,
    one_day,
    simulated_task,
    thirty_customers,
)
from vitrine.evaluate.simulator import Plan
from vitrine.events import Event, EventProduct
from vitrine.recommend import RECOMMENDERS
from vitrine.store import create_sqlite
from vitrine.types import EncoderIdentity, Product
from vitrine.vectors import unit

DAY_S = 86_400.0


def event(
    visitor: str, event_type: str, *product_ids: str, at: float = 0.0, value: float | None = None
) -> Event:
    name = f"{visitor}-{event_type}-{'-'.join(product_ids)}-{at}"
    products = tuple(EventProduct(product_id) for product_id in product_ids)
    return Event(name, event_type, visitor, at, products, value=value)


def products(n: int) -> list[Product]:
    return [Product(f"p{row:02d}", article_type=("Caps", "Jeans")[row % 2]) for row in range(n)]


def always(*product_ids: str) -> Fit:
    return lambda known: lambda question, k: product_ids[:k]


def figures(task: Task, contestants: Mapping[str, Fit]) -> dict[tuple[str, str], float]:
    return {
        (r.measure, r.contestant): r.figure for r in next_purchase(task, contestants, [POPULARITY])
    }


def test_figures_worked_by_hand() -> None:
    history = [event(f"v{n}", "detail-page-view", "p00") for n in range(5)]
    questions = [
        Question("v0", {"p01", "p03"}),
        Question("new", {"p02"}),
        Question("new", {"p09"}, ("p00",)),
    ]
    known = Round(history, DAY_S, products(20), questions)
    contestants = {"ours": always("p01", "p02", "p03"), POPULARITY: always("p00")}
    found = figures(Task("toy", [known]), contestants)
    assert found["MAP@12, some history", "ours"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["MAP@12, cold user", "ours"] == pytest.approx(1 / 2)
    assert found["MAP@12, cold user with a product in view", "ours"] == 0
    assert found["MAP@12, all", "ours"] == pytest.approx((5 / 6 + 1 / 2 + 0) / 3)
    assert found["recall@12, some history", "ours"] == 1
    assert found["MAP@12, cold item", "ours"] == found["MAP@12, all", "ours"]
    assert found["coverage", "ours"] == pytest.approx(3 / 20)
    assert found["novelty, bits", "ours"] == pytest.approx(-np.log2(1 / 25))
    assert found["novelty, bits", POPULARITY] == pytest.approx(-np.log2(6 / 25))
    assert found["share of places for cold items", "ours"] == pytest.approx(3 / 12)
    assert found["share of places for cold items", POPULARITY] == 0
    ahead = found[f"MAP@12 ahead of {POPULARITY}, all", "ours"]
    assert ahead == pytest.approx(found["MAP@12, all", "ours"])


def test_what_one_bought_oneself_is_no_cold_item() -> None:
    history = [event("v0", "purchase-complete", "p01")]
    known = Round(history, DAY_S, products(20), [Question("v0", {"p01"})])
    found = figures(Task("toy", [known]), {"ours": always("p01"), POPULARITY: always("p00")})
    assert found["MAP@12, all", "ours"] == 1
    assert not any("cold item" in measure and "MAP" in measure for measure, _ in found)


def test_segments() -> None:
    nothing, looking = Question("v", {"p"}), Question("v", {"p"}, ("q",))
    assert [segment_of(nothing, n) for n in (0, 1, 9, 10)] == [COLD_USER, SOME, SOME, ACTIVE]
    assert segment_of(looking, 0) == IN_VIEW


def test_baselines() -> None:
    history = [
        event("a", "purchase-complete", "p03", at=0),
        event("a", "purchase-complete", "p03", at=DAY_S),
        event("a", "purchase-complete", "p05", at=2 * DAY_S),
        event("b", "purchase-complete", "p07", at=2 * DAY_S),
        event("c", "purchase-complete", "p07", at=2 * DAY_S),
        *(event("d", "detail-page-view", "p09", at=2 * DAY_S + n) for n in range(50)),
        event("e", "purchase-complete", "gone", at=2 * DAY_S),
    ]
    known = Round(history, 3 * DAY_S, products(12), [])
    ask = {name: fit(known) for name, fit in BASELINES.items()}
    assert ask[POPULARITY](Question("a", {"p"}), 4) == ["p07", "p05", "p03", "p09"]
    assert ask[POPULARITY](Question("x", {"p"}, ("p07",)), 2) == ["p05", "p03"]
    assert ask[REPURCHASE](Question("a", {"p"}), 4) == ["p03", "p05", "p07", "p09"]
    assert ask[REPURCHASE](Question("e", {"p"}), 2) == ["p07", "p05"]
    drawn = list(ask[RANDOM](Question("a", {"p"}), 12))
    assert sorted(drawn) == known.product_ids
    assert drawn != known.product_ids


@pytest.fixture
def hm_folder(tmp_path: Path) -> Path:
    (tmp_path / "articles.csv").write_text(
        "article_id,product_code,prod_name,product_type_name,colour_group_name\n"
        "0111565001,111565,Tights,Underwear Tights,Black\n",
        encoding="utf-8",
    )
    bought = "customer_id,article_id\n" + "".join(
        f"c{n},{article}\n" for n in range(6) for article in (111565001, 222000001 + n, 222000009)
    )
    (tmp_path / THIRTY_FILE).write_text(bought, encoding="utf-8")
    (tmp_path / ONE_DAY_FILE).write_text(bought + "c9,111565001\n", encoding="utf-8")
    return tmp_path


def test_leave_one_out_keeps_one_purchase_of_each_customer_back(hm_folder: Path) -> None:
    rounds = list(thirty_customers(hm_folder, 3).rounds)
    asked = {(q.visitor_id, *q.bought) for each in rounds for q in each.questions}
    assert len(asked) == 18
    for each in rounds:
        known = {(e.visitor_id, e.products[0].product_id) for e in each.events}
        assert len(known) == 12
        assert not known & {(q.visitor_id, *q.bought) for q in each.questions}
        assert "0111565001" in each.product_ids
        assert {p.item_group_id for p in each.for_sale} == {"111565", "222000"}


def test_one_day_asks_everybody_once_and_says_the_rest_of_the_basket(hm_folder: Path) -> None:
    rounds = list(one_day(hm_folder).rounds)
    questions = [q for each in rounds for q in each.questions]
    assert sorted(q.visitor_id for q in questions) == [*(f"c{n}" for n in range(6)), "c9"]
    assert sorted(len(q.viewed) for q in questions) == [0, 2, 2, 2, 2, 2, 2]
    for each in rounds:
        known = {e.visitor_id for e in each.events}
        assert not known & {q.visitor_id for q in each.questions}


def test_tables_that_are_not_there_or_others(tmp_path: Path, hm_folder: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no purchases_30_customers\.csv"):
        thirty_customers(tmp_path / "elsewhere")
    (hm_folder / ONE_DAY_FILE).write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="has no customer_id and article_id"):
        one_day(hm_folder)


@pytest.fixture(scope="module")
def simulated() -> Round:
    shop = [
        Product(f"p{n:03d}", article_type=f"type {n % 5}", colour=f"colour {n % 7}")
        for n in range(200)
    ]
    plan = Plan(n_visitors=150, n_days=60, sessions_a_week=0.7)
    (found,) = simulated_task(shop, [plan]).rounds
    return found


def test_the_simulator_is_split_by_time(simulated: Round) -> None:
    assert max(e.at for e in simulated.events) < simulated.at
    assert all(q.bought <= set(simulated.product_ids) for q in simulated.questions)
    assert len(simulated.product_ids) < 200
    known = {e.visitor_id for e in simulated.events}
    cold = [q for q in simulated.questions if q.visitor_id not in known]
    assert len(cold) < len(simulated.questions)
    assert all(not q.viewed for q in simulated.questions if q.visitor_id in known)


@pytest.fixture(scope="module")
def two_camps() -> Round:
    """Sixty visitors, half of whom look at and buy even products only, half odd ones."""
    rng = np.random.default_rng(0)
    history: list[Event] = []
    questions: list[Question] = []
    for number in range(60):
        own = [f"p{row:02d}" for row in rng.permutation(np.arange(number % 2, 80, 2))[:12].tolist()]
        for place, product_id in enumerate(own[:9]):
            at = float(rng.uniform(0, 20 * DAY_S))
            kind = "purchase-complete" if place % 3 == 0 else "detail-page-view"
            history.append(event(f"v{number}", kind, product_id, at=at))
        questions.append(Question(f"v{number}", set(own[9:])))
    return Round(history, 20 * DAY_S, products(80), questions)


def test_every_row_of_the_table_is_measured(two_camps: Round) -> None:
    parity = np.array([[row % 2, 1 - row % 2] for row in range(80)], np.float64)
    noise = np.random.default_rng(0).normal(0, 0.1, (80, 2))
    looks = Looks(two_camps.product_ids, unit(parity + noise))
    contestants = {**BASELINES, **recommenders(looks, trained=False)}
    results = next_purchase(Task("toy", [two_camps]), contestants, [REPURCHASE])
    found = {r.contestant: r for r in results if r.measure == "recall@12, all"}
    assert set(found) == {*BASELINES, *RECOMMENDERS}
    for name in ("visual", "co-occurrence", "als", "blend"):
        assert found[name].figure > found[RANDOM].figure + 0.05, name
    coverage = {r.contestant: r.figure for r in results if r.measure == "coverage"}
    assert all(0 < share <= 1 for share in coverage.values())


@pytest.mark.slow
def test_a_ranker_is_trained_on_what_was_known(simulated: Round) -> None:
    rng = np.random.default_rng(0)
    looks = Looks(simulated.product_ids[:150], unit(rng.normal(size=(150, 8))))
    results = next_purchase(Task("toy", [simulated]), recommenders(looks, trained=True))
    found = {r.contestant: r.n for r in results if r.measure == "recall@12, all"}
    assert set(found) == {*RECOMMENDERS, "ranker"}
    assert set(found.values()) == {len(simulated.questions)}


def test_looks_of_products_without_a_photo_are_zeros() -> None:
    looks = Looks(["a", "b"], unit(np.array([[1.0, 0.0], [0.0, 2.0]])))
    assert looks.of(["b", "c"]).tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_event_rows_are_those_of_a_store(tmp_path: Path) -> None:
    events: Sequence[Event] = [
        event("a", "purchase-complete", "p1", "p2", at=1.0),
        event("b", "rate", "p2", at=2.0, value=4.0),
        event("b", "home-page-view", at=3.0),
        event("a", "like", "p1", at=4.0),
    ]
    store = create_sqlite(tmp_path / "a.shop", EncoderIdentity("none", "0" * 64, 2, "none"))
    store.events().append(events)
    theirs, ours = store.events().rows(), event_rows(events)
    store.close()
    assert theirs.last == ours.last
    for name in ("at", "types", "visitors", "products", "values", "positions"):
        assert getattr(theirs, name).tolist() == getattr(ours, name).tolist()
    assert (theirs.type_names, theirs.visitor_ids, theirs.product_ids) == (
        ours.type_names,
        ours.visitor_ids,
        ours.product_ids,
    )
