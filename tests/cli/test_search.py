from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_photo_finds_its_product(run_json: Run, built: Path, photos: Path) -> None:
    found = run_json("search", "--shop", built, "--image", photos / "5.png", "-k", "3")
    assert found.keys() == {"took_ms", "hits"}
    assert len(found["hits"]) == 3
    best = found["hits"][0]
    assert best.keys() == {"product_id", "score", "product", "why"}
    assert best["product_id"] == best["product"]["product_id"] == "5"
    assert best["score"] == pytest.approx(1, abs=2e-3)


def test_a_liked_product_is_never_among_the_hits(run_json: Run, built: Path) -> None:
    found = run_json("search", "--shop", built, "--like", "1", "--like", "5", "-k", "20")
    ids = [hit["product_id"] for hit in found["hits"]]
    assert sorted(ids) == ["0", "2", "3", "4", "6", "7"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("gender=women price<15", {"1", "3"}),
        ('{"gender": "women", "price": {"lt": 15}}', {"1", "3"}),
        ("colour=red|blue", {"0", "1", "4", "5"}),
        ("fit=slim colour!=red price>=16", {"6", "7"}),
    ],
)
def test_filters(run_json: Run, built: Path, photos: Path, where: str, expected: set[str]) -> None:
    arguments = ("search", "--shop", built, "--image", photos / "0.png", "--where", where)
    assert {hit["product_id"] for hit in run_json(*arguments)["hits"]} == expected


def test_words_find_a_product_without_a_photo(run_json: Run, built: Path) -> None:
    [hit] = run_json("search", "--shop", built, "--text", "scarf")["hits"]
    assert hit["product_id"] == "scarf"
    assert hit["why"] == {"words": ["scarf"]}


def test_people_get_a_table_and_data_is_no_markup(run: Run, built: Path, photos: Path) -> None:
    result = run("search", "--shop", built, "--image", photos / "5.png", "-k", "2")
    assert "Blue [bold]dress[/nobody] 5" in result.stdout
    assert "15 EUR" in result.stdout
    assert "Dresses, Blue, women" in result.stdout
    assert "2 hits in" in result.stdout
    assert "brand" not in result.stdout, "a column in which nobody says anything"
    assert result.stderr == ""
    liked = run("search", "--shop", built, "--like", "5", "-k", "1").stdout
    assert "same article_type" in liked
    assert "says scarf" in run("search", "--shop", built, "--text", "scarf").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--like", "1", "--where", "price<5"),
            "no product with a photo matches the filter price<5",
        ),
        (("--text", "sombrero"), "no product holds a word of 'sombrero'"),
        (
            ("--text", "scarf", "--where", "gender=men"),
            "no product holds a word of 'scarf' among those that match the filter gender=men",
        ),
    ],
)
def test_nothing_found_is_said_in_a_sentence(
    run: Run, run_json: Run, built: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert run("search", "--shop", built, *arguments).stdout == f"{sentence}\n"
    assert run_json("search", "--shop", built, *arguments)["hits"] == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--like", "1", "-k", "0"), "k is 0"),
        (("--like", "1", "--text", "red"), "words cannot be mixed with photos"),
        ((), "nothing to search by"),
        (("--like", "1", "--where", "prise<5"), "Did you mean 'price'?"),
        (("--like", "1", "--where", "price<"), "cannot read the filter"),
        (("--like", "1", "--where", "{"), "not valid JSON"),
        (("--like", "1", "--encoder", "colur"), "Did you mean 'colour'?"),
        (("--like", "scarf"), "has no photo to compare"),
    ],
)
def test_a_query_that_makes_no_sense_is_usage(
    run_error: Run, built: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    assert complaint in run_error("search", "--shop", built, *arguments, code=2)


def test_a_photo_and_words_need_an_encoder_that_understands_words(
    run_error: Run, built: Path, photos: Path
) -> None:
    both = ("--image", photos / "1.png", "--text", "red")
    assert "'colour' understands no words" in run_error("search", "--shop", built, *both, code=2)


def test_what_is_not_there_is_data(run_error: Run, built: Path, tmp_path: Path) -> None:
    assert "no product 'nope'" in run_error("search", "--shop", built, "--like", "nope", code=4)
    line = run_error("search", "--shop", built, "--image", "gone.jpg", code=4)
    assert "gone.jpg cannot be read" in line
    (tmp_path / "page.jpg").write_bytes(b"<!doctype html><html></html>")
    line = run_error("search", "--shop", built, "--image", "page.jpg", code=4)
    assert "web page" in line
    line = run_error("search", "--shop", "gone.shop", "--like", "1", code=4)
    assert "there is no shop at gone.shop; build one: vitrine index" in line


def test_control_characters_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        'id,title,brand\n1,"red \x1b[31m coat\x07\u202e[link]",b\n', encoding="utf-8"
    )
    run("index", "t.csv", "--shop", "my.shop")
    shown = run("search", "--shop", "my.shop", "--text", "coat").stdout
    assert "[link]" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
