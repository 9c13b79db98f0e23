from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from vitrine.index import Columns
from vitrine.index.columns import choice_column
from vitrine.index.unheard import unheard_values

BRANDS = [f"Brand {number}" for number in range(20)]


def columns_of(n_rows: int = 20, **more: list[str]) -> Columns:
    fields = {
        "gender": ["women", "men"] * (n_rows // 2),
        "brand": BRANDS[:n_rows],
        "size": ["S, M", "L"] * (n_rows // 2),
        **more,
    }
    return Columns(
        n_rows,
        {name: choice_column(values, lists=name == "size") for name, values in fields.items()},
        {"price": np.full(n_rows, 10.0)},
        {"file": choice_column(["/home/me/a.jpg"] * n_rows)},
        {"mood": choice_column(["calm"] * n_rows)},
        {},
    )


SHOP = columns_of()


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"gender": "WOMEN"},
        {"gender": "female"},
        {"gender": ["men", "women"]},
        {"gender": {"exists": True}},
        {"size": "m", "brand": "brand 3"},
        {"price": 99, "tag.mood": "calm"},
        {"not": {"or": [{"gender": {"ne": "men"}}]}},
    ],
)
def test_what_is_said_needs_no_note(where: Mapping[str, Any]) -> None:
    assert unheard_values(SHOP, np.ones(20, np.bool_), where) == []


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ({"size": "XL"}, "no product here has size 'XL'; known: L, M, S. Did you mean 'L'?"),
        ({"brand": "brnd 3"}, "no product here has brand 'brnd 3'. Did you mean 'Brand 3'?"),
        ({"brand": {"not_in": ["x", "Brand 1"]}}, "no product here has brand 'x'"),
        ({"mood": 7}, "no product here has mood '7'; known: calm"),
        ({"file": "/home/me/b.jpg"}, "no product here has file '/home/me/b.jpg'"),
        (
            {"or": [{"gender": "men"}, {"not": {"gender": {"eq": "wommen"}}}]},
            "no product here has gender 'wommen'; known: men, women. Did you mean 'women'?",
        ),
    ],
)
def test_a_value_that_no_product_says_is_told(where: Mapping[str, Any], line: str) -> None:
    assert unheard_values(SHOP, np.ones(20, np.bool_), where) == [line]


def test_what_only_deleted_products_said_is_unheard() -> None:
    alive = np.array([False, True] * 10)
    assert unheard_values(SHOP, alive, {"gender": "women"}) == [
        "no product here has gender 'women'; known: men. Did you mean 'men'?"
    ]


def test_a_flood_of_values_gets_five_lines() -> None:
    where = {"or": [{"brand": [f"{'x' * 500}{n}" for n in range(500)]}] * 50}
    lines = unheard_values(SHOP, np.ones(20, np.bool_), where)
    assert len(lines) == 5
    assert max(map(len, lines)) < 200


def test_a_field_without_a_limited_set_of_values_is_left_alone() -> None:
    shop = columns_of(4000, gtin=[str(number) for number in range(4000)], brand=["A"] * 4000)
    assert unheard_values(shop, np.ones(4000, np.bool_), {"gtin": "x"}) == []
