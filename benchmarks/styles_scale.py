"""What finding styles costs as a shop grows: time and memory, its vectors repeated with noise.

python -m benchmarks.styles_scale --shop my.shop --products 1000000
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from vitrine.settings import read_settings
from vitrine.shop import open_shop
from vitrine.styles.clustering import cluster, nearest
from vitrine.types import Vectors
from vitrine.vectors import unit

_BLOCK = 50_000
_NOISE = 0.02
_K = 30


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--products", type=int, required=True)
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        vectors = _repeated(shop.styles.looks().vectors, asked.products)
    before_mb = _peak_mb()
    started, worked = time.perf_counter(), time.process_time()
    nearest(vectors, cluster(vectors, _K))
    seconds, processor_s = time.perf_counter() - started, time.process_time() - worked
    print(
        f"{len(vectors):,} products: {seconds:.1f} s, processor {processor_s:.1f} s; memory "
        f"{before_mb:,.0f} MB before, at most {_peak_mb():,.0f} MB"
    )


def _repeated(vectors: Vectors, n: int) -> Vectors:
    """Give n unit vectors: these, or draws of them with a little noise."""
    if n <= len(vectors):
        return vectors[:n]
    rng = np.random.default_rng(0)
    out = np.empty((n, vectors.shape[1]), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        block = out[start : start + _BLOCK]
        noise = rng.normal(scale=_NOISE, size=block.shape)
        block[:] = unit(vectors[rng.integers(0, len(vectors), len(block))] + noise)
    return out


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    main()
