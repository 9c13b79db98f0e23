"""Views of small made-up shops, and the plain arithmetic that they are held against."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from vitrine.index import Snapshot, snapshot
from vitrine.store import StoreRows
from vitrine.types import EncoderIdentity, Vectors

TEXT = (
    *("article_type", "material", "pattern", "colour", "gender", "usage", "season"),
    *("age_group", "brand", "item_group_id", "price_currency"),
)
NUMBERS = ("price_amount", "sale_price_amount", "year", "added_at")

MakeView = Callable[..., Snapshot]


@pytest.fixture
def make_view() -> MakeView:
    """A view of products given as plain dicts; `vectors` (n, dim) are their photos, one each.

    A row of zeros is no photo. `tags` is a dict within: head -> [value, confidence, unsure].
    """

    def make(products: Sequence[Mapping[str, Any]], vectors: Vectors) -> Snapshot:
        n = len(products)
        shown = np.flatnonzero(np.abs(vectors).sum(axis=1))
        return snapshot(
            StoreRows(
                counter=1,
                encoder=EncoderIdentity("made-up", "", vectors.shape[1], ""),
                gone=np.empty(0, np.int64),
                product_rows=np.arange(n) + 1,
                product_ids=[str(p.get("id", f"p{row:03}")) for row, p in enumerate(products)],
                fields={name: [p.get(name, "") for p in products] for name in TEXT}
                | {name: [p.get(name) for p in products] for name in NUMBERS}
                | {"sale_price_currency": [None] * n},
                extra=["{}"] * n,
                tags=[json.dumps(p.get("tags", {})) for p in products],
                photo_products=shown + 1,
                photo_positions=np.zeros(len(shown), np.int64),
                vectors=np.asarray(vectors[shown], np.float32),
            )
        )

    return make
