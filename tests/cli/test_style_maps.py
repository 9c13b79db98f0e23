from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from vitrine.events import Event, EventProduct
from vitrine.settings import Settings
from vitrine.shop import open_shop

RunJson = Callable[..., Any]
DAY_S = 86_400.0


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "my.shop"))


def test_a_map(run: Run, run_json: RunJson, shop: Path, tmp_path: Path) -> None:
    assert "vitrine styles fit" in run("styles", "map", "--shop", shop, code=4).stderr
    run("styles", "fit", "--shop", shop, "-k", 3)
    page = tmp_path / "map.html"
    drawn = run_json("styles", "map", "--shop", shop, "-o", page)
    assert drawn["products"] == drawn["drawn"] == 8
    assert drawn["shift"] is None
    text = page.read_text(encoding="utf-8")
    dots = [path.count("h0") for path in re.findall(r'd="(M[^"]+)"', text)]
    assert len(dots) == 3
    assert sum(dots) == 8
    assert "<script" not in text
    points = tmp_path / "map.json"
    shown = run("styles", "map", "--shop", shop, "--out", points).stdout
    assert "moved by" in shown
    assert len(json.loads(points.read_text(encoding="utf-8"))["product_ids"]) == 8


def test_a_map_goes_where_it_can(run: Run, shop: Path) -> None:
    assert ".html" in run("styles", "map", "--shop", shop, "-o", "map.png", code=2).stderr
    wrong = run("styles", "map", "--shop", shop, "-o", "no/where.html", code=4).stderr
    assert "does not exist" in wrong


def test_trends(run: Run, run_json: RunJson, shop: Path, tmp_path: Path) -> None:
    ids = {"Red": "0", "Blue": "1"}
    events = [
        Event(
            f"{day}-{visitor}",
            "like",
            f"v{visitor}",
            1_700_000_000 + day * DAY_S,
            (EventProduct(ids["Red" if visitor < 5 + 5 * day else "Blue"]),),
        )
        for day in range(10)
        for visitor in range(60)
    ]
    with open_shop(shop, settings=Settings(models_dir=tmp_path / "models")) as opened:
        opened.events.append(events)
    asked = ("styles", "trends", "--shop", shop, "--by", "colour", "--from", "events")
    found = run_json(*asked)
    assert found["rising"] == ["Red"]
    assert found["fading"] == ["Blue"]
    assert [period["n"] for period in found["periods"]] == [60.0] * 10
    shown = run(*asked)
    assert "rising" in shown.stdout
    assert "10 days" in shown.stderr


def test_trends_that_cannot_be_told(run: Run, shop: Path) -> None:
    asked = ("styles", "trends", "--shop", shop, "--by", "colour")
    one_go = run(*asked)
    assert "not enough to say" in one_go.stdout
    assert "indexed in one go" in one_go.stderr
    assert "no visitor" in run(*asked, "--from", "events", code=4).stderr
    assert "fit" in run(*asked, "--dates", "nope", code=2).stderr
    assert "--by" in run("styles", "trends", "--shop", shop, "--by", "x", code=2).stderr
