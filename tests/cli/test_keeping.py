from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vitrine.catalog import read_catalogue

Run = Callable[..., Any]


def test_a_sound_shop_is_called_sound(run: Run, run_json: Run, built: Path) -> None:
    assert run("verify", "--shop", built).stdout == f"{built} is sound: 9 products\n"
    assert run_json("verify", "--shop", built) == {"shop": str(built), "ok": True, "problems": []}


def test_what_is_wrong_is_listed(run: Run, run_json: Run, catalogue: Path) -> None:
    run("index", catalogue, "--shop", "my.shop")
    (catalogue.parent / "images" / "2.png").unlink()
    shutil.copy(catalogue.parent / "images" / "0.png", catalogue.parent / "images" / "1.png")
    report = run_json("verify", "--shop", "my.shop", code=4)
    assert not report["ok"]
    assert len(report["problems"]) == 2
    assert run("verify", "--shop", "my.shop", code=4).stdout.splitlines() == report["problems"]
    assert run_json("verify", "--shop", "my.shop", "--no-photos")["ok"]


def test_many_problems_are_listed_in_part(
    run: Run, run_json: Run, write: Callable[[str, int], Path]
) -> None:
    source = write("many", 23)
    run("index", source, "--shop", "my.shop")
    shutil.rmtree(source.parent / "images")
    problems = run_json("verify", "--shop", "my.shop", code=4)["problems"]
    assert len(problems) == 23
    *shown, last = run("verify", "--shop", "my.shop", code=4).stdout.splitlines()
    assert shown == problems[:20]
    assert last == "… and 3 more (--json lists all)"


def test_a_damaged_file_is_told_plainly(run: Run, catalogue: Path) -> None:
    run("index", catalogue, "--shop", "my.shop")
    whole = Path("my.shop").read_bytes()
    Path("my.shop").write_bytes(whole[: len(whole) // 2])
    for command in (("verify",), ("search", "--like", "1")):
        result = run(*command, "--shop", "my.shop", code=4)
        assert "unexpected" not in result.output


def test_a_backup_is_a_shop(run: Run, run_json: Run, run_error: Run, built: Path) -> None:
    report = run_json("backup", "--shop", built, "copy.shop")
    assert report["bytes"] == Path("copy.shop").stat().st_size
    assert run_json("verify", "--shop", "copy.shop")["ok"]
    assert run_json("search", "--shop", "copy.shop", "--like", "1", "-k", "3")["hits"]
    assert "copy.shop exists already" in run_error("backup", "--shop", built, "copy.shop", code=4)
    line = run_error("backup", "--shop", built, "nowhere/copy.shop", code=4)
    assert "the folder nowhere does not exist" in line


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_an_export_reads_as_the_same_products(
    run: Run, run_json: Run, built: Path, suffix: str
) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    report = run_json("export", "--shop", built, "-o", f"products.{suffix}")
    assert report == {"products": 9, "file": f"products.{suffix}", "shop": str(built)}
    again = run_json("index", f"products.{suffix}", "--shop", "again.shop")
    assert (again["products"], again["photos"], again["failed"]) == (9, 8, 0)
    titles = {product.title for product in read_catalogue(f"products.{suffix}")}
    assert "Blue [bold]dress[/nobody] 1" in titles
    assert "9 products" in run("export", "--shop", built, "-o", f"products.{suffix}").stdout


def test_an_unknown_suffix_is_usage(run_error: Run, built: Path) -> None:
    line = run_error("export", "--shop", built, "-o", "products.xlsx", code=2)
    assert ".csv" in line
    line = run_error("export", "--shop", built, "-o", "nowhere/products.csv", code=4)
    assert "the folder nowhere does not exist" in line


@pytest.mark.parametrize(
    "command",
    [("verify",), ("backup", "b.shop"), ("export", "-o", "p.csv"), ("search", "--like", "1")],
)
def test_no_shop_at_all(run_error: Run, command: tuple[str, ...], tmp_path: Path) -> None:
    assert "there is no shop at x.shop" in run_error(*command, "--shop", "x.shop", code=4)
    (tmp_path / "text.shop").write_text("hello")
    assert "text.shop is not a vitrine shop" in run_error(*command, "--shop", "text.shop", code=4)
