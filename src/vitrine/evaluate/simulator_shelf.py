"""What the simulator knows of products: labels as codes, prices, seasons, arrivals, appeal."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Product, Rows

DAY_S = 86_400.0
LABELS = ("article_type", "colour", "pattern", "usage", "gender")
"""What tastes are drawn over; seasons are for everybody."""

_APPEAL = 0.6  # spread of what makes one product better than its like, in units of utility
_IN_SEASON, _OUT_OF_SEASON = 0.6, -0.4
_SEASONS = {12: "Winter", 1: "Winter", 2: "Winter", 3: "Spring", 4: "Spring", 5: "Spring"} | {
    **{6: "Summer", 7: "Summer", 8: "Summer", 9: "Fall", 10: "Fall", 11: "Fall"}
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products by row. Code 0 of a label says that the product does not say."""

    product_ids: Sequence[str]
    codes: Mapping[str, NDArray[np.int64]]
    """label -> (n,) positions in its words."""
    words: Mapping[str, Sequence[str]]
    price: NDArray[np.float64]
    """(n,) NaN where there is none."""
    dearness: NDArray[np.float32]
    """(n,) how dear for its article type, in standard deviations; 0 without a price."""
    currency: Sequence[str]
    seasons: NDArray[np.str_]
    appeal: NDArray[np.float32]
    arrived_at: NDArray[np.float64]
    repeat_rate: NDArray[np.float32]
    """(n,) probability that a buyer buys it once more."""
    companions: Mapping[int, tuple[Rows, NDArray[np.float64]]]
    """row -> rows that were really bought with it, and their shares."""

    def __len__(self) -> int:
        return len(self.product_ids)

    def in_season(self, products: Rows, at: float) -> NDArray[np.float32]:
        """What the time of year adds to the utility of each, (n,); northern seasons."""
        now = _SEASONS[datetime.fromtimestamp(at, UTC).month]
        said = self.seasons[products]
        gain = np.where(said == now, _IN_SEASON, _OUT_OF_SEASON)
        return np.where(said == "", 0.0, gain).astype(np.float32)


def shelf_of(
    products: Sequence[Product],
    bought_together: Mapping[str, Sequence[tuple[str, float]]],
    seed: int,
    arrivals: tuple[float, float, float],
    *,
    mixed_up: bool,
) -> Shelf:
    """Put a catalogue on the shelf.

    Args:
        products: of a catalogue.
        bought_together: product_id -> others and how strongly.
        seed: of appeal and arrivals.
        arrivals: first and last second, and the share that arrives in between.
        mixed_up: give every product labels, price and season of another one, chosen by a hash of
            its id: the same world, in which nothing has to do with looks.
    """
    rng = np.random.default_rng([seed, 1])
    order = _by_hash(products, seed) if mixed_up else range(len(products))
    said = [products[row] for row in order]
    codes: dict[str, NDArray[np.int64]] = {}
    words: dict[str, Sequence[str]] = {}
    for label in LABELS:
        codes[label], words[label] = _coded([str(getattr(p, label)) for p in said])
    price = np.array([_price(p) for p in said], np.float64)
    n = len(products)
    starts_at, ends_at, share = arrivals
    later = rng.random(n) < share
    arrived_at = np.where(later, rng.uniform(starts_at, ends_at, n), starts_at)
    row_of = {p.product_id: row for row, p in enumerate(products)}
    return Shelf(
        [p.product_id for p in products],
        codes,
        words,
        price,
        _dearness(price, codes["article_type"]),
        [p.price.currency if p.price else "" for p in said],
        np.array([p.season for p in said], np.str_),
        rng.normal(0, _APPEAL, n).astype(np.float32),
        arrived_at,
        rng.beta(1, 12, n).astype(np.float32),
        {} if mixed_up else _companions(bought_together, row_of),
    )


def _by_hash(products: Sequence[Product], seed: int) -> list[int]:
    def place(row: int) -> bytes:
        return hashlib.sha256(f"{seed}/{products[row].product_id}".encode()).digest()

    return sorted(range(len(products)), key=place)


def _coded(values: Sequence[str]) -> tuple[NDArray[np.int64], Sequence[str]]:
    words = ["", *sorted({value for value in values if value})]
    place = {word: code for code, word in enumerate(words)}
    return np.array([place[value] for value in values], np.int64), words


def _price(product: Product) -> float:
    price = product.sale_price or product.price
    return float(price.amount) if price is not None and price.amount > 0 else math.nan


def _dearness(price: NDArray[np.float64], article_types: NDArray[np.int64]) -> NDArray[np.float32]:
    out = np.zeros(len(price), np.float32)
    known = ~np.isnan(price)
    for code in np.unique(article_types[known]):
        rows = np.flatnonzero(known & (article_types == code))
        logs = np.log(price[rows])
        if spread := float(logs.std()):
            out[rows] = (logs - logs.mean()) / spread
    return out


def _companions(
    bought_together: Mapping[str, Sequence[tuple[str, float]]], row_of: Mapping[str, int]
) -> dict[int, tuple[Rows, NDArray[np.float64]]]:
    found: dict[int, tuple[Rows, NDArray[np.float64]]] = {}
    for product_id, others in bought_together.items():
        known = [(row_of[other], score) for other, score in others if other in row_of and score > 0]
        if product_id in row_of and known:
            scores = np.array([score for _, score in known], np.float64)
            rows = np.array([row for row, _ in known], np.int64)
            found[row_of[product_id]] = rows, scores / scores.sum()
    return found
