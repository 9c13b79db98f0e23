"""Recommendations of a shop's products, measured: H&M's tables, the simulator, online and off."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import UsageError
from vitrine.evaluate.next_purchase import Task, next_purchase
from vitrine.evaluate.next_purchase_baselines import BASELINES, POPULARITY, RANDOM, REPURCHASE
from vitrine.evaluate.next_purchase_recommenders import Looks, recommenders
from vitrine.evaluate.next_purchase_tasks import one_day, simulated_task, thirty_customers
from vitrine.evaluate.online import online
from vitrine.evaluate.online_policies import policies
from vitrine.evaluate.ratings import LEARNED, rating_results
from vitrine.evaluate.report import columns_of, markdown_rows, protocols_of, table_of
from vitrine.evaluate.results import Evaluation, Result
from vitrine.evaluate.simulator import WORLDS, Plan, draw_world
from vitrine.evaluate.simulator_visits import simulate
from vitrine.index import snapshot
from vitrine.store import look_into_sqlite

if TYPE_CHECKING:
    from vitrine.evaluate.simulator import BoughtTogether
    from vitrine.types import Product

COPURCHASE_FILE = "copurchase.csv"
_AGAINST = (POPULARITY, REPURCHASE)
_ONLINE_BASELINES = (RANDOM, POPULARITY)
_PLAIN_MEANS = ("global mean", "product mean", "visitor mean")

OnProgress = Callable[[str], None]


def evaluate_recommendations(
    shop: Path,
    *,
    hm: Path | None = None,
    seeds: Sequence[int] = (),
    n_visitors: int = Plan.n_visitors,
    n_products: int = 0,
    n_online: int = 0,
    on_progress: OnProgress = lambda _line: None,
) -> Evaluation:
    """Measure every row of the recommenders' table on a shop's products.

    Args:
        shop: whose products and vectors are taken; its own events are not looked at.
        hm: folder of H&M's tables; their articles take the shop's vectors where it has them, and
            simulated visitors follow its co-purchases.
        seeds: of simulated worlds, of which each kind is drawn with every seed; none: nothing is
            simulated.
        n_visitors: of each simulated world.
        n_products: of each simulated world, drawn by a hash of their ids; 0 takes all. Fewer mean
            more events for each, as shops with many visitors have.
        n_online: visits in which lists are shown to the first seed's visitors.
        on_progress: told what is being done.

    Raises:
        UsageError: neither `hm` nor `seeds`.
        NotFoundError: a table of H&M is missing.
        MissingExtraError: the extra 'recommend' is not installed.
    """
    if hm is None and not seeds:
        raise UsageError("nothing is asked for: give --hm FOLDER, --simulate, or both")
    with look_into_sqlite(shop) as store:
        view = snapshot(store.rows())
        rows = np.flatnonzero(view.alive)
        looks = Looks([view.product_ids[row] for row in rows.tolist()], view.main_vectors(rows))
        products = [product for product, _ in store.iterate()]
    results: list[Result] = []
    if hm is not None:
        for task in (one_day(hm), thirty_customers(hm)):
            results += _next_purchase(task, looks, on_progress, trained=False)
    together = None if hm is None else read_bought_together(hm)
    if n_products:
        products = sorted(products, key=_place)[:n_products]
    for world in WORLDS if seeds else ():
        plans = [Plan(world=world, seed=seed, n_visitors=n_visitors) for seed in seeds]
        results += _simulated(products, plans, looks, together, n_online, on_progress)
    names = list(dict.fromkeys(result.contestant for result in results))
    baselines = [name for name in names if name in {*BASELINES, *_PLAIN_MEANS}]
    return Evaluation(shop.name, "all", len(products), names, baselines, results, {})


def read_bought_together(folder: Path) -> BoughtTogether | None:
    """Real co-purchases of `copurchase.csv`, both ways; None where there is no such table."""
    path = folder / COPURCHASE_FILE
    if not path.is_file():
        return None
    found: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = row["article_id"].zfill(10), row["co_article_id"].zfill(10)
            found[one].append((other, float(row["score"])))
            found[other].append((one, float(row["score"])))
    return found


def recommendations_markdown(evaluation: Evaluation) -> str:
    """Everything as Markdown, one table a task."""
    lines = [
        f"# Recommendations of {evaluation.source}: {evaluation.n_photos:,} products",
        "",
        "Figures with 95 % intervals (bootstrap by visitor).",
    ]
    for protocol in protocols_of(evaluation):
        header, rows = table_of(evaluation, protocol)
        lines += ["", f"## {protocol}", "", *markdown_rows(header, rows)]
    return "\n".join(lines) + "\n"


def write_recommendations_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write results.json and results.md; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "results.json": json.dumps(recommendations_json(evaluation), indent=1) + "\n",
        "results.md": recommendations_markdown(evaluation),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


def recommendations_json(evaluation: Evaluation) -> dict[str, object]:
    """For results.json and `--json`."""
    tasks = {name: columns_of(evaluation, name) for name in protocols_of(evaluation)}
    return {
        "shop": evaluation.source,
        "products": evaluation.n_photos,
        "tasks": tasks,
        "baselines": list(evaluation.baselines),
        "results": [result.as_json() for result in evaluation.results],
    }


def _place(product: Product) -> bytes:
    return sha256(product.product_id.encode()).digest()


def _next_purchase(
    task: Task, looks: Looks, on_progress: OnProgress, *, trained: bool
) -> list[Result]:
    contestants = {**BASELINES, **recommenders(looks, trained=trained)}
    return next_purchase(task, contestants, _AGAINST, on_progress)


def _simulated(
    products: Sequence[Product],
    plans: Sequence[Plan],
    looks: Looks,
    together: BoughtTogether | None,
    n_online: int,
    on_progress: OnProgress,
) -> list[Result]:
    results = _next_purchase(
        simulated_task(products, plans, together), looks, on_progress, trained=True
    )
    first = plans[0]
    name = f"ratings-{first.world}"
    on_progress(f"{name}: {LEARNED}")
    rated = (
        replace(event, visitor_id=f"{plan.seed}/{event.visitor_id}")
        for plan in plans
        for event in simulate(draw_world(products, plan, together))
        if event.event_type == "rate"
    )
    results += rating_results(name, list(rated), looks)
    if n_online:
        world = draw_world(products, first, together)
        by_id = {product.product_id: product for product in products}
        baselines = {each: BASELINES[each] for each in _ONLINE_BASELINES}
        results += online(world, by_id, policies(looks, baselines), n_online, on_progress)
    return results
