from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run


def test_a_like_on_the_command_line_counts_in_the_next(
    built: Path, tmp_path: Path, run: Run, run_json: Callable[..., Any]
) -> None:
    shop = shutil.copy(built, tmp_path / "own.shop")
    assert run_json("recommend", "--shop", shop, "--visitor", "ann")["strategy"] == "popular"
    liked = ("--visitor", "ann", "--type", "like", "--product", "2")
    run("events", "add", "--shop", shop, *liked)
    found = run_json("recommend", "--shop", shop, "--visitor", "ann", "-k", "3")
    assert found["strategy"] == "like"
    assert len(found["hits"]) == 3
    hit = found["hits"][0]
    assert hit["product_id"] == "6"
    assert hit["why"]["product_ids"] == ["2"]
    assert 0 < hit["score"] <= 1


def test_a_table_says_why(built: Path, run: Run) -> None:
    shown = run("recommend", "--shop", built, "--like", "2", "-k", "2").stdout
    assert "2 hits in" in shown
    assert "because you liked Green [bold]dress[/nobody] 2" in " ".join(shown.split())


def test_filters_hold_and_nothing_is_said_where_nothing_is(built: Path, run: Run) -> None:
    shown = run("recommend", "--shop", built, "--where", "price<5").stdout
    assert shown == "no product matches the filter price<5 and is in stock\n"


def test_errors_are_one_line(built: Path, run_error: Callable[..., str]) -> None:
    assert "no product 'nope'" in run_error("recommend", "--shop", built, "--like", "nope", code=4)
    assert "for-you" in run_error("recommend", "--shop", built, "--kind", "mine", code=2)
    assert "no events yet" in run_error("train", "ranker", "--shop", built, code=4)
