"""Measure how well `vitrine compare` matches listings, and how fast, and print the tables.

python -m benchmarks.compare DATA [--write]

DATA is the folder of research data; `shops/products_2020_5shops.csv` is read. With --write the
section "Compare" of benchmarks/RESULTS.md is replaced. compare_pairs.csv holds the labels: ids and
labels only, made by reading the listings.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import machine
from vitrine.compare import MATCH, Listings, judge, read, shipped_model
from vitrine.compare.candidates import candidates
from vitrine.demo.source import demo_source
from vitrine.evaluate.comparing import (
    RECALLS,
    REPORT,
    FiveShops,
    LabelledPair,
    MatchFigures,
    demo_labels,
    demo_listings,
    labels_of,
    match_figures,
    probabilities,
    read_five_shops,
    read_pairs,
    rows_of,
    same_brand_and_title,
    side_of,
    style_labels,
    tfidf_cosine,
)
from vitrine.shop import build
from vitrine.types import Product, Rows, Vectors

TABLE = Path("shops") / "products_2020_5shops.csv"
PAIRS = Path(__file__).with_name("compare_pairs.csv")
RESULTS = Path(__file__).with_name("RESULTS.md")
SECTION = "## Compare\n"
N_LARGE = 40_000
_HEADER = (
    *("pairs", "matcher", "n", "matches"),
    *(f"precision at recall {recall:g}" for recall in RECALLS),
    *("average precision", "at .5: precision, recall", "calibration error (by chance)"),
)
Score = Callable[[Rows, Rows], NDArray[np.float64]]


def earlier(pairs: Sequence[LabelledPair]) -> list[LabelledPair]:
    """Pairs drawn before the matcher was frozen; only these may teach it."""
    return [pair for pair in pairs if not pair.stratum.startswith("later")]


def candidate_pairs(listings: Listings, rows: Rows) -> tuple[Rows, Rows]:
    """Candidates of these rows, each pair once."""
    pairs = np.sort(np.stack(candidates(listings, rows), axis=1), axis=1)
    pairs = np.unique(pairs, axis=0)
    return pairs[:, 0], pairs[:, 1]


def demo_shop() -> tuple[list[Product], Vectors]:
    """Products of the demo catalogue and vectors (n, dim) of their first photos."""
    with (
        TemporaryDirectory() as folder,
        build(demo_source(), Path(folder) / "demo.shop", encoder="default") as shop,
    ):
        products = [*shop.products()]
        vectors = np.stack([shop.embed(Path(p.photos[0])) for p in products])
    return products, vectors


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    asked = parser.parse_args()
    text = "\n".join(_section(asked.data / TABLE)) + "\n"
    print(text)
    if asked.write:
        document = RESULTS.read_text(encoding="utf-8")
        RESULTS.write_text(with_section(document, text), encoding="utf-8", newline="\n")


def with_section(document: str, section: str) -> str:
    """Replace the section of this script in a document, or add it at the end."""
    before, old, rest = document.partition(SECTION)
    if not old:
        return f"{document.rstrip()}\n\n{section}"
    start = rest.find("\n## ")
    return before + section + ("" if start < 0 else rest[start:])


def _section(table: Path) -> Iterator[str]:
    shops = read_five_shops(table)
    pairs = read_pairs(PAIRS)
    yield SECTION
    yield f"`python -m benchmarks.compare DATA --write`; {machine()}\n"
    yield _introduction(pairs)
    yield "\n### Listings of five shops, texts only\n"
    yield from _table(_of_shops(shops, pairs))
    yield "\n### The demo catalogue's three shops, texts and photos\n"
    yield from _table(_of_demo())
    yield (
        "\nWith the texts as they are photos change nothing: every match is found without. With "
        "half of the words, and no colour or price, they do."
    )
    yield "\n### Speed\n"
    yield from _speed(shops)


def _of_shops(shops: FiveShops, pairs: Sequence[LabelledPair]) -> Iterator[list[str]]:
    listings = shops.listings()
    products, model = shops.products, shipped_model()
    scorers: dict[str, Score] = {
        "vitrine": lambda a, b: probabilities(listings, model, a, b),
        "TF-IDF cosine": lambda a, b: tfidf_cosine(products, a, b),
        "same brand and title": lambda a, b: same_brand_and_title(products, a, b),
    }
    reported = [p for p in pairs if side_of(products[listings.row_of[p.left]]) == REPORT]
    first = earlier(reported)
    parts = {
        "by hand, all": first,
        "by hand, across companies": [p for p in first if p.stratum.startswith("cross")],
        "by hand, one company": [p for p in first if p.stratum.startswith("one")],
        "by hand, drawn later": [p for p in reported if p not in first],
    }
    for name, part in parts.items():
        left, right = rows_of(listings, part)
        truth = labels_of(part) == MATCH
        for way, score in scorers.items():
            figures = _figures(score(left, right), truth, listings.blocks[left], way)
            yield _row(name, way, figures)
    left, right = candidate_pairs(
        listings, np.flatnonzero([side_of(product) == REPORT for product in products])
    )
    labels = style_labels(shops, listings, left, right)
    left, right, labels = left[labels != ""], right[labels != ""], labels[labels != ""]
    for way, score in scorers.items():
        figures = _figures(score(left, right), labels == MATCH, listings.blocks[left], way)
        yield _row("all candidates of one company, by style number", way, figures)


def _of_demo() -> Iterator[list[str]]:
    products, vectors = demo_shop()
    model = shipped_model()
    for texts, poor in (("texts as they are", False), ("half a title, no colour, no price", True)):
        for way, shown in (("with photos", vectors), ("without", np.zeros_like(vectors))):
            listings = demo_listings(products, shown, poor=poor)
            left, right = _every_pair(products)
            truth = demo_labels(products, left, right) == MATCH
            scores = probabilities(listings, model, left, right)
            figures = _figures(scores, truth, listings.blocks[left], "vitrine")
            yield _row(texts, way, figures)


def _every_pair(products: Sequence[Product]) -> tuple[Rows, Rows]:
    """Pairs of one brand and two sellers, of brands that were not learnt from."""
    rows = [row for row, product in enumerate(products) if side_of(product) == REPORT]
    pairs = [
        (a, b)
        for a in rows
        for b in rows
        if a < b
        and products[a].brand == products[b].brand
        and products[a].seller != products[b].seller
    ]
    found = np.array(pairs, np.int64)
    return found[:, 0], found[:, 1]


def _speed(shops: FiveShops) -> Iterator[str]:
    """As many listings as asked for: the table over and over, brands numbered apart."""
    from dataclasses import replace

    copies = -(-N_LARGE // len(shops.products))
    products = [
        replace(product, product_id=f"{n}:{product.product_id}", brand=f"x{n}{product.brand}")
        if n
        else product
        for n in range(copies)
        for product in shops.products
    ][:N_LARGE]
    started = time.perf_counter()
    readings = [read(product) for product in products]
    listings = Listings(readings, np.zeros((len(products), 1), np.float32))
    read_s = time.perf_counter() - started
    model = shipped_model()
    started = time.perf_counter()
    judged = judge(listings, model, np.arange(len(products)))
    all_s = time.perf_counter() - started
    rng = np.random.default_rng(0)
    times: list[float] = []
    for row in rng.integers(0, len(products), 200):
        started = time.perf_counter()
        judge(listings, model, np.array([row]))
        times.append((time.perf_counter() - started) * 1000)
    yield (
        f"{len(products):,} listings (the table's own and copies of it under other brands): read "
        f"in {read_s:.1f} s; every product at several sellers in {all_s:.1f} s "
        f"({len(judged.left):,} pairs judged); one product p50 {np.percentile(times, 50):.1f} ms, "
        f"p95 {np.percentile(times, 95):.1f} ms (200 asked)."
    )


def _figures(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    groups: NDArray[np.int64],
    way: str,
) -> MatchFigures:
    return match_figures(scores, truth, groups, calibrated=way == "vitrine")


def _row(part: str, way: str, found: MatchFigures) -> list[str]:
    interval = found.average_precision
    at_half = f"{found.at_half[0]:.2f}, {found.at_half[1]:.2f}"
    calibration = f"{found.calibration:.3f} ({found.calibration_by_chance:.3f})"
    return [
        part,
        way,
        f"{found.n:,}",
        f"{found.n_matches:,}",
        *(f"{precision:.2f}" for precision in found.precision_at),
        f"{interval.figure:.3f} [{interval.low:.3f}, {interval.high:.3f}]",
        *(("", "") if np.isnan(found.calibration) else (at_half, calibration)),
    ]


def _table(rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADER)} |"
    yield f"|{' --- |' * len(_HEADER)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _introduction(pairs: Sequence[LabelledPair]) -> str:
    n_cross = sum("cross" in pair.stratum for pair in pairs)
    n_later = len(pairs) - len(earlier(pairs))
    return (
        f"{len(pairs)} pairs of listings labelled by hand ({n_cross} across companies; "
        f"{n_later} drawn and labelled after the evidence was fixed), half of the brands learnt "
        "from, the other half here. Numbers, links and style groups are hidden. Intervals: "
        "95 %, bootstrap by brand, 1,000 draws. docs/compare.md says how pairs were drawn."
    )


if __name__ == "__main__":
    main()
