"""What stays of a shop's styles when it moves to another encoder.

The shop is copied for each encoder; its photos have to be where it says. Five styles, spread over
their sizes, are given names, the copy is reindexed, and styles are found again.

python -m benchmarks.style_moves --shop my.shop --encoder colour --encoder my-model-folder
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from vitrine.metrics import bootstrap_interval
from vitrine.settings import read_settings
from vitrine.shop import Shop, open_shop

if TYPE_CHECKING:
    from numpy.typing import NDArray

_N_NAMED = 5
_DRAWS = 20


def main() -> None:
    """Print a table with a row for each encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--encoder", action="append", required=True)
    asked = parser.parse_args()
    print(
        "| to | products | names kept | their overlap | ids kept | styles before, "
        "after | overlap of matched | largest by chance |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for encoder in asked.encoder:
        with TemporaryDirectory(prefix="vitrine-") as folder:
            copy = Path(folder, asked.shop.name)
            shutil.copy(asked.shop, copy)
            with open_shop(copy, settings=read_settings()) as shop:
                print(_row(shop, encoder), flush=True)


def _row(shop: Shop, encoder: str) -> str:
    first = shop.styles.fit()
    for n, place in enumerate(np.linspace(0, len(first.styles) - 1, _N_NAMED).round().astype(int)):
        shop.styles.rename(first.styles[place].style_id, f"named {n}")
    before = _styles_of(shop)
    shop.reindex(encoder)
    again = shop.styles.fit()
    after = _styles_of(shop)
    both = sorted(before.keys() & after.keys())
    old, new = (np.array([held[each] for each in both]) for held in (before, after))
    overlaps = [each.overlap for each in again.moved]
    kept = {each.style_id for each in first.styles} & {each.style_id for each in again.styles}
    same = np.array([_overlap(old == each, new == each) for each in sorted(kept)])
    found = bootstrap_interval(same)
    by_chance = _by_chance(old, new)
    return (
        f"| {Path(encoder).name} | {len(both):,} | {sum(each > 0 for each in overlaps)} of "
        f"{len(overlaps)} | {', '.join(f'{each:.2f}' for each in overlaps)} | {len(kept)} of "
        f"{len(first.styles)} | {len(first.styles)}, {len(again.styles)} | {found.figure:.2f} "
        f"[{found.low:.2f}, {found.high:.2f}] | {by_chance:.3f} |"
    )


def _styles_of(shop: Shop) -> dict[str, str]:
    return {product_id: style_id for product_id, style_id, _ in shop.styles.members()}


def _overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _by_chance(old: NDArray[np.str_], new: NDArray[np.str_]) -> float:
    """The largest overlap of two styles where products are dealt out anew; the mean of draws."""
    rng = np.random.default_rng(0)
    best: list[float] = []
    for _ in range(_DRAWS):
        mixed = rng.permutation(new)
        best.append(
            max(
                _overlap(old == one, mixed == other)
                for one in np.unique(old)
                for other in np.unique(new)
            )
        )
    return float(np.mean(best))


if __name__ == "__main__":
    main()
