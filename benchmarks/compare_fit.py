"""Fit the matcher of `vitrine compare` and write src/vitrine/compare/model.json.

python -m benchmarks.compare_fit DATA

Brands are split in two by a hash of their first word; only those of the first half are learnt from.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.compare import PAIRS, TABLE, candidate_pairs, demo_shop, earlier
from vitrine.compare import Lesson, fit
from vitrine.evaluate.comparing import (
    FIT,
    demo_labels,
    demo_listings,
    labels_of,
    lesson,
    read_five_shops,
    read_pairs,
    rows_of,
    side_of,
    style_labels,
)

MODEL = Path(__file__).parents[1] / "src" / "vitrine" / "compare" / "model.json"
WEIGHT = 100.0
"""In pairs, of each source, however many it has."""


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    lessons = {**of_shops(parser.parse_args().data / TABLE), **of_demo()}
    card = {
        "what": "weights of evidence that two listings are one design, and of one colour",
        "fitted": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": "python -m benchmarks.compare_fit DATA",
        "brands": "the half whose first word hashes to 'fit' (vitrine.evaluate.comparing.side_of)",
        "sources": {name: _counts(each) for name, each in lessons.items()},
        "limits": "titles in English, prices and stock of 2020; photos are drawings of the demo"
        " catalogue under the default encoder, so what a photo is worth elsewhere is a guess",
    }
    model = fit([*lessons.values()], card)
    text = json.dumps(model.to_json(), indent=1) + "\n"
    MODEL.write_text(text, encoding="utf-8", newline="\n")
    print(text)


def of_shops(table: Path) -> dict[str, Lesson]:
    """Pairs labelled by hand, and candidates of one company labelled by style number."""
    shops = read_five_shops(table)
    listings = shops.listings()
    ours = np.array([side_of(product) == FIT for product in shops.products])
    pairs = [pair for pair in earlier(read_pairs(PAIRS)) if ours[listings.row_of[pair.left]]]
    left, right = candidate_pairs(listings, np.flatnonzero(ours))
    return {
        "pairs labelled by hand": lesson(
            listings, *rows_of(listings, pairs), labels_of(pairs), WEIGHT
        ),
        "candidates of one company, by style number": lesson(
            listings, left, right, style_labels(shops, listings, left, right), WEIGHT
        ),
    }


def of_demo() -> dict[str, Lesson]:
    """Candidates of the demo catalogue's three shops, with photos and without."""
    products, vectors = demo_shop()
    ours = np.flatnonzero([side_of(product) == FIT for product in products])
    lessons: dict[str, Lesson] = {}
    for name, shown in (("with photos", vectors), ("without photos", np.zeros_like(vectors))):
        listings = demo_listings(products, shown)
        left, right = candidate_pairs(listings, ours)
        labels = demo_labels(products, left, right)
        lessons[f"demo catalogue {name}"] = lesson(listings, left, right, labels, WEIGHT / 2)
    return lessons


def _counts(each: Lesson) -> dict[str, int]:
    names, counts = np.unique(each.labels, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


if __name__ == "__main__":
    main()
