from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.errors import NotFoundError
from vitrine.index import Snapshot, snapshot
from vitrine.store import StoreRows
from vitrine.types import EncoderIdentity, Vectors
from vitrine.vectors import unit

DIM = 6
TEXT = ("brand", "price_currency")
NUMBERS = ("price_amount", "sale_price_amount", "year", "added_at")

Shop = dict[str, tuple[int, Vectors]]
"""product_id -> the store's row and the vectors of its photos."""


def rows_of(shop: Shop, gone: list[int]) -> StoreRows:
    ids = sorted(shop, key=lambda product_id: shop[product_id][0])
    photos = [(shop[i][0], n, vector) for i in ids for n, vector in enumerate(shop[i][1])]
    n = len(ids)
    return StoreRows(
        counter=1,
        encoder=EncoderIdentity("none", "", DIM, ""),
        gone=np.array(gone, np.int64),
        product_rows=np.array([shop[i][0] for i in ids], np.int64),
        product_ids=ids,
        fields={name: [""] * n for name in TEXT}
        | {name: [None] * n for name in (*NUMBERS, "sale_price_currency")},
        extra=[json.dumps({})] * n,
        tags=[None] * n,
        photo_products=np.array([row for row, _, _ in photos], np.int64),
        photo_positions=np.array([position for _, position, _ in photos], np.int64),
        vectors=np.array([vector for _, _, vector in photos], np.float32).reshape(-1, DIM),
    )


def some_photos(n: int, seed: int) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(n, DIM)))


def expected(shop: Shop, query: Vectors, k: int) -> list[tuple[str, float]]:
    best = {
        product_id: float((photos.astype(np.float16).astype(np.float64) @ query).max())
        for product_id, (_, photos) in shop.items()
        if len(photos)
    }
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:k]


def found(view: Snapshot, query: Vectors, k: int) -> list[tuple[str, float]]:
    return [(each.product_id, each.score) for each in view.nearest(query, k, view.alive)]


def test_a_product_is_as_near_as_its_best_photo() -> None:
    photos = some_photos(4, 0)
    shop: Shop = {"a": (7, photos[:3]), "b": (9, photos[3:]), "c": (11, photos[:0])}
    view = snapshot(rows_of(shop, []))
    hits = view.nearest(photos[2], 5, view.alive)
    assert [hit.product_id for hit in hits] == ["a", "b"]
    assert (hits[0].photo_position, round(hits[0].score, 2)) == (2, 1.0)


def test_k_products_come_back_though_one_has_a_thousand_photos() -> None:
    query = some_photos(1, 0)[0]
    crowd = unit(query + 1e-3 * some_photos(1000, 1))
    shop: Shop = {"crowd": (1, crowd)} | {
        f"p{n}": (n + 2, some_photos(1, n + 2)) for n in range(30)
    }
    view = snapshot(rows_of(shop, []))
    hits = found(view, query, 12)
    assert len(hits) == 12
    assert hits == [(i, pytest.approx(s, abs=1e-5)) for i, s in expected(shop, query, 12)]


def test_ties_go_by_product_id_even_at_the_last_place() -> None:
    photo = some_photos(1, 0)
    shop: Shop = {f"p{n:03}": (200 - n, photo) for n in range(100)}
    view = snapshot(rows_of(shop, []))
    assert [i for i, _ in found(view, photo[0], 3)] == ["p000", "p001", "p002"]


def test_an_unknown_product_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFoundError, match="no product 'x'"):
        snapshot(rows_of({}, [])).photo_rows("x")


STEPS = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.one_of(st.none(), st.integers(0, 3))),
        min_size=1,
        max_size=4,
    ),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_any_sequence_of_changes_answers_like_a_fresh_snapshot(
    steps: list[list[tuple[str, int | None]]],
) -> None:
    shop: Shop = {}
    view = snapshot(rows_of({}, []))
    rows: dict[str, int] = {}
    for number, step in enumerate(steps):
        changes = dict(step)
        gone = [rows[product_id] for product_id in changes if product_id in rows]
        delta: Shop = {}
        for product_id, n_photos in changes.items():
            shop.pop(product_id, None)
            if n_photos is not None:
                rows.setdefault(product_id, len(rows) + 1)
                seed = number * 100 + ord(product_id)
                delta[product_id] = (rows[product_id], some_photos(n_photos, seed))
            elif product_id in rows:
                del rows[product_id]
                rows[f"retired {number} {product_id}"] = 0
        shop |= delta
        view = view.changed(rows_of(delta, gone))
    query = some_photos(1, 4242)[0]
    assert view.n_products == len(shop)
    assert found(view, query, 4) == [
        (product_id, pytest.approx(score, abs=1e-5))
        for product_id, score in expected(shop, query, 4)
    ]
