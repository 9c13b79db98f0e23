"""Outfits: which kinds go together (Polyvore), which products do (H&M), how fast a shop answers.

    python -m benchmarks.outfits --polyvore outfits/ --hm hm/ --hm-shop hm.shop --shop my.shop
    python -m benchmarks.outfits --polyvore outfits/ --hm hm/ --hm-shop hm.shop --learn

`--learn` writes what the package ships, from the half of H&M's product codes that may teach.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from vitrine.errors import QueryError
from vitrine.evaluate.outfits import (
    MEASURES,
    Judged,
    judge_shop,
    read_co_purchases,
)
from vitrine.evaluate.outfits_polyvore import judge_polyvore
from vitrine.index import Snapshot, snapshot
from vitrine.metrics import Interval
from vitrine.outfits import SLOTS, Compatibility, learn, learn_kinds
from vitrine.outfits.polyvore import read_outfits
from vitrine.shop import open_shop
from vitrine.store import open_sqlite

LEARNED = Path("src/vitrine/outfits/learned/compatibility.npz")
OWN_COLUMNS = ("section_name", "department_name")
SET_BY_HAND = {
    "pattern": {"pattern on plain": 0.1, "two patterns": -0.3},
    "season": {"same": 0.2, "near": 0.1, "different": -0.4},
    "usage": {"same": 0.3, "near": 0.0, "different": -0.8},
    "gender": {"same": 0.3, "for everyone": 0.1, "different": -1.5},
}
PRICE = -0.15
N_ASKED = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polyvore", type=Path, help="folder of Polyvore Outfits")
    parser.add_argument("--hm", type=Path, help="folder of H&M's tables")
    parser.add_argument("--hm-shop", type=Path, help="a shop of H&M's articles")
    parser.add_argument("--shop", type=Path, help="a shop to measure the time on")
    parser.add_argument("--learn", action="store_true", help=f"write {LEARNED}")
    given = parser.parse_args()
    if given.learn:
        learn_shipped(given.polyvore, given.hm, given.hm_shop)
    if given.polyvore:
        print_polyvore(given.polyvore)
    if given.hm and given.hm_shop:
        print_hm(given.polyvore, given.hm, given.hm_shop)
    if given.shop:
        print_speed(given.shop)


def learn_shipped(polyvore: Path, hm: Path, shop: Path) -> None:
    view = _view(shop)
    bought = read_co_purchases(hm, view)
    taught = bought.taught()
    among = np.flatnonzero(taught)
    found = learn(view, bought.within(taught), _base(polyvore), among=among)
    LEARNED.write_bytes(found.to_bytes())
    print(f"{LEARNED}: {LEARNED.stat().st_size:,} bytes; colour {found.weights['colour']}\n")


def print_polyvore(folder: Path) -> None:
    print("| scorer | measure | n | figure (95 %) |\n|---|---|---|---|")
    for each in judge_polyvore(folder):
        print(f"| {each.scorer} | {each.measure} | {each.n:,} | {_shown(each.figure)} |")
    print()


def print_hm(polyvore: Path, hm: Path, shop: Path) -> None:
    n_pairs, n_asked, found = judge_shop(_view(shop), hm, _base(polyvore), OWN_COLUMNS)
    print(f"{n_pairs:,} pairs taught; {n_asked:,} questions\n")
    for measure in MEASURES:
        _print_measure(measure, [each for each in found if each.measure == measure])


def print_speed(path: Path) -> None:
    with open_shop(path) as shop:
        ids = sorted(product.product_id for product in shop.products())
        drawn = np.random.default_rng(0).choice(ids, N_ASKED, replace=False).tolist()
        took_ms: list[float] = []
        cpu_ms: list[float] = []
        repeated = n_outfits = 0
        for product_id in drawn:
            began_s = time.process_time()
            try:
                result = shop.outfits(like=product_id, alternatives=4)
            except QueryError:
                continue
            cpu_ms.append((time.process_time() - began_s) * 1000)
            took_ms.append(result.took_ms)
            for outfit in result.outfits:
                slots = [piece.slot for piece in outfit.pieces]
                repeated += len(slots) != len(set(slots))
                n_outfits += 1
        print(
            f"{len(shop):,} products, {len(took_ms)} of {N_ASKED} drawn are part of an outfit; "
            f"{n_outfits:,} outfits, {repeated} repeat a slot\n\n"
            "| | first | p50 | p95 | most |\n|---|---|---|---|---|"
        )
        for name, ms in (("answer, ms", took_ms), ("processor time, ms", cpu_ms)):
            p50, p95, most = np.percentile(ms[1:], [50, 95, 100])
            print(f"| {name} | {ms[0]:.0f} | {p50:.0f} | {p95:.0f} | {most:.0f} |")


def _base(polyvore: Path) -> Compatibility:
    kinds = learn_kinds([list(outfit.kinds) for outfit in read_outfits(polyvore)])
    nothing = np.zeros((len(SLOTS) + 1, len(SLOTS) + 1), np.float32)
    return Compatibility(kinds, SET_BY_HAND, PRICE, nothing)


def _view(shop: Path) -> Snapshot:
    store = open_sqlite(shop)
    try:
        return snapshot(store.rows())
    finally:
        store.close()


def _print_measure(measure: str, found: list[Judged]) -> None:
    above = [*found[-1].above]
    print(f"| scorer | {measure} (95 %) | {' | '.join(f'above {name}' for name in above)} |")
    print("|---|---|" + "---|" * len(above))
    for each in found:
        cells = [_signed(each.above[name]) if name in each.above else "" for name in above]
        print(f"| {each.scorer} | {_shown(each.figure)} | {' | '.join(cells)} |")
    print()


def _shown(of: Interval) -> str:
    return f"{of.figure:.3f} ({of.low:.3f} to {of.high:.3f})"


def _signed(of: Interval) -> str:
    return f"{of.figure:+.3f} ({of.low:+.3f} to {of.high:+.3f})"


if __name__ == "__main__":
    main()
