from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.outfits.wardrobe import wardrobe

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def clothes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clothes")
    wardrobe(folder).close()
    return folder / "clothes.shop"


def test_the_interface_that_is_kept(run_json: Run, clothes: Path) -> None:
    found = run_json("outfit", "--shop", clothes, "--like", "jeans-0", "-k", 2)
    assert len(found["outfits"]) == 2
    for outfit in found["outfits"]:
        assert 0 <= outfit["score"] <= 1
        slots = [piece["slot"] for piece in outfit["pieces"]]
        assert len(set(slots)) == len(slots)
        assert "jeans-0" in [piece["product_id"] for piece in outfit["pieces"]]
        assert all(piece["why"][0]["says"] for piece in outfit["pieces"])


def test_constraints_and_other_ideas(run_json: Run, clothes: Path) -> None:
    asked = ("outfit", "--shop", clothes, "--like", "jeans-0", "--keep", "heels-1")
    found = run_json(*asked, "--budget", "110 EUR", "--exclude", "tops-0", "--alternatives", 2)
    assert all(float(outfit["total"]["amount"]) <= 110 for outfit in found["outfits"])
    assert "tops-0" not in str(found)
    assert any(piece["alternatives"] for piece in found["outfits"][0]["pieces"])
    first = run_json(*asked, "--seed", 7)["outfits"]
    assert first == run_json(*asked, "--seed", 7)["outfits"]


def test_a_table_for_people(run: Run, clothes: Path) -> None:
    shown = run("outfit", "--shop", clothes, "--like", "jeans-0", "--slots", "shoes,bag").stdout
    assert "outfit 1: score 0." in shown
    assert "kept; " in shown
    assert "handbags-" in shown
    judged = run("outfit", "--shop", clothes, "--judge", "--like", "jeans-0", "--like", "tops-1")
    assert judged.stdout.count("outfit ") == 1
    nothing = run(
        *("outfit", "--shop", clothes, "--like", "jeans-0", "--where", "colour=teal"),
    )
    assert nothing.stdout.strip() == "no outfit can be made of what this shop has"
    assert "note: nothing here fits the slot 'top'" in nothing.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ([], 2, "nothing to begin with"),
        (["--like", "gone"], 4, "no product 'gone'"),
        (["--like", "perfume"], 2, "no part of an outfit"),
        (["--like", "jeans-0", "--slots", "shoe"], 2, "Did you mean 'shoes'"),
        (["--like", "jeans-0", "--judge", "--image", "a.png"], 2, "leave out --image"),
    ],
)
def test_usage(
    run_error: Run, clothes: Path, arguments: list[str], code: int, complaint: str
) -> None:
    assert complaint in run_error("outfit", "--shop", clothes, *arguments, code=code)


def test_evaluation_needs_something_to_ask(run_error: Run, tmp_path: Path) -> None:
    assert "give --polyvore FOLDER" in run_error("evaluate", "outfits", code=2)
    asked = ("evaluate", "outfits", "--polyvore", tmp_path)
    assert "go together" in run_error(*asked, "--hm", tmp_path, code=2)
    assert "is not there" in run_error(*asked, code=4)


def test_training_needs_pairs(run_error: Run, clothes: Path, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("one,other\njeans-0,tops-0\n", encoding="utf-8")
    asked = ("train", "outfits", "--shop", clothes, "--pairs", table)
    assert "there are 1 pairs" in run_error(*asked, code=4)


def test_trained_from_pairs(run: Run, run_json: Run, clothes: Path, tmp_path: Path) -> None:
    kinds = ("shirts", "tops", "jeans", "skirts", "heels", "casual", "handbags")
    ids = [f"{kind}-{n}" for kind in kinds for n in range(4)]
    pairs = [(a, b) for a in ids for b in ids if a.split("-")[0] < b.split("-")[0]]
    lines = [f"{a},{b}" for a, b in pairs if abs(int(a[-1]) - int(b[-1])) < 2]
    table = tmp_path / "pairs.csv"
    table.write_text("\n".join(["one,other", *lines, "gone,jeans-0"]), encoding="utf-8")
    asked = ("train", "outfits", "--shop", clothes, "--pairs", table)
    said = run(*asked).stdout
    assert said == f"learned from {len(lines)} pairs of 28 products of this shop; 1 row of others\n"
    assert run_json(*asked, "--column", "section")["columns"] == ["section"]
    everything = "\n".join(["one,other", *(f"{a},{b}" for a, b in pairs)])
    table.write_text(everything, encoding="utf-8")
    assert "every combination" in run(*asked, code=4).stderr
