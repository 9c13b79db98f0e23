"""Tasks of next purchase: H&M's public tables, and the simulator split by time."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, NotFoundError
from vitrine.evaluate.next_purchase import Question, Round, Task
from vitrine.evaluate.simulator_shelf import DAY_S
from vitrine.evaluate.simulator_visits import simulate
from vitrine.events import Event, EventProduct
from vitrine.types import Product

if TYPE_CHECKING:
    from vitrine.evaluate.simulator import World

THIRTY, ONE_DAY = "hm-30-customers", "hm-one-day"
THIRTY_FILE, ONE_DAY_FILE = "purchases_30_customers.csv", "transactions_train_20180920.csv"
_ARTICLES = ("articles.csv", "articles_20180920.csv")
_N_ROUNDS, _N_FOLDS = 20, 5
_SEED = 6
_A_DAY = 1_537_401_600.0  # 2018-09-20; of the other table no day is known
_TEST_DAYS = 14.0


def thirty_customers(folder: Path, n_rounds: int = _N_ROUNDS) -> Task:
    """Leave one out: in each round one purchase of each customer is kept back.

    The table has no dates, so that its purchases are of one day, each a visit of its own.

    Args:
        folder: of H&M's tables.
        n_rounds: how many purchases of each customer are asked for, drawn with a fixed seed.
    """
    bought = _bought(folder / THIRTY_FILE)
    rng = np.random.default_rng(_SEED)
    order = {customer: rng.permutation(len(rows)) for customer, rows in bought.items()}
    products = _products(folder, {p for rows in bought.values() for p in rows})
    rounds: list[Round] = []
    for n in range(n_rounds):
        events: list[Event] = []
        questions: list[Question] = []
        for customer, rows in bought.items():
            kept_back = int(order[customer][n % len(rows)])
            wanted = rows[kept_back]
            rest = [p for p in rows if p != wanted]
            events += [_purchase(customer, place, [p]) for place, p in enumerate(rest)]
            questions.append(Question(customer, {wanted}))
        rounds.append(_hm_round(products, events, questions))
    return Task(THIRTY, products, rounds)


def one_day(folder: Path) -> Task:
    """Baskets of one day: of each one article is kept back, the others were just looked at.

    Baskets are in five parts; four are known, and the fifth is asked. Who bought one article
    only is a visitor of whom nothing is known.
    """
    bought = _bought(folder / ONE_DAY_FILE)
    rng = np.random.default_rng(_SEED)
    products = _products(folder, {p for rows in bought.values() for p in rows})
    customers = sorted(bought)
    part = rng.permutation(len(customers)) % _N_FOLDS
    rounds: list[Round] = []
    for fold in range(_N_FOLDS):
        events: list[Event] = []
        questions: list[Question] = []
        for customer, its_part in zip(customers, part.tolist(), strict=True):
            basket = list(dict.fromkeys(bought[customer]))
            if its_part != fold:
                events.append(_purchase(customer, 0, basket))
                continue
            wanted = str(rng.choice(basket))
            viewed = tuple(p for p in basket if p != wanted)
            questions.append(Question(customer, {wanted}, viewed))
        rounds.append(_hm_round(products, events, questions))
    return Task(ONE_DAY, products, rounds)


def simulated_task(products: Sequence[Product], worlds: Sequence[World]) -> Task:
    """One round for each world: all but the last fortnight is known, its purchases are asked.

    Visitors who come for the first time in that fortnight are asked twice: before they did
    anything, and after the first product that they looked at.
    """
    name = f"simulator-{worlds[0].plan.world}"
    return Task(name, products, [_time_split(world) for world in worlds])


def _time_split(world: World) -> Round:
    at = world.plan.ends_at - _TEST_DAYS * DAY_S
    prefix = f"{world.plan.seed}/"
    before: list[Event] = []
    bought: defaultdict[str, set[str]] = defaultdict(set)
    first_look: dict[str, str] = {}
    rows: list[int] = world.here(at).tolist()
    here = frozenset(world.product_ids[row] for row in rows)
    for event in simulate(world):
        named = replace(event, visitor_id=prefix + event.visitor_id)
        if event.at < at:
            before.append(named)
        elif event.event_type == "detail-page-view":
            first_look.setdefault(named.visitor_id, event.products[0].product_id)
        elif event.event_type == "purchase-complete":
            bought[named.visitor_id].update(p.product_id for p in event.products)
    known = {event.visitor_id for event in before}
    questions: list[Question] = []
    for visitor_id, products in sorted(bought.items()):
        if not (wanted := products & here):
            continue
        questions.append(Question(visitor_id, wanted))
        looked = first_look.get(visitor_id)
        if visitor_id not in known and looked in here and (rest := wanted - {looked}):
            questions.append(Question(visitor_id, rest, (looked,)))
    facts = {
        prefix + visitor.visitor_id: replace(visitor, visitor_id=prefix + visitor.visitor_id)
        for visitor in world.visitors
    }
    return Round(before, at, here, questions, facts)


def _hm_round(
    products: Sequence[Product], events: Sequence[Event], questions: Sequence[Question]
) -> Round:
    for_sale = frozenset(product.product_id for product in products)
    return Round(events, _A_DAY + DAY_S, for_sale, questions)


def _purchase(customer: str, number: int, product_ids: Sequence[str]) -> Event:
    return Event(
        f"{customer}-{number}",
        "purchase-complete",
        customer,
        _A_DAY,
        tuple(EventProduct(product_id) for product_id in product_ids),
        f"{customer}-{number}",
    )


def _bought(path: Path) -> dict[str, list[str]]:
    """Customer -> articles; ids get back the zero that tables lose."""
    if not path.is_file():
        raise NotFoundError(f"there is no {path.name} in {path.parent}")
    bought: defaultdict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not {"customer_id", "article_id"} <= row.keys():
                raise DataError(f"{path} has no customer_id and article_id; give H&M's own table")
            bought[row["customer_id"]].append(row["article_id"].zfill(10))
    return dict(bought)


def _products(folder: Path, bought: set[str]) -> list[Product]:
    """Every article of the tables, and those that no table describes, by their design alone."""
    described: dict[str, Product] = {}
    for name in _ARTICLES:
        if (folder / name).is_file():
            for product in read_catalogue(folder / name, format="hm"):
                described.setdefault(product.product_id, product)
    bare = [Product(p, item_group_id=p[:7].lstrip("0")) for p in bought if p not in described]
    return sorted([*described.values(), *bare], key=lambda product: product.product_id)
