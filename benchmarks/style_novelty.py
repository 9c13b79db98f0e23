"""Article types that were not there when styles were found: when are they proposed as styles?

python -m benchmarks.style_novelty --shop my.shop --splits 10 11 12
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vitrine.evaluate.style_arrivals import RULES, STEP, Arrivals, stream_types
from vitrine.metrics import bootstrap_interval
from vitrine.settings import read_settings
from vitrine.shop import open_shop
from vitrine.styles import DEFAULT_RECIPE, RECIPES


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--splits", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        looks = shop.styles.looks()
    found: dict[str, list[tuple[Arrivals, Arrivals]]] = {name: [] for name in RULES}
    for split in asked.splits:
        streamed = stream_types(looks, RECIPES[DEFAULT_RECIPE], RULES, split)
        for name, pair in streamed.items():
            found[name].append(pair)
            _show(split, name, pair[0])
    n = len(looks.product_ids)
    print(f"{n:,} products, splits {asked.splits}; looked at after every {STEP} arrivals\n")
    print("| rule | types proposed | share of new products | delay, products of the type |", end="")
    print(" purity | false, of all proposals | false where nothing new comes |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, pairs in found.items():
        print(_line(name, [one for one, _ in pairs], [other for _, other in pairs]))


def _show(split: int, name: str, found: Arrivals) -> None:
    for kind, count in found.arrived_of.items():
        delay = found.delays.get(kind)
        told = "never proposed" if delay is None else f"proposed after {delay}"
        print(f"split {split}, {name}: {kind}, {count} came, {told}", file=sys.stderr, flush=True)


def _line(name: str, streams: Sequence[Arrivals], controls: Sequence[Arrivals]) -> str:
    delays = [delay for each in streams for delay in each.delays.values()]
    purities = [share for each in streams for share in each.purities]
    n_types = sum(len(each.arrived_of) for each in streams)
    n_false = sum(each.n_false for each in streams)
    of_proposed = sum(each.arrived_of[kind] for each in streams for kind in each.delays)
    share = of_proposed / sum(sum(each.arrived_of.values()) for each in streams)
    control = sum(each.n_false for each in controls)
    cells = (
        name,
        f"{len(delays)} of {n_types}",
        f"{share:.0%}",
        f"{np.median(delays):.0f}, mean {_told(delays)}" if delays else "-",
        _told(purities, 2) if purities else "-",
        f"{n_false} of {n_false + len(purities)}",
        f"{control} in {sum(each.n_arrived for each in controls):,}",
    )
    return f"| {' | '.join(cells)} |"


def _told(values: Sequence[float], digits: int = 0) -> str:
    each = bootstrap_interval(np.array(values, dtype=np.float64))
    return f"{each.figure:.{digits}f} ({each.low:.{digits}f} to {each.high:.{digits}f})"


if __name__ == "__main__":
    main()
