"""How often a trend is called where there is none, and whether a planted one is found.

The products, words and periods of a real shop, by year and season. Products are dealt out anew over
its periods (no trend, no lumps), or whole periods change their years within a season (no trend, but
the lumps in which a shop takes things in), or a value is dealt out with growing odds (a trend).

python -m benchmarks.style_trends --shop my.shop --by article_type
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.index import ChoiceColumn
from vitrine.metrics import bootstrap_interval
from vitrine.settings import read_settings
from vitrine.shop import open_shop
from vitrine.shop.periods import collections
from vitrine.styles.trends import RISING, UNCLEAR, Sightings, Trend, shares_of, trends_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.shop.periods import Periods
    from vitrine.types import Rows

_RUNS = 200
_LEAST_IN_PERIOD = 20
_PLANTED = (0.25, 0.5, 1.0)
_PLANTED_SIZE = (200, 600)  # products of the value that gets a trend


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--by", default="article_type")
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        products = list(shop.products())
    words = [str(getattr(product, asked.by)) for product in products]
    names, values = np.unique(words, return_inverse=True)
    years = np.array([product.year or np.nan for product in products], np.float64)
    seasons, codes = np.unique([product.season for product in products], return_inverse=True)
    periods = collections(years, ChoiceColumn(codes.astype(np.int32), tuple(seasons.tolist())))
    kept = (periods.of >= 0) & (names[values] != "")
    of, values = periods.of[kept], values[kept].astype(np.int64)
    rng = np.random.default_rng(0)
    print(
        f"{len(of):,} products, {len(names)} values, {len(periods.labels)} periods, {_RUNS} runs\n"
    )
    print("| no trend | runs with a call: ours | one test a value | calls a run: ours | one test |")
    print("|---|---:|---:|---:|---:|")
    nulls: dict[str, Callable[[], tuple[Rows, NDArray[np.float64]]]] = {
        "products dealt out anew": lambda: (rng.permutation(of), periods.times),
        "years of whole periods dealt out": lambda: (of, _redealt(periods, rng)),
    }
    for name, deal in nulls.items():
        calls = np.array([_calls(_trends(*deal(), values, periods)) for _ in range(_RUNS)])
        ours, naive = (_said(calls[:, each] > 0) for each in (0, 1))
        means = calls.mean(axis=0)
        print(f"| {name} | {ours} | {naive} | {means[0]:.2f} | {means[1]:.2f} |")
    print("\n| planted slope a year | found rising | others called, a run |\n|---|---:|---:|")
    sizes = np.bincount(values)
    few = np.flatnonzero((sizes >= _PLANTED_SIZE[0]) & (sizes <= _PLANTED_SIZE[1]))
    for slope in _PLANTED:
        found: list[bool] = []
        others: list[int] = []
        for _ in range(_RUNS):
            value = int(rng.choice(few))
            dealt = rng.permutation(of)
            chances = np.exp(slope * periods.times[of] - slope * periods.times.max())
            own = np.flatnonzero(values == value)
            dealt[own] = of[rng.choice(len(of), len(own), p=chances / chances.sum())]
            trends = _trends(dealt, periods.times, values, periods)
            found.append(trends[value].verdict == RISING)
            others.append(_calls(trends)[0] - (trends[value].verdict != UNCLEAR))
        print(f"| {slope:.2f} | {_said(np.array(found))} | {np.mean(others):.2f} |")


def _trends(
    of: Rows, times: NDArray[np.float64], values: Rows, periods: Periods
) -> tuple[Trend, ...]:
    seen = Sightings(of, values, np.ones(len(of)), np.arange(len(of)))
    counted = shares_of(seen, len(periods.labels), int(values.max()) + 1)
    kept = counted.n_effective >= _LEAST_IN_PERIOD
    some = type(counted)(counted.shares[kept], counted.n_effective[kept])
    return trends_of(some, times[kept], periods.seasons[kept])


def _redealt(periods: Periods, rng: np.random.Generator) -> NDArray[np.float64]:
    """The years of the periods, each season's in another order."""
    times = periods.times.copy()
    for season in np.unique(periods.seasons):
        rows = np.flatnonzero(periods.seasons == season)
        times[rows] = times[rng.permutation(rows)]
    return times


def _calls(trends: tuple[Trend, ...]) -> tuple[int, int]:
    """How many are called ours, and by Cochran and Armitage's test of each value alone."""
    ours = sum(each.verdict != UNCLEAR for each in trends)
    naive = sum(
        abs(each.slope) > (each.high - each.slope) / np.sqrt(each.jumpiness) for each in trends
    )
    return ours, naive


def _said(found: NDArray[np.bool_]) -> str:
    interval = bootstrap_interval(found)
    return f"{interval.figure:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


if __name__ == "__main__":
    main()
