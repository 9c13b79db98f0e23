"""What finding styles costs as a shop grows: time and memory, its vectors repeated with noise.

A fit is everything that is kept: styles, their limits, and the style and the confidence of every
product. Each fit has a process of its own, so that one's peak of memory is not another's.

python -m benchmarks.styles_scale --shop my.shop --products 40041 1000000
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")

_BLOCK = 50_000
_NOISE = 0.02
_RECIPES = ("gradient-descent-into-style", "merged-prototypes")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one fit."""

    k: int
    wall_s: float
    processor_s: float
    before_mb: float
    """When vectors had been read."""
    peak_mb: float


def main() -> None:
    """Print one table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--products", type=int, nargs="+", required=True)
    parser.add_argument("--recipe", nargs="+", default=_RECIPES)
    parser.add_argument("-k", type=int, help="styles; left out, each recipe chooses")
    parser.add_argument("--rounds", type=int, help="of the recipe that trains, whose own are 20")
    asked = parser.parse_args()
    print("| recipe | products | styles | s | processor s | the same, of 10,000 products |", end="")
    print(
        " memory before, MB | at most, MB |\n|---|---:|---:|---:|---:|---:|---:|---:|", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        for n in sorted(asked.products):
            file = Path(folder) / "vectors.npy"
            _alone(_write, asked.shop, n, file)
            for recipe in asked.recipe:
                cost = _alone(_measured, file, recipe, asked.k, asked.rounds)
                print(_line(recipe, n, cost), flush=True)


def _line(recipe: str, n: int, cost: Cost) -> str:
    cells = (
        recipe,
        f"{n:,}",
        f"{cost.k}",
        f"{cost.wall_s:,.0f}",
        f"{cost.processor_s:,.0f}",
        f"{cost.processor_s / n * 10_000:.2f}",
        f"{cost.before_mb:,.0f}",
        f"{cost.peak_mb:,.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _alone(job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a job gives in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as process:
        return process.submit(job, *args, **kwargs).result()


def _measured(file: Path, recipe_name: str, k: int | None, n_rounds: int | None) -> Cost:
    from vitrine.styles import assign, model_of
    from vitrine.train.styles import GradientDescentIntoStyle, recipe_called

    recipe = recipe_called(recipe_name)
    if n_rounds and isinstance(recipe, GradientDescentIntoStyle):
        recipe = replace(recipe, n_rounds=n_rounds)
    vectors = np.load(file)
    before_mb = _peak_mb()
    started, worked = time.perf_counter(), time.process_time()
    model = model_of(recipe.name, recipe.find(vectors, k), vectors)
    assign(model, vectors)
    wall_s, processor_s = time.perf_counter() - started, time.process_time() - worked
    return Cost(len(model.styles), wall_s, processor_s, before_mb, _peak_mb())


def _write(shop: Path, n: int, file: Path) -> None:
    """Write n unit vectors: the shop's, and beyond these draws of them with a little noise."""
    from vitrine.settings import read_settings
    from vitrine.shop import open_shop
    from vitrine.vectors import unit

    with open_shop(shop, settings=read_settings()) as opened:
        own = opened.styles.looks().vectors
    rng = np.random.default_rng(0)
    out = np.lib.format.open_memmap(file, "w+", np.float32, (n, own.shape[1]))
    out[: len(own)] = own[:n]
    for start in range(len(own), n, _BLOCK):
        size = min(_BLOCK, n - start)
        noise = rng.normal(scale=_NOISE, size=(size, own.shape[1]))
        out[start : start + size] = unit(own[rng.integers(0, len(own), size)] + noise)
    out.flush()


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    main()
