from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

RunJson = Callable[..., Any]


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "my.shop"))


def test_labels_are_asked_given_and_written(
    run: Run, run_json: RunJson, shop: Path, tmp_path: Path
) -> None:
    label = ("styles", "label", "--shop", shop)
    assert "vitrine styles fit" in run(*label, code=4).stderr
    run("styles", "fit", "--shop", shop, "-k", 3)
    queue = run_json(*label, "--next", 4)["queue"]
    assert queue[0]["reason"] == "middle"
    assert len({each["product_id"] for each in queue}) == 4
    first, second, third, _ = (each["product_id"] for each in queue)
    assert run_json(*label, first, "boho")["labels"] == 1
    table = tmp_path / "labels.csv"
    table.write_text(f"product_id,label\n{second},smart\n{third},\n", encoding="utf-8")
    out = tmp_path / "all.csv"
    found = run_json(*label, "--from", table, "--skip", third, "--export", out)
    assert (found["labels"], found["skipped"], found["written"]) == (2, 1, 8)
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["product_id"]: row for row in csv.DictReader(file)}
    assert rows[first] | {"probability": ""} == {
        **{"product_id": first, "label": "boho"},
        **{"probability": "", "given": "yes"},
    }
    assert {row["given"] for row in rows.values()} == {"yes", "no"}
    shown = run(*label, "--next", 2, "--forget", first).stdout
    assert "1 label for 8 products" in shown
    assert "so far it looks like" in shown


def test_what_is_refused(run: Run, shop: Path, tmp_path: Path) -> None:
    run("styles", "fit", "--shop", shop, "-k", 3)
    label = ("styles", "label", "--shop", shop)
    assert "LABEL" in run(*label, "p0", code=2).stderr
    assert "'nope'" in run(*label, "nope", "boho", code=4).stderr
    assert "no file" in run(*label, "--from", tmp_path / "x.csv", code=4).stderr
    table = tmp_path / "labels.csv"
    for text, said in (
        ("id,label\n1,boho\n", "product_id"),
        ("product_id,label\n1,\n", "no label"),
    ):
        table.write_text(text, encoding="utf-8")
        assert said in run(*label, "--from", table, code=4).stderr
    assert "does not exist" in run(*label, "--export", tmp_path / "no/a.csv", code=4).stderr
