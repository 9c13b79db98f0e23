from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HM = """t_dat,customer_id,article_id,price,sales_channel_id
2018-09-20,c1,663713001,0.0508,2
2018-09-20,c1,663713001,0.0508,2
2018-09-20,c2,541518023,0.0304,1
"""


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "visited.shop"))


def test_an_event_is_added_counted_and_deleted(run: Run, run_json: Run, shop: Path) -> None:
    assert "no events yet" in run("events", "stats", "--shop", shop).stdout
    ann = ("events", "add", "--shop", shop, "--visitor", "ann")
    said = run(*ann, "--type", "purchase-complete", "--product", "1", "--product", "2").stdout
    assert "a purchase-complete event of 'ann' is kept" in said
    rated = run_json(
        *(*ann, "--type", "rate", "--product", "1", "--value", "4", "--aspect", "novelty"),
        *("--at", "2026-01-02T03:04:05Z"),
    )
    assert rated["accepted"] == 1
    run(*ann[:-1], "bob", "--type", "search", "--query", "red coat")
    stats = run_json("events", "stats", "--shop", shop)
    assert stats["types"] == {"purchase-complete": 1, "rate": 1, "search": 1}
    assert (stats["events"], stats["visitors"], stats["products"]) == (3, 2, 2)
    assert stats["first"] == "2026-01-02T03:04:05+00:00"
    assert "3 events of 2 visitors, 2 products" in run("events", "stats", "--shop", shop).stdout
    purge = ("events", "purge", "--shop", shop)
    assert run_json(*purge, "--before", "2026-01-03")["removed"] == 1
    assert run_json(*purge, "--visitor", "ann")["removed"] == 1
    assert run_json("events", "stats", "--shop", shop)["types"] == {"search": 1}


@pytest.mark.parametrize(
    ("asked", "code", "reason"),
    [
        (["--type", "like", "--product", "nope"], 4, "there is no product 'nope'"),
        (["--type", "lik", "--product", "1"], 2, "Did you mean 'like'"),
        (["--type", "like"], 2, "at least one product"),
        (["--type", "rate", "--value", "9"], 2, "a rating is 1 to 5"),
        (["--type", "search", "--query", "hat", "--at", "soon"], 2, "write it like 2026-"),
        (["--type", "search"], 2, "give --query WORDS"),
    ],
)
def test_what_cannot_be_kept_is_one_clear_line(
    run_error: Run, run_json: Run, shop: Path, asked: list[str], code: int, reason: str
) -> None:
    wrong = run_error("events", "add", "--shop", shop, "--visitor", "v", *asked, code=code)
    assert reason in wrong
    assert run_json("events", "stats", "--shop", shop)["events"] == 0


def test_purge_wants_to_know_what(run_error: Run, shop: Path) -> None:
    purge = ("events", "purge", "--shop", shop)
    assert "one of --visitor" in run_error(*purge, code=2)
    assert "one of --visitor" in run_error(*purge, "--visitor", "v", "--expired", code=2)


def test_what_expired_is_told_by_a_setting(
    run: Run, run_error: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("events", "add", "--shop", shop, "--visitor", "v", "--type", "home-page-view")
    run(*add, "--at", "2020-01-01")
    purge = ("events", "purge", "--shop", shop, "--expired")
    assert "VITRINE_EVENTS_KEPT_DAYS" in run_error(*purge, code=3)
    monkeypatch.setenv("VITRINE_EVENTS_KEPT_DAYS", "365")
    assert "1 event removed" in run(*purge).stdout


def test_hms_transactions_are_imported_once(
    run_json: Run, run: Run, shop: Path, tmp_path: Path
) -> None:
    source, customers = tmp_path / "transactions_train.csv", tmp_path / "customers.csv"
    source.write_text(HM, encoding="utf-8")
    customers.write_text("customer_id,age,postal_code\nc1,31,ab\n", encoding="utf-8")
    importing = ("events", "import", source, "--shop", shop)
    first = run_json(*importing, "--customers", customers)
    assert (first["format"], first["read"], first["added"], first["known"]) == ("hm", 3, 3, 0)
    assert (first["visitors"], first["failed"], first["errors"]) == (1, 0, None)
    again = run_json(*importing)
    assert (again["added"], again["known"]) == (0, 3)
    assert "0 new, 3 known, 0 left out" in run(*importing).stdout


def test_what_was_left_out_is_listed(run: Run, run_error: Run, shop: Path, tmp_path: Path) -> None:
    good = {"eventType": "like", "visitorId": "v", "productDetails": [{"id": "1"}]}
    lines = [good | {"eventTime": when} for when in ("2026-01-01", "2999-01-01")]
    source = tmp_path / "events.jsonl"
    late = good | {"eventTime": "soon", "productDetails": [{"product": {"id": "7"}}]}
    texts = [*map(json.dumps, lines), "{", json.dumps(late)]
    source.write_text("\n".join(texts), encoding="utf-8")
    done = run("events", "import", source, "--shop", shop, code=1)
    assert "1 new, 0 known, 3 left out" in done.stdout
    listed = tmp_path / "visited.shop.events.errors.csv"
    with listed.open(newline="", encoding="utf-8") as file:
        rows = [(row["line"], row["product_id"], row["column"]) for row in csv.DictReader(file)]
    assert rows == [("2", "1", "at"), ("3", "", ""), ("4", "7", "eventTime")]
    assert "time_ahead: the event is " in listed.read_text(encoding="utf-8")
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps(lines[0]), encoding="utf-8")
    run("events", "import", other, "--shop", shop)
    assert listed.exists()
    source.write_text(json.dumps(lines[0]), encoding="utf-8")
    run("events", "import", source, "--shop", shop)
    assert not listed.exists()
    wrong = run_error("events", "import", source, "--format", "xml", "--shop", shop, code=2)
    assert "known: csv, hm, json" in wrong


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_exported_events_go_into_another_shop(
    run: Run, run_json: Run, shop: Path, tmp_path: Path, built: Path, name: str
) -> None:
    for visitor in ("ann", "bob"):
        add = ("events", "add", "--shop", shop, "--visitor", visitor, "--type", "like")
        run(*add, "--product", "1")
    out = tmp_path / name
    export = ("events", "export", "--shop", shop, "-o", out)
    assert run_json(*export, "--visitor", "ann")["events"] == 1
    assert run_json(*export)["events"] == 2
    other = Path(shutil.copy(built, tmp_path / "other.shop"))
    assert run_json("events", "import", out, "--shop", other)["added"] == 2
    assert run_json("events", "import", out, "--shop", shop)["known"] == 2


def test_export_says_what_is_wrong_with_the_file(
    run_error: Run, shop: Path, tmp_path: Path
) -> None:
    export = ("events", "export", "--shop", shop, "-o")
    assert "make it first" in run_error(*export, tmp_path / "no" / "a.csv", code=4)
    assert "known: .csv, .jsonl" in run_error(*export, tmp_path / "a.xml", code=2)
