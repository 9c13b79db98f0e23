"""Listings of made-up shops."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from vitrine.compare import Listings, read
from vitrine.types import Price, Product, Vectors


def listing(
    product_id: str, seller: str, title: str = "", price: str = "20", **said: Any
) -> Product:
    """A listing of the brand Fjordwane that costs euros, unless said otherwise."""
    usual: dict[str, Any] = {"brand": "Fjordwane", "price": Price(Decimal(price), "EUR")}
    return Product(product_id, seller=seller, title=title, **usual | said)


def listings_of(*products: Product, vectors: Vectors | None = None) -> Listings:
    """Ready to be compared; without photos unless vectors are given."""
    shown = np.zeros((len(products), 1), np.float32) if vectors is None else vectors
    return Listings([read(product) for product in products], shown)
