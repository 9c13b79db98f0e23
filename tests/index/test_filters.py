from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.index import Columns, matching_rows
from vitrine.index.columns import columns_of
from vitrine.store import StoreRows
from vitrine.types import EncoderIdentity

FIELDS = ("brand", "colour", "gender", "price_currency", "size")
NUMBERS = ("price_amount", "sale_price_amount", "year", "added_at")


def columns(*products: Mapping[str, Any]) -> Columns:
    """Columns of products given as plain dicts; `tags` and `extra` are dicts within."""
    n = len(products)
    return columns_of(
        StoreRows(
            counter=1,
            encoder=EncoderIdentity("none", "", 2, ""),
            gone=np.arange(n),
            product_rows=np.arange(n),
            product_ids=[f"p{number}" for number in range(n)],
            fields={name: [p.get(name, "") for p in products] for name in FIELDS}
            | {name: [p.get(name) for p in products] for name in NUMBERS}
            | {"sale_price_currency": [None] * n},
            extra=[json.dumps(p.get("extra", {})) for p in products],
            tags=[json.dumps(p.get("tags", {})) for p in products],
            photo_products=np.empty(0, np.int64),
            photo_positions=np.empty(0, np.int64),
            vectors=np.empty((0, 2), np.float32),
        )
    )


SHOP = columns(
    {"brand": "Aline", "gender": "women", "colour": "Red", "price_amount": "20"},
    {"brand": "Bruno", "gender": "men", "price_amount": "60", "sale_price_amount": "45.50"},
    {"gender": "unisex", "colour": "Navy Blue", "year": 2016, "extra": {"Heel Height": "flat"}},
    {"tags": {"base_colour": ["Red", 0.9, False], "gender": ["men", 0.4, True]}},
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({}, [0, 1, 2, 3]),
        ({"gender": "women"}, [0]),
        ({"gender": "WOMEN"}, [0]),
        ({"gender": "female"}, [0]),
        ({"gender": ["women", "men"]}, [0, 1]),
        ({"gender": []}, []),
        ({"gender": {"ne": "women"}}, [1, 2, 3]),
        ({"gender": {"not_in": ["women", "men"]}}, [2, 3]),
        ({"colour": "navy blue"}, [2]),
        ({"colour": "navy"}, [2]),
        ({"colour": "red"}, [0, 3]),
        ({"tag.base_colour": "red"}, [3]),
        ({"base_colour": "red"}, [3]),
        ({"tag.gender": "men"}, []),
        ({"brand": {"exists": True}}, [0, 1]),
        ({"brand": {"exists": False}}, [2, 3]),
        ({"Heel Height": "Flat"}, [2]),
        ({"product_id": ["p1", "p3"]}, [1, 3]),
        ({"price": {"lte": 45.5}}, [0, 1]),
        ({"price": {"lt": 45.5}}, [0]),
        ({"price": {"gte": 20, "lt": 30}}, [0]),
        ({"price": 20}, [0]),
        ({"price": {"exists": False}}, [2, 3]),
        ({"year": {"gt": 2015}}, [2]),
        ({"gender": "women", "price": {"gt": 50}}, []),
        ({"or": [{"gender": "women"}, {"colour": "navy blue"}]}, [0, 2]),
        ({"or": []}, []),
        ({"and": []}, [0, 1, 2, 3]),
        ({"not": {"gender": "women"}}, [1, 2, 3]),
        ({"and": [{"not": {"gender": "men"}}, {"colour": "red"}]}, [0, 3]),
    ],
)
def test_a_filter_lets_these_rows_through(where: Mapping[str, Any], rows: list[int]) -> None:
    assert np.flatnonzero(matching_rows(SHOP, where)).tolist() == rows


@pytest.mark.parametrize(
    ("size", "rows"),
    [
        ("s", [0, 1]),
        ("M", [0, 2]),
        ("S, M", [0]),
        ("xl", [3]),
        (["XL", "S"], [0, 1, 3]),
        ("38,5", [4]),
        ("39", [4]),
        (38, []),
        ({"ne": "m"}, [1, 3, 4, 5]),
    ],
)
def test_a_product_in_several_sizes_is_found_by_each(size: Any, rows: list[int]) -> None:
    sizes = ("S, M", "S", "m", "L,XL,", "38,5, 39", "")
    shop = columns(*({"size": size} for size in sizes))
    assert np.flatnonzero(matching_rows(shop, {"size": size})).tolist() == rows
    grown = columns({"size": sizes[0]}).then(columns(*({"size": size} for size in sizes[1:])))
    assert np.flatnonzero(matching_rows(grown, {"size": size})).tolist() == rows


def test_commas_separate_nothing_but_sizes() -> None:
    shop = columns({"brand": "Lamb, Wool & Co"}, {"brand": "Lamb"})
    assert np.flatnonzero(matching_rows(shop, {"brand": "lamb"})).tolist() == [1]


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ({"gendre": "women"}, "no filter field is called 'gendre'.*Did you mean 'gender'"),
        ({"tag.mood": "happy"}, "no filter field is called 'tag.mood'"),
        ({"gender": {"like": "w%"}}, "no operator is called 'like'; known: eq, exists"),
        ({"gender": {"lt": "women"}}, "no operator is called 'lt'"),
        ({"price": {"lt": "50"}}, "'price' is compared with a finite number, not '50'"),
        ({"price": {"lt": float("nan")}}, "finite number, not nan"),
        ({"price": True}, "finite number, not True"),
        ({"gender": {"in": [{"a": 1}]}}, "'gender' is compared with words"),
        ({"gender": None}, "'gender' is compared with words, not None"),
        ({"brand": {"exists": "yes"}}, "'exists' takes true or false"),
        ({"or": {"gender": "women"}}, "'or' takes a list"),
        ({"not": "women"}, "a filter is an object"),
        ("gender=women", "a filter is an object"),
        (["gender"], "a filter is an object"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(where: Any, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        matching_rows(SHOP, where)


def test_deep_nesting_is_refused() -> None:
    where: dict[str, Any] = {"gender": "women"}
    for _ in range(500):
        where = {"not": where}
    with pytest.raises(QueryError, match="nested deeper than 16"):
        matching_rows(SHOP, where)


def test_prices_in_two_currencies_ask_which() -> None:
    shop = columns(
        {"price_amount": "20", "price_currency": "EUR"},
        {"price_amount": "20", "price_currency": "GBP"},
        {"price_amount": "30", "price_currency": "GBP"},
    )
    with pytest.raises(QueryError, match=r"prices here are in EUR, GBP: .* currency=GBP"):
        matching_rows(shop, {"or": [{"price": {"lt": 50}}]})
    where = {"price": {"lt": 50}, "currency": "gbp"}
    assert np.flatnonzero(matching_rows(shop, where)).tolist() == [1, 2]


PRODUCTS = st.lists(
    st.fixed_dictionaries(
        {
            "brand": st.sampled_from(["", "Aline", "aline", "Bruno"]),
            "gender": st.sampled_from(["", "women", "men"]),
            "price_amount": st.sampled_from([None, "10", "20", "30"]),
        }
    ),
    min_size=1,
    max_size=12,
)
LEAVES = st.one_of(
    st.fixed_dictionaries({"brand": st.lists(st.sampled_from(["ALINE", "bruno", "x"]))}),
    st.fixed_dictionaries({"gender": st.fixed_dictionaries({"ne": st.sampled_from(["men"])})}),
    st.fixed_dictionaries({"price": st.fixed_dictionaries({"lte": st.integers(5, 35)})}),
    st.fixed_dictionaries({"brand": st.fixed_dictionaries({"exists": st.booleans()})}),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"or": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"and": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)


def says(product: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """The filter's meaning, one product at a time."""
    return all(_holds(product, name, condition) for name, condition in where.items())


def _holds(product: Mapping[str, Any], name: str, condition: Any) -> bool:
    if name == "or":
        return any(says(product, part) for part in condition)
    if name == "and":
        return all(says(product, part) for part in condition)
    if name == "not":
        return not says(product, condition)
    if name == "price":
        amount = product["price_amount"]
        return amount is not None and float(amount) <= condition["lte"]
    value: str = product[name].lower()
    if isinstance(condition, Sequence):
        return value in [str(each).lower() for each in condition]
    if "ne" in condition:
        return value != condition["ne"]
    return bool(value) == condition["exists"]


@settings(max_examples=200, deadline=None)
@given(PRODUCTS, TREES)
def test_filters_mean_the_same_as_asking_each_product(
    products: list[dict[str, Any]], where: dict[str, Any]
) -> None:
    expected = [row for row, product in enumerate(products) if says(product, where)]
    assert np.flatnonzero(matching_rows(columns(*products), where)).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(PRODUCTS, PRODUCTS, TREES)
def test_columns_that_grew_filter_like_fresh_ones(
    first: list[dict[str, Any]], second: list[dict[str, Any]], where: dict[str, Any]
) -> None:
    grown = columns(*first).then(columns(*second))
    assert np.array_equal(
        matching_rows(grown, where), matching_rows(columns(*first, *second), where)
    )
