"""How well listings of several sellers are matched: labelled pairs, splits, figures."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.catalog import read_catalogue
from vitrine.compare import DIFFERENT, MATCH, VARIANT, Lesson, Listings, MatchModel, judge_pairs
from vitrine.compare import read as read_listing
from vitrine.errors import DataError, ShapeError
from vitrine.metrics import (
    Interval,
    bootstrap_statistic,
    calibration_error,
    perfect_calibration_error,
)
from vitrine.store.folding import terms
from vitrine.types import Product, Rows, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIT, REPORT = "fit", "report"
RECALLS = (0.5, 0.8, 0.9)
_COLUMNS = {"product_id": "url", "price": "mrp", "sale_price": "price"}
_N_BINS = 10


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two listings and what a person, who read them, says."""

    left: str
    right: str
    label: str
    """match, variant or different."""
    certainty: str
    """sure or likely."""
    stratum: str
    """How the pair was drawn."""


@dataclass(frozen=True)
class FiveShops:
    """The listings of `products_2020_5shops.csv`, without what gives them away.

    Numbers, links and style groups are kept aside; `product_id` is SELLER:NUMBER and is not read by
    the matcher.
    """

    products: Sequence[Product]
    styles: Mapping[str, tuple[str, str]]
    """product_id -> style number and colour, of the sellers that write them."""

    def listings(self) -> Listings:
        """Ready to be compared; there are no photos."""
        readings = [read_listing(product) for product in self.products]
        return Listings(readings, np.zeros((len(readings), 1), np.float32))


@dataclass(frozen=True, slots=True)
class MatchFigures:
    """How well scores tell matches from the rest."""

    n: int
    n_matches: int
    average_precision: Interval
    precision_at: tuple[float, ...]
    """At each of `RECALLS`."""
    at_half: tuple[float, float]
    """Precision and recall of pairs with a score of .5 or more; NaN where scores are none."""
    calibration: float
    """Expected calibration error; NaN where scores are no probabilities."""
    calibration_by_chance: float
    """What a perfectly calibrated matcher stays below in 95 of 100 cases."""


def read_pairs(path: Path) -> list[LabelledPair]:
    """Read left, right, label, certainty and stratum of a table.

    Raises:
        DataError: a label is none of the three.
    """
    with path.open(newline="", encoding="utf-8") as file:
        pairs = [LabelledPair(**row) for row in csv.DictReader(file)]
    for pair in pairs:
        if pair.label not in (MATCH, VARIANT, DIFFERENT):
            raise DataError(f"{path}: {pair.label!r} is no label; write match, variant, different")
    return pairs


def read_five_shops(path: Path) -> FiveShops:
    """Read the table of listings as `vitrine index` would, and hide what gives them away."""
    products: list[Product] = []
    styles: dict[str, tuple[str, str]] = {}
    for product in read_catalogue(path, columns=_COLUMNS):
        product_id = f"{product.seller}:{product.extra['sku']}"
        if product.item_group_id:
            colour = product.original.get("colour", product.colour)
            styles[product_id] = (product.item_group_id, colour)
        products.append(
            replace(product, product_id=product_id, link="", item_group_id="", gtin="", extra={})
        )
    return FiveShops(products, styles)


def side_of(product: Product) -> str:
    """Which part a listing belongs to, by the first word of its brand: FIT or REPORT."""
    first = next((word for word in terms(product.brand) if word != "the"), "")
    digest = hashlib.sha256(f"compare:{first}".encode()).hexdigest()
    return REPORT if int(digest, 16) % 2 else FIT


def rows_of(listings: Listings, pairs: Sequence[LabelledPair]) -> tuple[Rows, Rows]:
    """Where the listings of pairs stand."""
    row_of = listings.row_of
    sides = ([row_of[p.left] for p in pairs], [row_of[p.right] for p in pairs])
    return np.array(sides[0], np.int64), np.array(sides[1], np.int64)


def labels_of(pairs: Sequence[LabelledPair]) -> NDArray[np.str_]:
    """(n,)."""
    return np.array([pair.label for pair in pairs], np.str_)


def style_labels(shops: FiveShops, listings: Listings, left: Rows, right: Rows) -> NDArray[np.str_]:
    """Labels by style number and colour, for pairs of sellers that write them; else empty."""
    styles = [shops.styles.get(reading.product_id) for reading in listings.readings]
    return np.array(
        [
            _by_style(styles[one], styles[other])
            for one, other in zip(left.tolist(), right.tolist(), strict=True)
        ],
        np.str_,
    )


def demo_listings(products: Sequence[Product], vectors: Vectors, *, poor: bool = False) -> Listings:
    """Listings of the demo catalogue without numbers and groups.

    Args:
        products: of the demo shop.
        vectors: (n, dim) of their first photos, or zeros.
        poor: with brand and title alone, and of the title but the second half of its words.
    """
    hidden = [replace(p, gtin="", item_group_id="", extra={}) for p in products]
    readings = [read_listing(_poor(p) if poor else p) for p in hidden]
    return Listings(readings, vectors)


def demo_labels(products: Sequence[Product], left: Rows, right: Rows) -> NDArray[np.str_]:
    """Labels by `product_key` and `item_group_id`, which the demo catalogue knows."""
    return np.array(
        [
            _by_style(_demo_key(products[one]), _demo_key(products[other]))
            for one, other in zip(left.tolist(), right.tolist(), strict=True)
        ],
        np.str_,
    )


def probabilities(
    listings: Listings, model: MatchModel, left: Rows, right: Rows
) -> NDArray[np.float64]:
    """(n,) that pairs are one product, rivals considered."""
    return judge_pairs(listings, model, left, right).offer


def same_brand_and_title(
    products: Sequence[Product], left: Rows, right: Rows
) -> NDArray[np.float64]:
    """Baseline: 1 where brand and title are the same words, whatever their case and order."""
    said = [_words(product) for product in products]
    return np.array([said[a] == said[b] for a, b in zip(left, right, strict=True)], np.float64)


def tfidf_cosine(products: Sequence[Product], left: Rows, right: Rows) -> NDArray[np.float64]:
    """Baseline: cosine of brand, title and colour as bags of words, by scikit-learn's TF-IDF."""
    from sklearn.feature_extraction import text

    vectoriser: Any = text.TfidfVectorizer
    table = vectoriser(analyzer=terms).fit_transform(
        [f"{p.brand} {p.title} {p.colour}" for p in products]
    )
    return np.asarray(table[left].multiply(table[right]).sum(axis=1), np.float64).ravel()


def match_figures(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    groups: NDArray[np.generic],
    *,
    calibrated: bool,
) -> MatchFigures:
    """Figures with intervals.

    Args:
        scores: (n,) higher for likelier matches.
        truth: (n,) whether a pair is a match.
        groups: (n,) whom pairs belong to; the bootstrap draws whole groups.
        calibrated: whether scores are meant as probabilities.

    Raises:
        ShapeError: there is no match among them.
    """
    if not truth.any():
        raise ShapeError("there is no match among these pairs")
    nothing = float("nan")
    return MatchFigures(
        len(truth),
        int(truth.sum()),
        bootstrap_statistic(_of_rows(average_precision, scores, truth), len(truth), groups),
        tuple(precision_at_recall(scores, truth, recall) for recall in RECALLS),
        _at_half(scores, truth) if calibrated else (nothing, nothing),
        calibration_error(scores, truth, _N_BINS) if calibrated else nothing,
        perfect_calibration_error(scores, n_bins=_N_BINS) if calibrated else nothing,
    )


def average_precision(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Area under precision over recall, ties taken together; NaN without a match.

    Example:
        >>> average_precision(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]))
        0.8333333333333333
    """
    if not truth.any():
        return float("nan")
    recalls, precisions = _curve(scores, truth)
    return float(np.sum(np.diff(recalls, prepend=0.0) * precisions))


def precision_at_recall(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], recall: float
) -> float:
    """The best precision of a threshold that finds at least this share of the matches.

    Example:
        >>> precision_at_recall(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), 0.8)
        0.6666666666666666
    """
    recalls, precisions = _curve(scores, truth)
    return float(precisions[recalls >= recall - 1e-12].max())


def lesson(
    listings: Listings, left: Rows, right: Rows, labels: NDArray[np.str_], weight: float
) -> Lesson:
    """Pairs to learn from, those without a label left out."""
    known = labels != ""
    return Lesson(listings, left[known], right[known], labels[known], weight)


def _at_half(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    shown = scores >= 0.5
    found = int((shown & truth).sum())
    precision = found / int(shown.sum()) if shown.any() else float("nan")
    return precision, found / int(truth.sum())


def _curve(
    scores: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision at each distinct score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    found = np.cumsum(truth[order])[last]
    return found / truth.sum(), found / (last + 1)


def _of_rows(
    figure: Callable[[NDArray[np.float64], NDArray[np.bool_]], float],
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
) -> Callable[[NDArray[np.int64]], float]:
    def of(rows: NDArray[np.int64]) -> float:
        drawn = truth[rows]
        return figure(scores[rows], drawn) if drawn.any() else 1.0

    return of


def _by_style(ours: tuple[str, str] | None, theirs: tuple[str, str] | None) -> str:
    if ours is None or theirs is None:
        return ""
    if ours == theirs:
        return MATCH
    return VARIANT if ours[0] == theirs[0] else DIFFERENT


def _demo_key(product: Product) -> tuple[str, str]:
    return product.item_group_id, product.extra["product_key"]


def _words(product: Product) -> tuple[frozenset[str], frozenset[str]]:
    brand = frozenset(terms(product.brand))
    return brand, frozenset(terms(product.title)) - brand


def _poor(product: Product) -> Product:
    words = [word for word in product.title.split() if word.isalnum()]
    return Product(
        product.product_id,
        title=" ".join(words[len(words) // 2 :]),
        brand=product.brand,
        seller=product.seller,
    )
