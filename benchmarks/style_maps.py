"""What a map of a shop costs, what it keeps of the neighbourhoods, and how still it stands.

Nothing is kept in the shop, whose styles have to be found first.

python -m benchmarks.style_maps --shop my.shop
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.metrics import Interval, bootstrap_interval
from vitrine.settings import read_settings
from vitrine.shop import open_shop
from vitrine.styles.maps import StyleMap, draw_map, shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

_BESIDE = 10
_ASKED = 2000  # products whose neighbours are looked at
_KEPT = 0.9  # of the products that are on the second map too


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        board = shop.styles.board()
        looks, styles = board.looks, board.membership.styles
    ids, vectors = list(looks.product_ids), looks.vectors
    before_mb = _peak_mb()
    rng = np.random.default_rng(0)
    kept = np.sort(rng.permutation(len(ids))[: round(_KEPT * len(ids))])
    first, seconds = _timed([ids[row] for row in kept.tolist()], vectors[kept], None)
    whole, again_s = _timed(ids, vectors, first)
    afresh, _ = _timed(ids, vectors, None)
    print("| | products | by t-SNE | processor s | moved, share of the radius |")
    print("|---|---:|---:|---:|---:|")
    print(f"| first map | {len(kept):,} | {first.drawn.sum():,} | {seconds:.0f} | |")
    drawn = whole.drawn.sum()
    print(f"| from it | {len(ids):,} | {drawn:,} | {again_s:.0f} | {shift(first, whole):.3f} |")
    print(f"| drawn afresh | {len(ids):,} | {drawn:,} | | {shift(first, afresh):.3f} |")
    print(f"\nmemory {before_mb:,.0f} MB before, at most {_peak_mb():,.0f} MB\n")
    rows = rng.permutation(len(ids))[:_ASKED]
    print("| ten nearest by | of their own style |")
    print("|---|---:|")
    table = {
        "the vectors": vectors,
        "the map": whole.positions,
        "two principal components": _two_components(vectors),
        "chance": rng.normal(size=(len(ids), 2)).astype(np.float32),
    }
    for name, points in table.items():
        print(f"| {name} | {_said(_own(points, styles, rows))} |")
    for name, among in (("drawn by t-SNE", whole.drawn), ("beside neighbours", ~whole.drawn)):
        some = rows[among[rows]]
        if len(some):
            print(f"| the map, products {name} | {_said(_own(whole.positions, styles, some))} |")


def _timed(ids: list[str], vectors: Vectors, before: StyleMap | None) -> tuple[StyleMap, float]:
    started = time.process_time()
    return draw_map(ids, vectors, "", before=before), time.process_time() - started


def _own(points: NDArray[np.float32], styles: Rows, rows: Rows) -> Interval:
    """Of the ten nearest of each of `rows`, how many are of its own style."""
    shares: list[float] = []
    for row in rows.tolist():
        apart = ((points - points[row]) ** 2).sum(axis=1)
        apart[row] = np.inf
        beside = np.argpartition(apart, _BESIDE)[:_BESIDE]
        shares.append(float((styles[beside] == styles[row]).mean()))
    return bootstrap_interval(np.array(shares))


def _two_components(vectors: Vectors) -> NDArray[np.float32]:
    around = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(around.T @ around)
    return around @ axes[:, -2:]


def _said(interval: Interval) -> str:
    return f"{interval.figure:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    main()
