"""How often a product was shown and clicked, and what that leaves open (Thompson sampling)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.behaviour import DISLIKE, IMPRESSION, VIEW, Columns
from vitrine.recommend.pairs import DAY_S, starts_of
from vitrine.types import Rows

HOUR_S = 3600.0
_PRIOR_SHOWN = 20.0
_USUAL_RATE = 0.05  # of clicks, before anybody was shown anything


@dataclass(frozen=True, slots=True)
class Exposure:
    """Impressions and clicks by product number: each visitor and day counts once."""

    shown: NDArray[np.float64]
    clicked: NDArray[np.float64]
    """Of those shown."""


def draw_rates(
    shown: NDArray[np.float64], clicked: NDArray[np.float64], z: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Draw the click rate of each product from what is known of it: (n,).

    The posterior is Beta, around the rate of all products; drawn as the normal distribution of its
    mean and spread, so that one number `z` of a visitor and hour decides each draw.
    """
    rate = float((clicked.sum() + _PRIOR_SHOWN * _USUAL_RATE) / (shown.sum() + _PRIOR_SHOWN))
    a = clicked + _PRIOR_SHOWN * rate
    b = shown - clicked + _PRIOR_SHOWN * (1 - rate)
    mean = a / (a + b)
    spread = np.sqrt(mean * (1 - mean) / (a + b + 1))
    return np.maximum(0.0, mean + spread * z)


def exposure_of(events: Columns, n_products: int) -> Exposure:
    """Count visitors and days on which a product was shown, and those on which it was clicked."""
    events = events.take(events.kinds != DISLIKE)
    if not len(events):
        return Exposure(np.zeros(n_products), np.zeros(n_products))
    days = (events.at // DAY_S).astype(np.int64)
    days -= int(days.min())
    visits = events.visitors.astype(np.int64) * (int(days.max()) + 1) + days
    keys = visits * n_products + events.products
    order = np.argsort(keys, kind="stable")
    keys, kinds = keys[order], events.kinds[order]
    starts = starts_of(keys)
    shown = np.logical_or.reduceat(kinds == IMPRESSION, starts)
    clicked = shown & np.logical_or.reduceat(kinds >= VIEW, starts)
    products = keys[starts] % n_products
    return Exposure(
        _sums(products, shown, n_products),
        _sums(products, clicked, n_products),
    )


def noise(visitor_id: str, at: float, n: int) -> NDArray[np.float32]:
    """Standard normal numbers (n,) of a visitor in an hour; the same until the hour is over."""
    text = f"{visitor_id}\n{int(at // HOUR_S)}".encode()
    seed = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
    return np.random.default_rng(seed).standard_normal(n, dtype=np.float32)


def _sums(products: Rows, true: NDArray[np.bool_], n_products: int) -> NDArray[np.float64]:
    return np.bincount(products[true], minlength=n_products).astype(np.float64)
