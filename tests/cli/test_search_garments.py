from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.shop.test_garments import standing_person

Run = Callable[..., Any]


@pytest.fixture
def street(tmp_path: Path) -> Path:
    path = tmp_path / "street.png"
    standing_person().save(path)
    return path


def test_the_list_and_a_search_by_one_of_it(
    run: Run, run_json: Run, built: Path, street: Path
) -> None:
    asked = ("search", "--shop", built, "--image", street)
    found = run_json(*asked, "--garments")["garments"]
    assert 2 <= len(found) <= 5
    lines = run(*asked, "--garments").stdout.splitlines()
    assert sum(each["kind"] in line for each in found for line in lines) >= len(found)
    crop = ",".join(map(str, found[1]["box"]))
    by_number = run_json(*asked, "--garment", "2")["hits"]
    by_crop = run_json(*asked, "--crop", crop)["hits"]
    assert [hit["product_id"] for hit in by_number] == [hit["product_id"] for hit in by_crop]


def test_usage(run_error: Run, built: Path, street: Path, photos: Path) -> None:
    search = ("search", "--shop", built)
    asked = (*search, "--image", street)
    assert "--garments lists them" in run_error(*asked, "--garment", "9", code=2)
    assert "give --image once, not 0" in run_error(*search, "--garments", code=2)
    assert "give --image once, not 2" in run_error(*asked, *asked[3:], "--garments", code=2)
    both = ("--garment", "1", "--crop", "0,0,1,1")
    assert "leave one out" in run_error(*asked, *both, code=2)
