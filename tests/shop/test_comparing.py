"""Three sellers in one shop, texts only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from vitrine.errors import NotFoundError, QueryError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop, open_shop
from vitrine.types import Price, Product


def listing(product_id: str, seller: str, title: str, price: str, **said: Any) -> Product:
    amount, currency = price.split()
    usual: dict[str, Any] = {"brand": "Fjordwane", "availability": "in_stock"}
    paid = Price(Decimal(amount), currency)
    return Product(product_id, seller=seller, title=title, price=paid, **usual | said)


LISTINGS = (
    listing("a1", "Alba", "Brushed Wool Overshirt", "89 EUR", colour="Rust", size="S, M"),
    listing("b1", "Borea", "Fjordwane Overshirt in Brushed Wool", "89 EUR", colour="Rust"),
    listing("b2", "Borea", "Fjordwane Overshirt in Brushed Wool", "89 EUR", colour="Olive"),
    listing("c1", "Cirro", "Brushed wool overshirt", "99 USD", colour="rust"),
    listing("c2", "Cirro", "Linen scarf", "30 USD", colour="White"),
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    settings = Settings(encoder="colour", models_dir=tmp_path / "models", threads=1)
    with create_shop(tmp_path / "a.shop", settings=settings) as opened:
        opened.add(LISTINGS)
        yield opened


def test_offers_and_colours_of_a_product(shop: Shop) -> None:
    found = shop.compare("a1", rates="USD=0.5 EUR")
    assert [offer.product.product_id for offer in found.offers] == ["b1", "c1"]
    assert [variant.product.product_id for variant in found.variants] == ["b2"]
    assert all(0.5 <= offer.probability <= 1 for offer in found.offers)
    assert found.cheapest == "c1"
    said = found.to_json()
    assert said["product"]["sizes"] == ["S", "M"]
    assert said["offers"][1]["costs"] == {"amount": "99", "currency": "USD"}
    assert said["offers"][1]["converted"] == {"amount": "49.50", "currency": "EUR"}
    assert said["offers"][0]["why"]["same"] == ["brand", "title", "colour", "list price"]
    assert datetime.fromisoformat(said["offers"][0]["price_since"]) <= datetime.now(UTC)


def test_without_a_rate_nothing_is_compared_across_currencies(shop: Shop) -> None:
    found = shop.compare("a1")
    assert found.cheapest is None
    assert found.offers[1].converted is None
    [note] = found.notes
    assert "USD cannot be compared with those in EUR without a rate" in note
    with pytest.raises(UsageError, match="give --rate 'USD=NUMBER EUR'"):
        shop.compare("a1", sort="price")
    by_price = shop.compare("a1", sort="price", rates=["EUR=2 USD"])
    assert [offer.product.product_id for offer in by_price.offers] == ["c1", "b1"]
    assert by_price.notes == ()


def test_what_is_sold_out_is_not_the_cheapest(shop: Shop) -> None:
    shop.patch("c1", availability="out_of_stock", price="70 EUR")
    shop.patch("b1", sale_price="79 EUR")
    found = shop.compare("a1")
    assert found.cheapest == "b1"
    assert [str(offer.costs) for offer in found.offers] == ["79 EUR", "70 EUR"]


def test_every_product_at_several_sellers(shop: Shop) -> None:
    found = shop.compare_all(rates="USD=1 EUR")
    [group] = found.groups
    assert [offer.product.product_id for offer in group.offers] == ["a1", "b1", "c1"]
    assert (found.total, found.sellers, group.cheapest) == (1, 3, "a1")
    with pytest.raises(UsageError, match="without a rate"):
        shop.compare_all(sort="price")


def test_changes_are_seen_as_a_fresh_shop_would_see_them(shop: Shop, tmp_path: Path) -> None:
    assert shop.compare("c2").offers == ()
    shop.add([listing("d1", "Dulce", "Linen scarf", "28 USD", colour="White")])
    shop.patch("b1", title="Cotton poplin shirt")
    shop.delete("b2")
    with open_shop(tmp_path / "a.shop", settings=Settings(encoder="colour")) as fresh:
        for product_id in ("a1", "b1", "c1", "c2", "d1"):
            assert shop.compare(product_id) == fresh.compare(product_id)
        assert [o.product.product_id for o in fresh.compare("c2").offers] == ["d1"]
        assert [o.product.product_id for o in fresh.compare("a1").offers] == ["c1"]


@pytest.mark.parametrize("sellers", [("",) * 5, ("Alba",) * 5])
def test_where_sellers_are_not_told_apart_a_note_says_so(
    tmp_path: Path, sellers: tuple[str, ...]
) -> None:
    settings = Settings(encoder="colour", models_dir=tmp_path / "models", threads=1)
    products = [replace(p, seller=s) for p, s in zip(LISTINGS, sellers, strict=True)]
    with create_shop(tmp_path / "b.shop", settings=settings) as alone:
        alone.add(products)
        found = alone.compare("a1")
        assert (found.offers, found.cheapest) == ((), None)
        assert "--map seller=COLUMN" in found.notes[0]
        assert "--map seller=COLUMN" in alone.compare_all().notes[0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sort": "colour"}, "cannot be sorted by 'colour'; known: probability, price"),
        ({"min_probability": 0}, "min_probability is 0; it must be above 0"),
        ({"min_probability": 1.5}, "min_probability is 1.5"),
        ({"k": 0}, "k is 0; it must be 1 or more"),
        ({"rates": "1 EUR is 90 INR"}, "not a rate: '1 EUR is 90 INR'"),
    ],
)
def test_what_cannot_be_asked(shop: Shop, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        shop.compare("a1", **asked)


def test_a_product_that_is_not_there(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="no product 'nobody'"):
        shop.compare("nobody")


def test_prices_that_fell(shop: Shop) -> None:
    assert shop.price_drops().drops == ()
    shop.add([replace(LISTINGS[0], sale_price=Price(Decimal("66.75"), "EUR"))])
    shop.patch("b1", price="85.00 EUR")
    shop.patch("b2", price="95 EUR")
    shop.patch("c1", price="20 EUR")
    found = shop.price_drops()
    assert [(d.product.product_id, round(d.share, 3)) for d in found.drops] == [
        ("a1", 0.25),
        ("b1", 0.045),
    ]
    assert found.drops[0].to_json()["before"] == {"amount": "89", "currency": "EUR"}
    assert shop.price_drops(k=1).total == 2
    assert len(shop.price_drops(k=1).drops) == 1
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert shop.price_drops(tomorrow).drops == ()
    assert len(shop.price_drops("2020-01-01").drops) == 2
    shop.patch("a1", sale_price=None)
    assert [drop.product.product_id for drop in shop.price_drops().drops] == ["b1"]


@pytest.mark.parametrize(
    ("since", "k"), [("yesterday", 5), ("", 5), ("0001-01-01T00:00+14:00", 5), ("2026-11-01", 0)]
)
def test_no_date_or_no_number(shop: Shop, since: str, k: int) -> None:
    with pytest.raises(QueryError, match=r"not a date|k is 0"):
        shop.price_drops(since, k)
