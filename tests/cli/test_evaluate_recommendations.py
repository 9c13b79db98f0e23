"""`vitrine evaluate`: one group, three commands, and a SOURCE alone as ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from vitrine.cli import app
from vitrine.shop import create_shop, open_shop
from vitrine.types import Product


def vitrine(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "a.shop"
    with create_shop(path, encoder="colour") as made:
        made.add(
            [
                Product(f"0{111565000 + n}", article_type=f"type {n % 4}", colour=f"colour {n % 3}")
                for n in range(1, 61)
            ]
        )
    return path


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    rows = "".join(f"c{n},{111565001 + (n * m) % 50}\n" for n in range(9) for m in range(1, 8))
    bought = f"customer_id,article_id\n{rows}"
    for name in ("purchases_30_customers.csv", "transactions_train_20180920.csv"):
        (folder / name).write_text(bought, encoding="utf-8")
    (folder / "articles.csv").write_text(
        "article_id,product_code,prod_name,product_type_name,colour_group_name\n"
        "0111565001,111565,Tights,Underwear Tights,Black\n",
        encoding="utf-8",
    )
    return folder


@pytest.mark.slow
def test_hms_tables_are_measured_and_written(shop: Path, tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    asked = ("evaluate", "recommendations", "--shop", shop, "--hm", tables, "-o", out, "--quiet")
    done = vitrine(*asked, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found["tasks"]) == ["hm-one-day", "hm-30-customers"]
    assert {"plain popularity", "blend", "visual"} <= set(found["tasks"]["hm-one-day"])
    kept = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert kept["results"] == found["results"]
    text = (out / "results.md").read_text(encoding="utf-8")
    assert "| measure | n |" in text
    assert "plain popularity (baseline)" in text


def test_what_cannot_be_asked(shop: Path, tmp_path: Path) -> None:
    for arguments, code, says in (
        ((), 2, "nothing is asked for"),
        (("--final",), 2, "belong to --simulate"),
        (("--simulate", "--final", "--seed", "3"), 2, "leave out --seed"),
        (("--hm", tmp_path), 4, "there is no transactions_train_20180920.csv"),
        (("--hm", tmp_path, "-o", tmp_path / "no" / "where"), 4, "does not exist"),
    ):
        done = vitrine("evaluate", "recommendations", "--shop", shop, *arguments)
        assert done.exit_code == code
        assert says in done.stderr


def test_a_source_alone_means_encoders(tmp_path: Path) -> None:
    for arguments in (("evaluate",), ("evaluate", "encoders")):
        done = vitrine(*arguments, tmp_path / "missing.csv", "--encoder", "colour")
        assert done.exit_code == 4
        assert "missing.csv" in done.stderr


def test_a_study_needs_another_shop_and_a_report_needs_ratings(shop: Path) -> None:
    alone = vitrine("evaluate", "feedback", "--shop", shop)
    assert (alone.exit_code, "--against PATH" in alone.stderr) == (2, True)
    nothing = vitrine("evaluate", "feedback", "--shop", shop, "--report")
    assert (nothing.exit_code, "no blind study was rated" in nothing.stderr) == (4, True)
    both = vitrine("evaluate", "feedback", "--shop", shop, "--report", "--against", shop)
    assert (both.exit_code, "leave out --against" in both.stderr) == (2, True)
    same = vitrine("evaluate", "feedback", "--shop", shop, "--against", shop)
    assert (same.exit_code, "compare shops of two encoders" in same.stderr) == (2, True)


def test_a_report_is_printed_with_means_and_preference(shop: Path) -> None:
    with open_shop(shop) as opened:
        opened.events.append(
            [
                {
                    "event_type": "rate",
                    "event_id": f"e{n}",
                    "visitor_id": "ann",
                    "product_id": "0111565001",
                    "value": 2 + 2 * (n % 2),
                    "aspect": "relevance",
                    "attributes": {
                        "study": "blind-encoders",
                        "systems": "a 1 / b 2",
                        "system": ("a 1", "b 2")[n % 2],
                        "asked": f"p{n // 2}",
                    },
                }
                for n in range(12)
            ]
        )
    told = vitrine("evaluate", "feedback", "--shop", shop, "--report")
    assert told.exit_code == 0, told.stderr
    assert "0 : 6" in told.stdout
    assert "0.031" in told.stdout
    (report,) = json.loads(
        vitrine("evaluate", "feedback", "--shop", shop, "--report", "--json").stdout
    )["reports"]
    assert report["preferences"][0]["wins"] == [0, 6]
    assert report["preferences"][0]["difference"] == -2
