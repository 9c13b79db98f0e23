"""The same product at other sellers, and what costs less than it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.serve.serving import MARKUP, Serve, Served
from tests.serve.web.pages import visit

from vitrine.shop import open_shop


@pytest.fixture
def own(serve: Serve) -> Iterator[Served]:
    with serve() as running:
        yield running


def test_a_product_says_who_else_sells_it(boutique: Served) -> None:
    page = visit(boutique, "/products/D0001")
    assert "Who else sells it" in page.text
    rows = [found["href"] for found in page.all("a", class_="title")]
    assert rows[:2] == ["/products/D0248", "/products/D0247"]
    assert "/products/D0002" in rows[2:]  # in another colour
    for said in ("Marché Lindo", "Nordveil", "Quillhaven", "€20.50", "In other colours"):
        assert said in page.text
    assert page.text.count("cheapest") == 1
    assert len(page.all("th", role="columnheader")) == 6
    links = [found for found in page.all("a", rel="nofollow") if ".example/" in found["href"]]
    assert all("noopener" in found["rel"] for found in links)


def test_who_sells_it_alone_has_no_table(boutique: Served, ask: Served) -> None:
    assert "Who else sells it" not in visit(boutique, "/products/D0040").text
    assert "Who else sells it" not in visit(ask, "/products/p0").text


def test_what_fell_is_listed_by_how_far(own: Served) -> None:
    assert "Nothing became cheaper" in visit(own, "/reduced").text
    with open_shop(own.shop, settings=own.service.settings) as shop:
        shop.patch("p1", price="5.50 EUR")  # of 11
        shop.patch("p4", price="3.50 EUR")  # of 14
        shop.patch("p5", price="20 EUR")  # of 15
    page = visit(own, "/reduced?days=7")
    assert page.ids == ["p4", "p1"]
    assert "75 % less" in page.text
    assert "€14.00" in page.text
    assert MARKUP in page.text
    assert MARKUP not in page.answer.text
    assert page.all("a", href="/reduced?days=7")[0]["aria-current"] == "true"


@pytest.mark.parametrize("days", ["0", "-1", "many", "99999"])
def test_days_are_checked(ask: Served, days: str) -> None:
    assert visit(ask, f"/reduced?days={days}").answer.status_code == 422
