"""Exact search in memory beside numpy: latency, recall under filters, memory, load time.

python -m benchmarks.search_speed [--shop PATH] [--rows 40000 1000000] [--dim 256]

Without a shop, vectors are synthetic: 2,000 Gaussian centres with noise, so that neighbours exist.
Both sides answer the same queries over the same float16 numbers, in turns, on one thread, in one
process; numpy keeps the matrix in float32, the fastest layout it has. A filter of 50 %, 5 % and
0.1 % is a random row set. Recall is the share of numpy's 12 best rows that come back (ties on score
count as found).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.report import machine, print_table
from vitrine.index import VectorIndex, empty_index
from vitrine.shop import open_shop
from vitrine.store import open_sqlite
from vitrine.types import Rows, Scores, Vectors
from vitrine.vectors import unit

K = 12
N_QUERIES = 60
Search = Callable[[Vectors, NDArray[np.bool_]], tuple[Scores, Rows]]


def synthetic(n_rows: int, dim: int) -> Vectors:
    """Unit vectors around 2,000 centres."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2000, dim)).astype(np.float32)
    out = np.empty((n_rows, dim), np.float32)
    for start in range(0, n_rows, 100_000):
        n = min(100_000, n_rows - start)
        noise = rng.normal(size=(n, dim)).astype(np.float32)
        out[start : start + n] = unit(centres[rng.integers(0, 2000, n)] + noise)
    return out


def by_numpy(matrix: Vectors) -> Search:
    """The plain way: one matrix product, then the k best of the allowed rows."""

    def search(query: Vectors, among: NDArray[np.bool_]) -> tuple[Scores, Rows]:
        scores = matrix @ query
        scores[~among] = -np.inf
        best = np.argpartition(-scores, K)[:K]
        best = best[np.argsort(-scores[best], kind="stable")]
        return scores[best], best

    return search


def compare(index: VectorIndex, matrix: Vectors, share: float) -> list[object]:
    """Answer the same queries with both, in turns."""
    rng = np.random.default_rng(1)
    among = rng.random(len(matrix)) < share
    queries = matrix[rng.integers(0, len(matrix), N_QUERIES)]
    plain = by_numpy(matrix)
    ours: list[float] = []
    theirs: list[float] = []
    n_found = 0
    for query in queries:
        started = time.perf_counter()
        scores, rows = index.search(query, K, among)
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        expected, best = plain(query, among)
        theirs.append(time.perf_counter() - started)
        hit = np.isin(rows, best) | (scores >= expected[-1] - 1e-6)
        n_found += int(hit.sum())
    p50, p95 = np.percentile(ours, [50, 95]) * 1000
    n50, n95 = np.percentile(theirs, [50, 95]) * 1000
    recall = n_found / (N_QUERIES * K)
    return [
        f"{share:.1%}",
        float(p50),
        float(p95),
        float(n50),
        float(n95),
        float(n50 / p50),
        recall,
    ]


def measure(matrix: Vectors) -> None:
    """Build the index over these vectors and print its table."""
    halves = matrix.astype(np.float16).astype(np.float32)
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    index = empty_index(matrix.shape[1]).add(halves)
    built_s = time.perf_counter() - started
    grown_mb = (psutil.Process().memory_info().rss - before) / 1e6
    print(
        f"\n{len(matrix):,} vectors of {matrix.shape[1]}: built in {built_s:.2f} s, "
        f"{grown_mb:,.0f} MB (numpy's float32 matrix: {halves.nbytes / 1e6:,.0f} MB)\n"
    )
    print_table(_HEADER, [compare(index, halves, share) for share in (1.0, 0.5, 0.05, 0.001)])


def main() -> None:
    """Measure every size that was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shop", type=Path)
    arguments.add_argument("--rows", type=int, nargs="*", default=[40_000, 1_000_000])
    arguments.add_argument("--dim", type=int, default=256)
    asked = arguments.parse_args()
    faiss.omp_set_num_threads(1)
    print(machine())
    if asked.shop:
        started = time.perf_counter()
        with open_shop(asked.shop) as shop:
            n_products = len(shop)
        opened_s = time.perf_counter() - started
        print(f"\n{asked.shop.name}: {n_products:,} products open in {opened_s:.2f} s")
        store = open_sqlite(asked.shop)
        measure(store.rows().vectors)
        store.close()
    for n_rows in asked.rows:
        measure(synthetic(n_rows, asked.dim))


_HEADER = [
    *("rows allowed", "p50 ms", "p95 ms", "numpy p50 ms", "numpy p95 ms"),
    *("numpy / vitrine", "recall"),
]

if __name__ == "__main__":
    main()
