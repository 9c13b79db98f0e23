from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.index import Columns
from vitrine.search import read_change
from vitrine.types import EncoderIdentity


@pytest.fixture(scope="module")
def columns() -> Columns:
    from vitrine.index.columns import columns_of
    from vitrine.store import StoreRows

    products = [
        {"material": "Linen", "brand": "Aline & Co", "article_type": "Pavarotti Trousers"},
        {"material": "Denim", "brand": "Red", "price_currency": "EUR", "price_amount": "20"},
    ]
    words = ("article_type", "material", "pattern", "colour", "gender", "usage", "season", "brand")
    words = (*words, "age_group", "price_currency", "sale_price_currency")
    numbers = ("price_amount", "sale_price_amount", "year", "added_at")
    return columns_of(
        StoreRows(
            counter=1,
            encoder=EncoderIdentity("none", "", 2, ""),
            gone=np.empty(0, np.int64),
            product_rows=np.arange(2),
            product_ids=["a", "b"],
            fields={name: [p.get(name, "") for p in products] for name in words}
            | {name: [p.get(name) for p in products] for name in numbers},
            extra=["{}"] * 2,
            tags=[None] * 2,
            photo_products=np.empty(0, np.int64),
            photo_positions=np.empty(0, np.int64),
            vectors=np.empty((0, 2), np.float32),
        )
    )


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("red", {"wanted": {"colour": ["Red"]}}),
        ("in RED, please", {"wanted": {"colour": ["Red"]}}),
        ("like this, but navy", {"wanted": {"colour": ["Navy Blue"]}}),
        ("light blue or off-white", {"wanted": {"colour": ["Blue", "Off White"]}}),
        ("for men", {"wanted": {"gender": ["men"]}}),
        ("for her", {"wanted": {"gender": ["women"]}}),
        ("as a t-shirt", {"wanted": {"article_type": ["Tshirts"]}}),
        ("a dress", {"wanted": {"article_type": ["Dresses"]}}),
        ("running shoes", {"wanted": {"article_type": ["Sports Shoes"]}}),
        ("pavarotti trousers", {"wanted": {"article_type": ["Pavarotti Trousers"]}}),
        ("in linen", {"wanted": {"material": ["Linen"]}}),
        ("in denim", {"wanted": {"material": ["Denim"]}}),
        ("by aline & co", {"wanted": {"brand": ["Aline & Co"]}}),
        ("for winter", {"wanted": {"season": ["Winter"]}}),
        ("without stripes", {"unwanted": {"pattern": ["Striped"]}}),
        ("non-striped", {"unwanted": {"pattern": ["Striped"]}}),
        ("not red or blue", {"unwanted": {"colour": ["Red", "Blue"]}}),
        (
            "not red, in blue",
            {"wanted": {"colour": ["Blue"]}, "unwanted": {"colour": ["Red"]}},
        ),
        (
            "without stripes red",
            {"wanted": {"colour": ["Red"]}, "unwanted": {"pattern": ["Striped"]}},
        ),
        (
            "no dots, for women and in linen",
            {
                "wanted": {"gender": ["women"], "material": ["Linen"]},
                "unwanted": {"pattern": ["Dotted"]},
            },
        ),
        ("cheaper", {"price": {"towards": -1}}),
        ("less expensive", {"price": {"towards": -1}}),
        ("more expensive and red", {"price": {"towards": 1}, "wanted": {"colour": ["Red"]}}),
        ("under 50", {"price": {"lte": 50.0}}),
        ("under €49.90", {"price": {"lte": 49.9}, "currency": "EUR"}),
        ("below 1,200 EUR", {"price": {"lte": 1200.0}, "currency": "EUR"}),
        ("under 50 and red", {"price": {"lte": 50.0}, "wanted": {"colour": ["Red"]}}),
        ("under 50 red", {"price": {"lte": 50.0}, "wanted": {"colour": ["Red"]}}),
        ("at least 20, at most 40", {"price": {"gte": 20.0, "lte": 40.0}}),
        ("between 20 and 40 euros", {"price": {"gte": 20.0, "lte": 40.0}}),
        ("fluffy", {"words": "fluffy"}),
        ("red with a fluffy hood", {"wanted": {"colour": ["Red"]}, "words": "fluffy hood"}),
    ],
)
def test_words_are_read_as_changes(columns: Columns, text: str, understood: dict[str, Any]) -> None:
    assert read_change(text, columns).to_json() == understood


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "says nothing that could change"),
        ("like this but", "says nothing that could change"),
        ("red, not red", "asks for colour Red and for none of it"),
        ("cheaper and dearer", "both higher and lower"),
        ("over 50 under 20", "both higher and lower"),
        ("under 50 under 20", "bounds the price twice on one side"),
        ("between 20 EUR and 30 USD", "prices in several currencies"),
        ("under 0", "a price of 0"),
        ("without buttons", "'buttons' is no attribute known here, so it cannot be left out"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    columns: Columns, text: str, complaint: str
) -> None:
    with pytest.raises(QueryError, match=complaint) as error:
        read_change(text, columns)
    assert "\n" not in str(error.value)


PIECES = """
    red blue not no without or and , ; for men stripes under over between 50 20 EUR $ cheaper fluffy
    non-black <= 1.299,00 1e9 'but' ½ ٣ 红
"""
WORDS = st.sampled_from(PIECES.split())


@given(st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=40)))
def test_any_words_are_read_or_refused(columns: Columns, text: str) -> None:
    complaint = ""
    try:
        assert read_change(text, columns).to_json()
    except QueryError as error:
        complaint = str(error)
    assert "\n" not in complaint
