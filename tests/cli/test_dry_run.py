from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_written(run_json: Run, catalogue: Path, tmp_path: Path) -> None:
    before = content(tmp_path)
    plan = run_json("index", catalogue, "--shop", "my.shop", "--errors", "e.csv", "--dry-run")
    assert content(tmp_path) == before
    assert plan["dry_run"]
    assert (plan["format"], plan["encoder"], plan["shop"]) == ("csv", "colour", "my.shop")
    assert (plan["products"], plan["photos"], plan["without_photo"]) == (9, 8, 1)
    assert (plan["failed"], plan["failures"]) == (0, [])
    assert plan["fields"]["price"] == 8
    assert plan["fields"]["brand"] == 0
    assert plan["other_columns"] == {"fit": 8}
    assert [product["product_id"] for product in plan["sample"]] == ["0", "1", "2", "3", "4"]


def test_a_shop_that_is_there_is_compared_and_left_alone(
    run: Run, run_json: Run, write: Callable[[str, int], Path], tmp_path: Path
) -> None:
    source = write("source", 8)
    run("index", source, "--shop", "first.shop")
    run(
        "backup", "--shop", "first.shop", "my.shop"
    )  # even its journal mode is not for us to change
    before = content(tmp_path)
    unchanged = run_json("index", source, "--shop", "my.shop", "--dry-run")
    assert (unchanged["added"], unchanged["changed"], unchanged["unchanged"]) == (0, 0, 9)
    assert content(tmp_path) == before
    lines = source.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("10 EUR", "12 EUR")
    lines[-1] = "100,Cap,Red,women,Caps,,,"
    source.write_text("\n".join(lines), encoding="utf-8")
    before = content(tmp_path)
    plan = run_json("index", source, "--shop", "my.shop", "--prune", "--dry-run")
    assert content(tmp_path) == before
    assert (plan["added"], plan["changed"], plan["unchanged"], plan["deleted"]) == (1, 1, 7, 1)
    assert run_json("index", source, "--shop", "my.shop", "--dry-run")["deleted"] == 0
    done = run_json("index", source, "--shop", "my.shop", "--prune")
    assert {name: plan[name] for name in ("added", "changed", "unchanged", "deleted")} == {
        name: done[name] for name in ("added", "changed", "unchanged", "deleted")
    }


def test_failures_are_listed(run: Run, run_json: Run, catalogue: Path) -> None:
    for number in range(8):
        (catalogue.parent / "images" / f"{number}.png").unlink()
    with catalogue.open("a", encoding="utf-8") as file:
        file.writelines(f"{n},too,few\n" for n in range(200, 204))
    plan = run_json("index", catalogue, "--shop", "my.shop", "--dry-run", code=1)
    assert plan["failed"] == len(plan["failures"]) == 12
    result = run("index", catalogue, "--shop", "my.shop", "--dry-run", code=1)
    assert "left out: line 2 product '0' image_link: no such file: 0.png" in result.stderr
    assert result.stderr.endswith("and 2 more\n")
    assert "left out: line" not in result.stdout


def test_people_see_what_was_understood(run: Run, catalogue: Path) -> None:
    shown = run("index", catalogue, "--shop", "my.shop", "--dry-run").stdout
    assert "reads as csv; nothing was written" in shown
    assert "understood: product_id 100%, title 100%, price 89%" in shown
    assert "kept as they are: fit; --map FIELD=COLUMN" in shown
    assert "Blue [bold]dress[/nobody] 1" in shown


@pytest.mark.parametrize("encoder", ["colur", "no-such-folder"])
def test_an_unknown_encoder_is_told_before(run_error: Run, catalogue: Path, encoder: str) -> None:
    arguments = ("index", catalogue, "--shop", "my.shop", "--dry-run", "--encoder", encoder)
    assert f"no encoder is called '{encoder}'" in run_error(*arguments, code=2)


def test_a_model_of_the_table_is_not_downloaded(run_json: Run, catalogue: Path) -> None:
    arguments = ("index", catalogue, "--shop", "my.shop", "--dry-run", "--encoder", "clip-vit-b32")
    assert run_json(*arguments)["encoder"] == "clip-vit-b32"
