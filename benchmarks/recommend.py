"""Recommendations: time to open, time of an answer, time until a like counts.

python -m benchmarks.recommend [--products 40000] [--events 1000000] [--shop PATH] [--train]

Without a shop one is made in a temporary folder: products around 400 looks with labels and prices,
visitors who go for five looks each, and impressions, views, likes, carts and purchases of 120 days.
Everything goes through `Shop`, with a real shop file, in one process, one request after another.
The bare visual search of the same shop (`like`, k = 12) is timed beside it. CPU is the time that
the answering thread had a processor.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.report import machine, print_table
from vitrine.events import Event, EventProduct, Visitor
from vitrine.settings import Settings
from vitrine.shop import Shop, open_shop
from vitrine.store import ImageRecord, PhotoRef, VectorRecord, create_sqlite
from vitrine.types import EncoderIdentity, Price, Product
from vitrine.vectors import unit

T = TypeVar("T")

DAY_S = 86_400.0
N_LOOKS = 400
DIM = 256
N_VISITORS = 30_000
N_ASKED = 300
K = 24
_TYPES = ("impression", "detail-page-view", "like", "add-to-cart", "purchase-complete")
_SHARES = (0.35, 0.45, 0.08, 0.07, 0.05)
_WORDS = {
    "article_type": [f"Type {n}" for n in range(60)],
    "colour": [f"Colour {n}" for n in range(24)],
    "gender": ["women", "men", "unisex"],
    "season": ["Summer", "Winter", "Fall", "Spring"],
}


def make_shop(path: Path, n_products: int, n_events: int) -> None:
    """Write products, vectors and events straight into a new shop file."""
    rng = np.random.default_rng(0)
    looks = unit(rng.normal(size=(N_LOOKS, DIM)).astype(np.float32))
    look_of = np.sort(rng.integers(0, N_LOOKS, n_products))
    noise = rng.normal(size=(n_products, DIM)).astype(np.float32) / np.sqrt(DIM)
    vectors = unit(looks[look_of] + noise)
    store = create_sqlite(path, identity := EncoderIdentity("benchmark", "0" * 64, DIM, "none"))
    with store.transaction() as writer:
        entries: list[tuple[Product, list[PhotoRef]]] = []
        for row in range(n_products):
            sha256 = hashlib.sha256(str(row).encode()).hexdigest()
            writer.put_images([ImageRecord(sha256, 60, 80, b"")])
            writer.put_vectors(identity, [VectorRecord(sha256, vectors[row], {})])
            entries.append((_product(row, int(look_of[row])), [PhotoRef(f"{row}.jpg", sha256)]))
        writer.put_products(entries)
    store.close()
    with open_shop(path, settings=Settings()) as shop:
        shop.events.put_visitors(_visitors())
        batch: list[Event] = []
        for event in _events(look_of, n_events):
            batch.append(event)
            if len(batch) == 20_000:
                shop.events.append(batch)
                batch.clear()
        shop.events.append(batch)


def _product(row: int, look: int) -> Product:
    said = {name: some[(look * 7 + row % 3) % len(some)] for name, some in _WORDS.items()}
    return Product(
        f"p{row:06}",
        title=f"Product {row}",
        price=Price(Decimal(10 + look % 90), "EUR"),
        article_type=said["article_type"],
        colour=said["colour"],
        gender=said["gender"],
        season=said["season"],
    )


def _visitors() -> Iterator[Visitor]:
    for row in range(0, N_VISITORS, 2):
        yield Visitor(f"v{row:05}", 18 + row % 50, ("women", "men")[row % 4 // 2], f"r{row % 10}")


def _events(look_of: np.ndarray[tuple[int], np.dtype[np.int64]], n: int) -> Iterator[Event]:
    rng = np.random.default_rng(1)
    now = time.time() - 60
    starts = np.searchsorted(look_of, np.arange(N_LOOKS + 1))
    full = np.flatnonzero(np.diff(starts))
    weights = rng.pareto(1.5, N_VISITORS) + 0.2
    visitors = rng.choice(N_VISITORS, n, p=weights / weights.sum())
    kinds = rng.choice(len(_TYPES), n, p=_SHARES)
    looks = full[(visitors * 31 + rng.integers(0, 5, n) * 97) % len(full)]
    sizes = starts[looks + 1] - starts[looks]
    products = starts[looks] + (rng.random(n) ** 2 * sizes).astype(np.int64)
    ages = np.sort(rng.random(n))[::-1] * 120 * DAY_S
    for number in range(n):
        yield Event(
            f"e{number}",
            _TYPES[kinds[number]],
            f"v{visitors[number]:05}",
            now - float(ages[number]),
            (EventProduct(f"p{products[number]:06}"),),
        )


class Timer:
    """Wall and processor time of what is called; the latter does not depend on who else works."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._processor: list[float] = []

    def __call__(self, work: Callable[[], T]) -> T:
        """Do it and note how long it took."""
        wall, processor = time.perf_counter(), time.thread_time()
        done = work()
        self._wall.append((time.perf_counter() - wall) * 1000)
        self._processor.append((time.thread_time() - processor) * 1000)
        return done

    def row(self) -> list[object]:
        """Medians and 95th percentiles, in ms."""
        figures = [
            np.percentile(took, q) for took in (self._wall, self._processor) for q in (50, 95)
        ]
        return [float(figure) for figure in figures]


def ask(shop: Shop, visitors: list[str]) -> list[object]:
    """Time answers to many visitors."""
    timer = Timer()
    for visitor in visitors:
        timer(partial(shop.recommend, visitor=visitor, k=K))
    return [*timer.row(), ""]


def like_and_ask(shop: Shop, product_ids: list[str]) -> list[object]:
    """Time from one like to an answer that goes by it, for visitors that were never seen."""
    timer, changed = Timer(), 0
    for number, product_id in enumerate(product_ids):
        visitor = f"fresh{time.time_ns()}-{number}"
        before = [hit.product_id for hit in shop.recommend(visitor=visitor, k=K).hits]
        liked = EventProduct(product_id)
        shop.events.append([Event(f"l{visitor}", "like", visitor, time.time(), (liked,))])
        found = timer(partial(shop.recommend, visitor=visitor, k=K))
        changed += [hit.product_id for hit in found.hits] != before
    return [*timer.row(), f"{changed} of {len(product_ids)}"]


def search(shop: Shop, product_ids: list[str]) -> list[object]:
    """Time the bare visual search."""
    timer = Timer()
    for product_id in product_ids:
        timer(partial(shop.search, like=product_id, k=12))
    return [*timer.row(), ""]


_HEADER = ["asked", "p50 ms", "p95 ms", "CPU p50 ms", "CPU p95 ms", "lists changed"]


def measure(path: Path, *, train: bool) -> None:
    """Open a shop and print its table."""
    rng = np.random.default_rng(2)
    started = time.perf_counter()
    with open_shop(path, settings=Settings()) as shop:
        n_products = len(shop)
        opened_s = time.perf_counter() - started
        started = time.perf_counter()
        shop.recommend(k=K)
        first_s = time.perf_counter() - started
        rows = shop.events.rows()
        every = np.unique(rows.visitors)
        chosen = rng.permutation(every)[:N_ASKED]
        visitors = [rows.visitor_ids[int(row)] for row in chosen]
        products = [str(each) for each in rng.permutation(list(rows.product_ids))[:N_ASKED]]
        print(
            f"\n{n_products:,} products, {len(rows):,} events: the shop opens in {opened_s:.1f} s, "
            f"the first recommendation takes {first_s:.1f} s, k = {K}, n = {N_ASKED}\n"
        )
        table: list[list[object]] = [["search by one product, k = 12", *search(shop, products)]]
        table.append(["known visitors, blend", *ask(shop, visitors)])
        if train:
            started = time.perf_counter()
            trained = shop.train_ranker()
            print(f"training: {time.perf_counter() - started:.0f} s, {trained.about}\n")
            if trained.better:
                table.append(["known visitors, ranker", *ask(shop, visitors)])
        table.append(["strangers", *ask(shop, [""] * N_ASKED)])
        table.append(["after one like", *like_and_ask(shop, products[:100])])
        print_table(_HEADER, table)


def main() -> None:
    """Make what is missing, and measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, default=40_000)
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--shop", type=Path)
    arguments.add_argument("--train", action="store_true")
    asked = arguments.parse_args()
    print(machine())
    if asked.shop is not None and asked.shop.exists():
        measure(asked.shop, train=asked.train)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = asked.shop or Path(folder, "benchmark.shop")
        started = time.perf_counter()
        make_shop(path, asked.products, asked.events)
        print(f"\nmade in {time.perf_counter() - started:.0f} s")
        measure(path, train=asked.train)


if __name__ == "__main__":
    main()
