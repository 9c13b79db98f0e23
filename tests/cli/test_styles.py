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


def test_the_life_of_styles(run: Run, run_json: RunJson, shop: Path, tmp_path: Path) -> None:
    fitted = run_json("styles", "fit", "--shop", shop, "-k", 3)
    assert set(fitted) == {
        *("recipe", "k", "silhouette", "silhouette_shuffled", "mean_confidence", "novel_share"),
        *("seconds", "styles"),
    }
    assert fitted["k"] == len(fitted["styles"]) == 3
    assert run_json("styles", "list", "--shop", shop)["styles"] == fitted["styles"]
    first, second, _ = (style["style_id"] for style in fitted["styles"])
    assert run_json("styles", "rename", first, "ours", "--shop", shop)["name"] == "ours"
    assert run_json("styles", "show", first, "--shop", shop)["named_by_hand"]
    assert run_json("styles", "merge", first, second, "--shop", shop)["style_id"] == first
    table = tmp_path / "styles.csv"
    assert run_json("styles", "export", "--shop", shop, "--csv", table)["products"] == 8
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["product_id", "style_id", "confidence"]
    assert len({row["style_id"] for row in rows}) == 2
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    shown = run("styles", "fit", "--shop", shop, "-k", 3)
    assert "ours" in shown.stdout
    assert "silhouette" in shown.stderr


def test_tables(run: Run, shop: Path) -> None:
    run("styles", "fit", "--shop", shop, "-k", 3)
    assert "s01" in run("styles", "list", "--shop", shop).stdout
    assert "neighbours" in run("styles", "tree", "--shop", shop).stdout
    assert "between the two" in run("styles", "show", "s01", "--shop", shop).stdout


def test_a_style_from_photos(run: Run, run_json: RunJson, shop: Path, photos: Path) -> None:
    run("styles", "fit", "--shop", shop, "-k", 3)
    own = [photos / "0.png", photos / "4.png"]
    found = run_json("styles", "suggest", *own, "--shop", shop, "-k", 2)
    assert found["matched"]
    assert found["style"]["style_id"] in found["looks"][0]["style_id"]
    assert found["files"] == [str(photo) for photo in own]
    assert {part["part"] for part in found["wardrobe"]} == {"dress"}
    shown = run("styles", "suggest", *own, "--shop", shop).stdout
    assert found["style"]["name"] in shown
    assert "0.png" in shown
    missing = run("styles", "suggest", "nowhere.png", "--shop", shop, code=4).stderr
    assert "nowhere.png" in missing


def test_bad_requests(run: Run, shop: Path) -> None:
    assert "vitrine styles fit" in run("styles", "list", "--shop", shop, code=4).stderr
    assert "-k" in run("styles", "fit", "--shop", shop, "-k", 1, code=2).stderr
    assert "no recipe" in run("styles", "fit", "--shop", shop, "--recipe", "x", code=2).stderr
    run("styles", "fit", "--shop", shop, "-k", 3)
    assert "no style" in run("styles", "show", "s9", "--shop", shop, code=4).stderr
    wrong = run("styles", "export", "--shop", shop, "--csv", "no/where.csv", code=4).stderr
    assert "does not exist" in wrong


def test_what_is_new_is_decided(
    run: Run, run_json: RunJson, arrivals: Path, tmp_path: Path
) -> None:
    shop = Path(shutil.copy(arrivals, tmp_path / "grown.shop"))
    found = run_json("styles", "novel", "--shop", shop)
    assert found["waiting"] == 14
    [proposal] = found["proposals"]
    shown = run("styles", "novel", "--shop", shop).stdout
    assert "14 products new to all styles" in shown
    assert proposal["proposal_id"] in shown
    other = Path(shutil.copy(shop, tmp_path / "other.shop"))
    left = run_json("styles", "dismiss", proposal["proposal_id"], "--shop", other)
    assert left["proposals"] == []
    assert "too few" in run("styles", "novel", "--shop", other).stdout
    style = run_json("styles", "accept", proposal["proposal_id"], "--name", "rain", "--shop", shop)
    assert (style["name"], style["named_by_hand"]) == ("rain", True)
    gone = run("styles", "accept", proposal["proposal_id"], "--shop", shop, code=4).stderr
    assert "no proposal" in gone
