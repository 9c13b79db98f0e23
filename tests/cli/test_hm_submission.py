"""Twelve articles for every customer, those of whom nothing is known included."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from vitrine.cli import app
from vitrine.shop import create_shop, open_shop
from vitrine.types import Product

CUSTOMERS = [f"{n:064x}" for n in range(5)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "hm.shop"
    with create_shop(path, encoder="colour") as made:
        made.add(
            [
                Product(f"0{111565000 + n}", item_group_id="111565", article_type="Tights")
                for n in range(1, 21)
            ]
        )
    bought = [(CUSTOMERS[0], 111565003), (CUSTOMERS[0], 111565004), (CUSTOMERS[1], 111565003)]
    rows = [f"2020-09-{15 + n},{who},{what},0.05,2\n" for n, (who, what) in enumerate(bought)]
    events = tmp_path / "transactions_train.csv"
    events.write_text(
        "t_dat,customer_id,article_id,price,sales_channel_id\n" + "".join(rows), encoding="utf-8"
    )
    customers = tmp_path / "customers.csv"
    lines = [f"{who},,,ACTIVE,NONE,{20 + n},{'c' * 64}\n" for n, who in enumerate(CUSTOMERS)]
    customers.write_text(
        "customer_id,FN,Active,club_member_status,fashion_news_frequency,age,postal_code\n"
        + "".join(lines),
        encoding="utf-8",
    )
    done = vitrine("events", "import", events, "--shop", path, "--customers", customers)
    assert done.exit_code == 0, done.stderr
    return path


def vitrine(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_every_customer_gets_twelve_articles(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "submission.csv"
    asked = ("recommend", "--shop", shop, "--all-visitors", "--format", "hm-submission", "-o", out)
    done = vitrine(*asked, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "format": "hm-submission",
        "customers": 5,
        "file": str(out),
    }
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer_id"] for row in rows] == CUSTOMERS
    for row in rows:
        articles = row["prediction"].split(" ")
        assert len(set(articles)) == 12
        assert all(len(article) == 10 and article.isdecimal() for article in articles)
    popular = {"0111565003", "0111565004"}
    assert all(set(row["prediction"].split()) & popular for row in rows[2:])
    with open_shop(shop) as opened:
        assert dict(opened.recommend_to_all())[CUSTOMERS[4]] == rows[4]["prediction"].split()


def test_a_shop_of_other_ids_leaves_no_file(tmp_path: Path) -> None:
    path, out = tmp_path / "a.shop", tmp_path / "submission.csv"
    with create_shop(path, encoder="colour") as made:
        made.add([Product("blue-shirt")])
        made.events.append([{"event_type": "like", "visitor_id": "v", "product_id": "blue-shirt"}])
    done = vitrine(
        *("recommend", "--shop", path, "--all-visitors", "--format", "hm-submission", "-o", out)
    )
    assert done.exit_code == 4
    assert "'blue-shirt' is no article of H&M" in done.stderr
    assert [file.name for file in tmp_path.iterdir() if "submission" in file.name] == []


def test_a_shop_without_visitors(tmp_path: Path) -> None:
    path = tmp_path / "a.shop"
    create_shop(path, encoder="colour").close()
    out = tmp_path / "s.csv"
    asked = ("recommend", "--shop", path, "--all-visitors", "--format", "hm-submission", "-o", out)
    done = vitrine(*asked)
    assert done.exit_code == 4
    assert "this shop knows no visitors" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--all-visitors",), "no format for all visitors is called ''"),
        (("--all-visitors", "--format", "hm-submision"), "Did you mean 'hm-submission'?"),
        (("--all-visitors", "--format", "hm-submission"), "say which one with -o FILE"),
        (("--all-visitors", "--visitor", "v"), "leave out what is about one visitor"),
        (("-o", "x.csv"), "belong to --all-visitors"),
    ],
)
def test_what_does_not_go_together(shop: Path, arguments: tuple[str, ...], says: str) -> None:
    done = vitrine("recommend", "--shop", shop, *arguments)
    assert done.exit_code == 2
    assert says in done.stderr
