"""Visitors of two tastes, who come every few days."""

from __future__ import annotations

import numpy as np
from tests.recommend.conftest import Said

from vitrine.recommend import Shelf, make_shelf
from vitrine.vectors import unit

N_PRODUCTS = 60


def two_looks() -> Shelf:
    """Products that look like one of two, by turns; the last of each look nobody ever meets."""
    rng = np.random.default_rng(0)
    looks = np.eye(12, dtype=np.float32)[:2]
    noise = 0.5 / np.sqrt(12) * rng.normal(size=(N_PRODUCTS, 12)).astype(np.float32)
    vectors = unit(looks[np.arange(N_PRODUCTS) % 2] + noise)
    types = ["Dresses" if row % 2 else "Shirts" for row in range(N_PRODUCTS)]
    return make_shelf([f"p{n:02}" for n in range(N_PRODUCTS)], vectors, {"article_type": types})


def two_tastes(n_visitors: int = 60, n_days: int = 40) -> list[Said]:
    """Each visitor goes for one look, and buys what he liked some days before."""
    rng = np.random.default_rng(1)
    said: list[Said] = []
    for number in range(n_visitors):
        visitor, taste = f"v{number}", number % 2
        for day in range(int(rng.integers(1, 5)), n_days, 5):
            products = 2 * rng.integers(0, N_PRODUCTS // 2 - 1, 4) + taste
            for place, product in enumerate(products.tolist()):
                kinds = ("detail-page-view", "like", "add-to-cart", "purchase-complete")
                said.append((visitor, kinds[place], f"p{product:02}", day + place / 100))
    return said
