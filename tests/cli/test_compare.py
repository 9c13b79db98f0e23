from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Run = Callable[..., Result]
RunJson = Callable[..., Any]

HEADER = ("url", "platform", "name", "brand", "colour", "mrp", "price", "currency", "image")
ROWS = (
    ("alba/1", "ALBA", "Slim Fit Wool Polo", "Fjordwane", "navy", "1999", "999", "INR"),
    ("borea/7", "BOREA", "Men Slim Fit Wool Polo", "FJORDWANE", "Navy", "1999", "1499", "INR"),
    ("cirro/3", "CIRRO", "Fjordwane slim fit wool polo", "Fjordwane", "navy", "25", "25", "USD"),
    ("cirro/4", "CIRRO", "Fjordwane linen scarf", "Fjordwane", "white", "15", "15", "USD"),
)


def write(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    """A table of several shops' listings; photos are addresses that nobody fetches."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((*row, f"https://photos.example/{n}.jpg") for n, row in enumerate(rows))
    return path


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Path:
    """Indexed as docs/compare.md says."""
    table = write(tmp_path / "listings.csv")
    run(*arguments(table, tmp_path / "all.shop"))
    return tmp_path / "all.shop"


def arguments(table: Path, shop: Path) -> list[object]:
    mapped = ("product_id=url", "price=mrp", "sale_price=price")
    return [
        *("index", table, "--shop", shop, "--no-fetch", "--quiet"),
        *(part for pair in mapped for part in ("--map", pair)),
    ]


def test_offers_of_one_product(run: Run, run_json: RunJson, shop: Path) -> None:
    said = run_json("compare", "--shop", shop, "--like", "alba/1", "--rate", "USD=80 INR")
    assert [offer["product_id"] for offer in said["offers"]] == ["borea/7", "cirro/3"]
    offer = said["offers"][0]
    assert offer["seller"] == "BOREA"
    assert offer["price"] == {"amount": "1999", "currency": "INR"}
    assert offer["sale_price"] == {"amount": "1499", "currency": "INR"}
    assert 0.5 <= offer["probability"] <= 1
    assert said["cheapest"] == "alba/1"
    shown = run("compare", "--shop", shop, "--like", "alba/1", "--rate", "USD=80 INR").stdout
    assert "999 INR (cheapest)" in shown
    assert "2000.00 INR" in shown
    assert " in INR " in shown


def test_every_product_of_several_sellers(run: Run, run_json: RunJson, shop: Path) -> None:
    said = run_json("compare", "--shop", shop)
    [group] = said["groups"]
    assert [offer["seller"] for offer in group["offers"]] == ["ALBA", "BOREA", "CIRRO"]
    assert (said["total"], said["sellers"], group["cheapest"]) == (1, 3, None)
    shown = run("compare", "--shop", shop)
    assert "1 product at several of 3 sellers" in shown.stdout
    assert " in INR " not in shown.stdout
    assert "give --rate 'USD=NUMBER INR'" in shown.stderr


def test_nobody_else_has_it(run: Run, shop: Path) -> None:
    shown = run("compare", "--shop", shop, "--like", "cirro/4").stdout
    assert "no other seller has cirro/4 (Fjordwane linen scarf)" in shown


def test_prices_that_fell(run: Run, run_json: RunJson, shop: Path, tmp_path: Path) -> None:
    assert "no product costs less than on" in run("compare", "--shop", shop, "--price-drops").stdout
    cheaper = (*ROWS[0][:6], "799", "INR")
    table = write(tmp_path / "next-week.csv", (cheaper, *ROWS[1:]))
    run(*arguments(table, shop))
    said = run_json("compare", "--shop", shop, "--price-drops", "--since", "2026-01-01")
    [drop] = said["drops"]
    assert (drop["product_id"], drop["before"]["amount"], drop["now"]["amount"]) == (
        "alba/1",
        "999",
        "799",
    )
    assert "20%" in run("compare", "--shop", shop, "--price-drops").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--like", "alba/1", "--sort", "price"), 2, "without a rate"),
        (("--like", "alba/1", "--price-drops"), 2, "give one of them"),
        (("--since", "2026-01-01"), 2, "--since belongs to --price-drops"),
        (("--price-drops", "--since", "soon"), 2, "not a date: 'soon'"),
        (("--rate", "90"), 2, "not a rate: '90'"),
        (("--like", "nobody"), 4, "no product 'nobody'"),
    ],
)
def test_what_cannot_be_asked(
    run_error: Callable[..., str], shop: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run_error("compare", "--shop", shop, *arguments, code=code)
