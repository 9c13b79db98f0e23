"""Small rows to put into stores."""

from __future__ import annotations

from collections.abc import Callable, Generator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitrine.store import (
    ImageRecord,
    PhotoRef,
    Store,
    VectorRecord,
    create_sqlite,
)
from vitrine.types import EncoderIdentity, Price, Product, Tag, Vectors

STORES = {"sqlite": create_sqlite}
IDENTITY = EncoderIdentity("first", "a" * 64, 4, "side 8")

Put = Callable[..., None]


@pytest.fixture
def identity() -> EncoderIdentity:
    return IDENTITY


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Store]:
    opened = STORES[request.param](tmp_path / "a.shop", IDENTITY)
    yield opened
    opened.close()


@pytest.fixture
def put() -> Put:
    """Put a product with photos of the given contents; a content's vector is made from its name."""

    def put_one(
        store: Store,
        product_id: str,
        *contents: str,
        encoder: EncoderIdentity = IDENTITY,
        **fields: Any,
    ) -> None:
        usual: dict[str, Any] = {
            "title": f"title of {product_id}",
            "price": Price(Decimal("12.50"), "EUR"),
        }
        product = Product(
            product_id,
            **usual | fields,
            extra={"heel": "flat"},
        )
        with store.transaction() as writer:
            writer.put_images(ImageRecord(c, 3, 4, f"thumb {c}".encode()) for c in contents)
            writer.put_vectors(
                encoder,
                [
                    VectorRecord(
                        c, vector_of(c, encoder.dim), {"base_colour": Tag("Red", 0.5, False)}
                    )
                    for c in contents
                ],
            )
            writer.put_products([(product, [PhotoRef(f"{c}.jpg", c) for c in contents])])

    return put_one


def vector_of(content: str, dim: int) -> Vectors:
    rng = np.random.default_rng(sum(content.encode()))
    vector = rng.normal(size=dim)
    return (vector / np.linalg.norm(vector)).astype(np.float32)
