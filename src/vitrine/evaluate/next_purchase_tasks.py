"""Tasks of next purchase: H&M's public tables, and the simulator split by time."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, NotFoundError
from vitrine.evaluate.next_purchase import Question, Round, Task
from vitrine.evaluate.simulator import draw_world
from vitrine.evaluate.simulator_shelf import DAY_S
from vitrine.evaluate.simulator_visits import simulate
from vitrine.events import Event, EventProduct
from vitrine.types import Product

if TYPE_CHECKING:
    from vitrine.evaluate.simulator import BoughtTogether, Plan, World

THIRTY, ONE_DAY = "hm-30-customers", "hm-one-day"
THIRTY_FILE, ONE_DAY_FILE = "purchases_30_customers.csv", "transactions_train_20180920.csv"
_ARTICLES = ("articles.csv", "articles_20180920.csv")
_N_ROUNDS, _N_FOLDS = 20, 5
_SEED = 6
_A_DAY = 1_537_401_600.0  # 2018-09-20; of the other table no day is known
TEST_DAYS = 14.0
"""Of a simulation, that are asked about."""


def thirty_customers(folder: Path, n_rounds: int = _N_ROUNDS) -> Task:
    """Leave one out: in each round one purchase of each customer is kept back.

    The table has no dates, so that its purchases are of one day, each a visit of its own.

    Args:
        folder: of H&M's tables.
        n_rounds: how many purchases of each customer are asked for, drawn with a fixed seed.

    Raises:
        NotFoundError: the table is not there.
        DataError: it is another table.
    """
    bought = _bought(folder / THIRTY_FILE)
    products = _products(folder, bought)
    rng = np.random.default_rng(_SEED)
    order = {customer: rng.permutation(len(rows)) for customer, rows in bought.items()}

    def leave_out(n: int) -> Round:
        events: list[Event] = []
        questions: list[Question] = []
        for customer, rows in bought.items():
            wanted = rows[int(order[customer][n % len(rows)])]
            rest = [p for p in rows if p != wanted]
            events += [_purchase(customer, place, [p]) for place, p in enumerate(rest)]
            questions.append(Question(customer, {wanted}))
        return Round(events, _A_DAY + DAY_S, products, questions)

    return Task(THIRTY, map(leave_out, range(n_rounds)))


def one_day(folder: Path) -> Task:
    """Baskets of one day: of each one article is kept back, the others were just looked at.

    Baskets are in five parts; four are known, and the fifth is asked. Who bought one article
    only is a visitor of whom nothing is known.

    Raises:
        NotFoundError: the table is not there.
        DataError: it is another table.
    """
    bought = _bought(folder / ONE_DAY_FILE)
    products = _products(folder, bought)
    baskets = {customer: list(dict.fromkeys(rows)) for customer, rows in sorted(bought.items())}
    rng = np.random.default_rng(_SEED)
    parts = (rng.permutation(len(baskets)) % _N_FOLDS).tolist()
    wanted = {customer: str(rng.choice(basket)) for customer, basket in baskets.items()}

    def fold(number: int) -> Round:
        events: list[Event] = []
        questions: list[Question] = []
        for (customer, basket), part in zip(baskets.items(), parts, strict=True):
            if part != number:
                events.append(_purchase(customer, 0, basket))
                continue
            others = tuple(p for p in basket if p != wanted[customer])
            questions.append(Question(customer, {wanted[customer]}, others))
        return Round(events, _A_DAY + DAY_S, products, questions)

    return Task(ONE_DAY, map(fold, range(_N_FOLDS)))


def simulated_task(
    products: Sequence[Product],
    plans: Sequence[Plan],
    bought_together: BoughtTogether | None = None,
) -> Task:
    """One round for each plan: all but the last fortnight is known, its purchases are asked.

    Visitors who come for the first time in that fortnight are asked twice: before they did
    anything, and after the first product that they looked at.

    Args:
        products: of a catalogue.
        plans: of one world, and several seeds.
        bought_together: as for `draw_world`.
    """
    by_id = {product.product_id: product for product in products}
    worlds = (draw_world(products, plan, bought_together) for plan in plans)
    name = f"simulator-{plans[0].world}"
    return Task(name, (_time_split(world, by_id) for world in worlds))


def _time_split(world: World, products: Mapping[str, Product]) -> Round:
    at = world.plan.ends_at - TEST_DAYS * DAY_S
    prefix = f"{world.plan.seed}/"
    before: list[Event] = []
    bought: defaultdict[str, set[str]] = defaultdict(set)
    first_look: dict[str, str] = {}
    for event in simulate(world):
        named = replace(event, visitor_id=prefix + event.visitor_id)
        if event.at < at:
            before.append(named)
        elif event.event_type == "detail-page-view":
            first_look.setdefault(named.visitor_id, event.products[0].product_id)
        elif event.event_type == "purchase-complete":
            bought[named.visitor_id].update(p.product_id for p in event.products)
    for_sale = oldest_first(world, at)
    here, known = set(for_sale), {event.visitor_id for event in before}
    questions: list[Question] = []
    for visitor_id, own in sorted(bought.items()):
        if not (wanted := own & here):
            continue
        questions.append(Question(visitor_id, wanted))
        looked = first_look.get(visitor_id)
        if visitor_id not in known and looked in here and (rest := wanted - {looked}):
            questions.append(Question(visitor_id, rest, (looked,)))
    facts = {
        prefix + visitor.visitor_id: replace(visitor, visitor_id=prefix + visitor.visitor_id)
        for visitor in world.visitors
    }
    return Round(before, at, [products[p] for p in for_sale], questions, facts)


def oldest_first(world: World, at: float) -> list[str]:
    """What has arrived by a time, in the order in which it came."""
    rows = world.here(at)
    order: list[int] = rows[np.argsort(world.shelf.arrived_at[rows], kind="stable")].tolist()
    return [world.product_ids[row] for row in order]


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


def _products(folder: Path, bought: Mapping[str, Sequence[str]]) -> list[Product]:
    """Every article of the tables, and those that no table describes, by their design alone."""
    wanted = {article for articles in bought.values() for article in articles}
    described: dict[str, Product] = {}
    for name in _ARTICLES:
        if (folder / name).is_file():
            for product in read_catalogue(folder / name, format="hm"):
                described.setdefault(product.product_id, product)
    bare = [Product(p, item_group_id=p[:7].lstrip("0")) for p in wanted if p not in described]
    return sorted([*described.values(), *bare], key=lambda product: product.product_id)
