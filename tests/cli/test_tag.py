from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from vitrine.cli.exits import GuardedCommand
from vitrine.cli.tag import tag

Tag = Callable[..., Result]


@pytest.fixture
def tagged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tag:
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command(cls=GuardedCommand)(tag)

    def invoke(*arguments: object, code: int = 0) -> Result:
        given = [*map(str, arguments), "--encoder", "colour"]
        result = CliRunner().invoke(app, given)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def test_json_lines_in_natural_order(tagged: Tag, photos: Path) -> None:
    found = [json.loads(line) for line in tagged(photos, "--json").stdout.splitlines()]
    assert [Path(each["photo"]).name for each in found] == [f"{n}.png" for n in range(8)]
    for each in found:
        assert each.keys() == {"photo", "tags"}
        assert Path(each["photo"]).is_file()
        assert each["tags"].keys() == {"base_colour"}
        assert each["tags"]["base_colour"].keys() == {"value", "confidence", "unsure"}
    assert found[3]["tags"]["base_colour"]["value"] == "Black"


def test_photos_of_a_catalogue_name_their_product(tagged: Tag, catalogue: Path) -> None:
    found = [json.loads(line) for line in tagged(catalogue, "--json").stdout.splitlines()]
    assert [each["product_id"] for each in found] == [str(n) for n in range(8)]


def test_a_table_for_people(tagged: Tag, photos: Path) -> None:
    shown = tagged(photos / "3.png").stdout
    assert "base_colour" in shown
    assert "Black" in shown
    assert "%" in shown


def test_bad_photos_are_left_out(tagged: Tag, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_text("no photo")
    result = tagged(photos / "3.png", tmp_path / "bad.jpg", "--json", code=1)
    assert len(result.stdout.splitlines()) == 1
    assert "left out:" in result.stderr
    assert "bad.jpg" in result.stderr
    assert "none of the 1 photo" in tagged(tmp_path / "bad.jpg", "--json", code=4).stderr


def relabelled(catalogue: Path, product_id: str, colour: str) -> Path:
    with catalogue.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["colour"] = colour if row["id"] == product_id else row["colour"]
    with catalogue.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return catalogue


def test_check_finds_a_wrong_label(tagged: Tag, catalogue: Path) -> None:
    source = relabelled(catalogue, "3", "white")
    shown = tagged(source, "--check", "--json", "--unsure").stdout
    doubts = [json.loads(line) for line in shown.splitlines()]
    [wrong] = [doubt for doubt in doubts if doubt["product_id"] == "3"]
    assert (wrong["field"], wrong["catalogue"], wrong["model"]) == ("colour", "white", "Black")
    assert wrong["photo"].endswith("3.png")
    ranks = [(doubt["unsure"], -doubt["confidence"]) for doubt in doubts]
    assert ranks == sorted(ranks)
    sure = tagged(source, "--check", "--json").stdout.splitlines()
    assert [json.loads(line) for line in sure] == [d for d in doubts if not d["unsure"]]


def test_check_agrees_across_spellings(tagged: Tag, catalogue: Path) -> None:
    source = relabelled(catalogue, "3", "jet black")
    shown = tagged(source, "--check", "--json", "--unsure").stdout
    assert "3" not in [json.loads(line)["product_id"] for line in shown.splitlines()]


def test_labels_that_the_model_cannot_say_are_passed_over(tagged: Tag, catalogue: Path) -> None:
    source = relabelled(catalogue, "3", "Heliotrope")
    shown = tagged(source, "--check", "--json", "--unsure").stdout
    assert "3" not in [json.loads(line)["product_id"] for line in shown.splitlines()]


def test_check_in_a_table(tagged: Tag, catalogue: Path) -> None:
    shown = tagged(relabelled(catalogue, "3", "White"), "--check", "--unsure").stdout
    assert "White" in shown
    assert "Black" in shown


def test_check_needs_a_catalogue(tagged: Tag, photos: Path) -> None:
    assert "only photos" in tagged(photos, "--check", code=2).stderr


def test_options_of_catalogues_are_refused_for_photos(tagged: Tag, photos: Path) -> None:
    two = (photos / "1.png", photos / "2.png")
    assert "not with photos" in tagged(*two, "--map", "title=x", code=2).stderr


def test_nothing_there(tagged: Tag) -> None:
    assert "gone.jpg" in tagged("gone.jpg", code=4).stderr
    assert "gone" in tagged("gone", code=4).stderr
