from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.serve.serving import Served, served

from vitrine.serve.comparing import CompareAnswer, CompareQuestion, DropsAnswer, DropsQuestion
from vitrine.settings import Settings
from vitrine.shop import create_shop
from vitrine.types import Price, Product


def listing(product_id: str, seller: str, price: str, **said: Any) -> Product:
    amount, currency = price.split()
    paid = Price(Decimal(amount), currency)
    return Product(
        product_id,
        title="Ribbed wool beanie",
        brand="Fjordwane",
        colour="Red",
        seller=seller,
        price=paid,
        **said,
    )


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of three sellers' listings."""
    folder = tmp_path_factory.mktemp("compared")
    settings = Settings(encoder="colour", models_dir=folder / "models", threads=1)
    with create_shop(folder / "a.shop", settings=settings) as shop:
        shop.add(
            [
                listing("a", "Alba", "20 EUR", size="S, M"),
                listing("b/1", "Borea", "20 EUR", link="https://borea.example/b"),
                listing("c", "Cirro", "40 USD", link="/home/someone/c.html"),
            ]
        )
        shop.patch("b/1", price="15 EUR")
    with served(folder / "a.shop", folder / "models") as running:
        yield running


def test_offers_with_prices(compared: Served) -> None:
    answer = compared("GET", "/v1/compare?product_id=a&rate=USD%3D0.9%20EUR&sort=price")
    assert answer.status_code == 200
    said = CompareAnswer.model_validate(answer.json())
    assert [offer.product_id for offer in said.offers] == ["b/1", "c"]
    assert said.cheapest == "b/1"
    assert said.product.sizes == ["S", "M"]
    assert said.offers[0].link == "https://borea.example/b"
    assert said.offers[1].converted is not None
    assert said.offers[1].converted.amount == "36.00"


def test_prices_that_fell(compared: Served) -> None:
    said = DropsAnswer.model_validate(compared("GET", "/v1/price-drops").json())
    assert [(drop.product_id, drop.share) for drop in said.drops] == [("b/1", 0.25)]
    assert compared("GET", "/v1/price-drops?since=2200-01-01").json()["drops"] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/compare?product_id=a&sort=price", 422, "query_invalid"),
        ("/v1/compare?product_id=a&rate=much", 422, "query_invalid"),
        ("/v1/compare?product_id=nobody", 404, "product_not_found"),
        ("/v1/compare", 422, "invalid"),
        ("/v1/compare?product_id=a&k=0", 422, "invalid"),
        ("/v1/compare?product_id=a&min_probability=0", 422, "invalid"),
        ("/v1/compare?product_id=a&colour=red", 422, "invalid"),
        ("/v1/price-drops?since=soon", 422, "query_invalid"),
    ],
)
def test_what_cannot_be_asked(compared: Served, path: str, status: int, code: str) -> None:
    answer = compared("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_every_parameter_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")
    for model in (CompareQuestion, DropsQuestion):
        for name in model.model_fields:
            assert f"`{name}`" in text
