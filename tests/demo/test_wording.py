from __future__ import annotations

import pytest

from vitrine.demo.wording import chips, kinship, prices, reason
from vitrine.types import Hit, Json, Product

ASKED = Product("p1", item_group_id="g1", extra={"product_key": "k1"})


@pytest.mark.parametrize(
    ("product", "shown"),
    [
        ({}, ("", "")),
        ({"price": {"amount": "1200", "currency": "GBP"}}, ("£1,200.00", "")),
        (
            {
                "price": {"amount": "45.00", "currency": "EUR"},
                "sale_price": {"amount": "36.0", "currency": "EUR"},
            },
            ("€36.00", "€45.00"),
        ),
        ({"price": {"amount": "5400", "currency": "JPY"}}, ("¥5,400", "")),
    ],
)
def test_prices(product: Json, shown: tuple[str, str]) -> None:
    assert prices(product) == shown


@pytest.mark.parametrize(
    ("where", "labels"),
    [
        ("price>=20 price<60.5", ["price from 20", "price under 60.5"]),
        ("brand=*", ["with brand"]),
        ("material!=*", ["without material"]),
        ("colour=red|'navy blue'|black", ["red, navy blue or black"]),
        ("season=summer", ["season: summer"]),
    ],
)
def test_filters_as_labels(where: str, labels: list[str]) -> None:
    assert chips(where) == labels


@pytest.mark.parametrize(
    ("shared", "sentence"),
    [
        ({}, "Looks like its second photo."),
        ({"article_type": "Shirts", "colour": "Red"}, "Same type and colour."),
        ({"gender": "men", "brand": "Ostrelund"}, "Shares: for men, Ostrelund."),
        ({"pattern": "Checked", "material": "Wool"}, "Same pattern; also wool."),
    ],
)
def test_reasons(shared: Json, sentence: str) -> None:
    assert reason(Hit("p", 0.9, {}, {"photo": 1, "shared": shared})) == sentence


@pytest.mark.parametrize(
    ("asked", "said", "sentence"),
    [
        ("Red hat", ["red", "hat"], "Says every word."),
        ("Red hats, red!", ["red", "hat"], "Says every word."),
        ("dresses", ["dress"], "Says dress."),
        ("drses", ["dress"], "Says dress."),
        ("red drses boots", ["red", "dress"], "Says red and dress, not boots."),
        ("T-shirt", ["t-shirt"], "Says t-shirt."),
        ("rayée", ["rayee"], "Says rayee."),
        ("red hat", ["hats"], "Says hats, not red."),
        ("red hat", [], "Looks like the words."),
    ],
)
def test_words_are_compared_as_search_reads_them(
    asked: str, said: list[str], sentence: str
) -> None:
    assert reason(Hit("p", 1.0, {}, {"words": said}), asked) == sentence


@pytest.mark.parametrize(
    ("product_id", "product", "said"),
    [
        ("p1", {}, "The one in the photo"),
        ("p2", {"extra": {"product_key": "k1"}, "seller": "Nord"}, "The same, at Nord"),
        ("p3", {"item_group_id": "g1"}, "Another colour of it"),
        ("p4", {"item_group_id": "g2"}, ""),
        ("p5", {}, ""),
    ],
)
def test_kinship(product_id: str, product: Json, said: str) -> None:
    assert kinship(Hit(product_id, 0.5, product, {}), ASKED) == said
