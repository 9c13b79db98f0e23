"""Do the names of styles say what they are? Styles of a known meaning are planted, and named.

python -m benchmarks.style_naming --shop my.shop
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vitrine.evaluate.style_naming import NamingFigures, naming_accuracy
from vitrine.metrics import Interval
from vitrine.settings import read_settings
from vitrine.shop import open_shop


def main() -> None:
    """Print one table; wrong names go to stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--planted", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        looks = shop.styles.looks()
    found = naming_accuracy(looks, n_planted=asked.planted, seed=asked.seed)
    n_meanings = len({each.meaning for each in found.planted})
    print(f"{len(looks.product_ids):,} products, {found.n} planted styles, {n_meanings} meanings\n")
    _print_table(found)
    for each in found.planted:
        if not each.right:
            meant = " ".join(word for _, word in each.meaning)
            print(f"{meant} ({each.size}, {each.purity}): {each.name}", file=sys.stderr)


def _print_table(found: NamingFigures) -> None:
    print("| | names | the most frequent words |")
    print("|---|---:|---:|")
    rows = (
        ("says all that was planted, nothing false", found.right, found.baseline_right),
        ("share of the planted words said", found.said, found.baseline_said),
        ("says something false", found.false, found.baseline_false),
    )
    for label, ours, theirs in rows:
        print(f"| {label} | {_told(ours)} | {_told(theirs)} |")
    print(f"| right, more often | {_told(found.more_right)} | |")
    for purity, each in found.by_purity.items():
        print(f"| right, where {1 - purity:.0%} are foreign | {_told(each)} | |")
    for n, each in found.by_words.items():
        print(f"| right, of {n} words | {_told(each)} | |")


def _told(each: Interval) -> str:
    return f"{each.figure:.3f} ({each.low:.3f} to {each.high:.3f})"


if __name__ == "__main__":
    main()
