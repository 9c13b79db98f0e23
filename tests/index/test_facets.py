from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.index import Columns, count_facet
from vitrine.index.columns import choice_column
from vitrine.index.facets import MOST_VALUES, check_facets

WORD = st.sampled_from(["Red", "Blue", "red", "Off White", ""])
PRICE = st.one_of(st.none(), st.decimals(Decimal("0.01"), 100_000, places=2))


def columns_of(
    colours: list[str], prices: list[Decimal | None], currencies: list[str] | None = None
) -> Columns:
    n = len(colours)
    currencies = currencies or ["EUR"] * n
    numbers = np.array([np.nan if price is None else float(price) for price in prices])
    return Columns(
        n,
        {"colour": choice_column(colours), "currency": choice_column(currencies)},
        {"price": numbers, "year": np.full(n, np.nan)},
        {},
        {"base_colour": choice_column(["Green"] * n)} if n % 2 else {},
        {},
    )


@given(st.lists(st.tuples(WORD, st.booleans()), max_size=40))
def test_facets_equal_counting(rows: list[tuple[str, bool]]) -> None:
    columns = columns_of([word for word, _ in rows], [None] * len(rows))
    chosen = np.array([on for _, on in rows], dtype=np.bool_)
    facet = count_facet(columns, "colour", chosen)
    filled = "green" if len(rows) % 2 else ""  # the tag stands in, as for a filter
    expected = Counter((word or filled).casefold() for word, on in rows if on)
    assert facet["missing"] == expected.pop("", 0)
    assert {each["value"].casefold(): each["count"] for each in facet["values"]} == expected
    counts = [each["count"] for each in facet["values"]]
    assert counts == sorted(counts, reverse=True)


@given(st.lists(PRICE, max_size=40))
def test_every_price_is_in_one_band(prices: list[Decimal | None]) -> None:
    columns = columns_of(["Red"] * len(prices), prices)
    facet = count_facet(columns, "price", np.ones(len(prices), dtype=np.bool_))
    said = [float(price) for price in prices if price is not None]
    assert facet["missing"] == len(prices) - len(said)
    assert (facet["min"], facet["max"]) == (min(said, default=None), max(said, default=None))
    assert sum(band["count"] for band in facet["bands"]) == len(said)
    assert len(facet["bands"]) <= 8
    for band in facet["bands"]:
        inside = [price for price in said if band["from"] <= price < band["below"]]
        assert len(inside) == band["count"]


def test_rare_values_are_counted_together() -> None:
    words = [f"colour {n}" for n in range(MOST_VALUES + 5)]
    columns = columns_of([*words, words[-1]], [None] * (len(words) + 1))
    facet = count_facet(columns, "colour", np.ones(len(words) + 1, dtype=np.bool_))
    assert len(facet["values"]) == MOST_VALUES
    assert facet["values"][0] == {"value": words[-1], "count": 2}
    assert facet["others"] == 5


def test_a_product_counts_in_each_of_its_sizes() -> None:
    sizes = ["S, M", "s,S", "M", "", "L, M"]
    columns = columns_of(["Red"] * 5, [None] * 5)
    columns = replace(columns, choices={"size": choice_column(sizes, lists=True)})
    facet = count_facet(columns, "size", np.array([True, True, True, True, False]))
    assert facet["values"] == [{"value": "M", "count": 2}, {"value": "S", "count": 2}]
    assert (facet["missing"], facet["others"]) == (1, 0)


def test_a_facet_that_makes_no_sense_is_refused() -> None:
    columns = columns_of(["Red"] * 2, [Decimal(1), Decimal(2)], ["EUR", "USD"])
    with pytest.raises(QueryError, match=r"no facet is called 'color'.*Did you mean 'colour'"):
        check_facets(columns, ("color",))
    with pytest.raises(QueryError, match="prices here are in EUR, USD"):
        count_facet(columns, "price", np.ones(2, dtype=np.bool_))
    assert count_facet(columns, "price", np.array([True, False]))["max"] == 1.0
