from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vitrine.cli.options import parse_map
from vitrine.errors import UsageError
from vitrine.store import open_sqlite

Run = Callable[..., Any]

PROMISED = {
    *("products", "photos", "without_photo", "failed", "seconds", "photos_per_second"),
    *("encoder", "shop"),
}


def test_a_catalogue_becomes_a_shop(run_json: Run, catalogue: Path) -> None:
    report = run_json("index", catalogue, "--shop", "my.shop")
    assert report.keys() >= PROMISED
    assert (
        report
        | {
            "products": 9,
            "photos": 8,
            "without_photo": 1,
            "failed": 0,
            "added": 9,
            "embedded": 8,
            "encoder": "colour",
            "shop": "my.shop",
            "errors": "",
        }
        == report
    )
    assert Path("my.shop").is_file()
    assert not Path("errors.csv").exists()


def test_the_summary_is_for_people(run: Run, catalogue: Path) -> None:
    result = run("index", catalogue, "--shop", "my.shop")
    assert "my.shop: 9 products and 8 photos" in result.stdout
    assert "without a photo, found by words and filters: 1 product" in result.stdout
    assert result.stderr == ""
    assert run("index", catalogue, "--shop", "my.shop", "--quiet").output == ""


def test_a_second_run_embeds_nothing(run_json: Run, catalogue: Path) -> None:
    run_json("index", catalogue, "--shop", "my.shop")
    again = run_json("index", catalogue, "--shop", "my.shop")
    assert (again["unchanged"], again["embedded"], again["added"]) == (9, 0, 0)


def test_what_cannot_be_read_is_listed_and_the_rest_kept(run: Run, catalogue: Path) -> None:
    (catalogue.parent / "images" / "3.png").write_bytes(b"<html>not found</html>")
    (catalogue.parent / "images" / "4.png").unlink()
    result = run("index", catalogue, "--shop", "my.shop", "--errors", "bad.csv", code=1)
    assert "9 products and 6 photos" in result.stdout
    assert "left out: 2 rows or photos; see bad.csv" in result.stderr
    with open("bad.csv", newline="", encoding="utf-8") as file:
        rows = {row["product_id"]: row["reason"] for row in csv.DictReader(file)}
    assert "web page" in rows["3"]
    assert "no such file" in rows["4"]


def test_prune_deletes_what_the_source_does_not_hold(
    run_json: Run, write: Callable[[str, int], Path]
) -> None:
    run_json("index", write("before", 8), "--shop", "my.shop")
    report = run_json("index", write("after", 3), "--shop", "my.shop", "--prune")
    assert report["deleted"] == 5


def test_columns_are_mapped(run: Run, run_json: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("nr;wording;cost\n1;A coat;30\n2;A hat;\n", encoding="utf-8")
    mapped = ("--map", "id=nr", "--map", "title=wording", "--map", "price=cost")
    mapped += ("--map", "currency==EUR", "--format", "csv")
    run("index", table, "--shop", "my.shop", *mapped)
    [hit] = run_json("search", "--shop", "my.shop", "--text", "coat")["hits"]
    assert hit["product"]["price"] == {"amount": "30", "currency": "EUR"}


@pytest.mark.parametrize("pair", ["title", "=name", "title=", " =x"])
def test_a_map_is_a_field_and_a_column(pair: str) -> None:
    with pytest.raises(UsageError, match="is not FIELD=COLUMN"):
        parse_map([pair])


def test_bad_input_is_one_line_and_a_code(run_error: Run, catalogue: Path, tmp_path: Path) -> None:
    into = ("--shop", "my.shop")
    assert "no such file or folder: gone.csv" in run_error("index", "gone.csv", *into, code=4)
    line = run_error("index", catalogue, *into, "--format", "cvs", code=2)
    assert "Did you mean 'csv'?" in line
    line = run_error("index", catalogue, *into, "--encoder", "colur", code=2)
    assert "Did you mean 'colour'?" in line
    line = run_error("index", catalogue, *into, "--map", "title:name", code=2)
    assert "--map 'title:name' is not FIELD=COLUMN" in line
    line = run_error("index", catalogue, *into, "--map", "title=name", code=2)
    assert "no column of this table is called 'name'" in line
    line = run_error("index", "http://shop.example/feed.xml", *into, code=2)
    assert "http://shop.example/feed.xml is an address" in line
    assert not Path("my.shop").exists()
    (tmp_path / "no.shop").write_text("this is no database, whatever its name says")
    line = run_error("index", catalogue, "--shop", "no.shop", code=4)
    assert "no.shop is not a vitrine shop" in line
    line = run_error("index", catalogue, "--shop", "nowhere/my.shop", code=4)
    assert "the folder nowhere does not exist" in line


def test_another_encoder_is_refused_with_the_way_out(
    run: Run, run_error: Run, catalogue: Path, tmp_path: Path
) -> None:
    run("index", catalogue, "--shop", "my.shop")
    folder = tmp_path / "model"
    folder.mkdir()
    line = run_error("index", catalogue, "--shop", "my.shop", "--encoder", folder, code=3)
    assert "has no readable model.json" in line


def test_a_shop_that_is_written_is_locked(run_error: Run, run_json: Run, catalogue: Path) -> None:
    run_json("index", catalogue, "--shop", "my.shop")
    store = open_sqlite(Path("my.shop"))
    with store.importing():
        line = run_error("index", catalogue, "--shop", "my.shop", "--wait", "0.05", code=5)
        assert "another process is importing into my.shop" in line
        assert run_json("search", "--shop", "my.shop", "--like", "1")["hits"]
    store.close()


def test_a_broken_setting_is_named(
    run_error: Run, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_THREADS", "many")
    line = run_error("index", catalogue, "--shop", "my.shop", code=3)
    assert "setting 'threads' is 'many'" in line


def test_flags_win_over_the_environment_and_that_over_the_file(
    run: Run, run_error: Run, run_json: Run, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("index", catalogue, "--shop", "my.shop")
    monkeypatch.delenv("VITRINE_ENCODER")
    Path("vitrine.toml").write_text('encoder = "from-the-file"\n')
    assert "'from-the-file'" in run_error(*arguments, code=2)
    monkeypatch.setenv("VITRINE_ENCODER", "from-the-environment")
    assert "'from-the-environment'" in run_error(*arguments, code=2)
    assert run_json(*arguments, "--encoder", "colour")["encoder"] == "colour"


def test_a_photo_at_a_url_stays_there_when_fetching_is_off(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,title,image\n1,A coat,https://shop.example/coat.jpg\n", encoding="utf-8")
    for flag in ("--no-fetch", "--offline"):
        result = run("index", table, "--shop", f"{flag}.shop", flag)
        assert "left at their URL until an import may fetch them: 1 photo" in result.stdout


def test_a_folder_of_photos_is_a_catalogue(run_json: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (20, 30), "red").save(tmp_path / "photos" / "red.webp")
    assert run_json("index", "photos", "--shop", "my.shop")["photos"] == 1
