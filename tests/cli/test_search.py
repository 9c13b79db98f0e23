from __future__ import annotations

import json
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
        (
            ("--like", "1", "--min-score", "0.99"),
            "nothing is close enough: no product reaches a score of 0.99",
        ),
        (("--like", "1", "--but", "yellow"), "no other product is 'yellow'"),
        (("--like", "1", "--offset", "7"), "there are fewer than 8 hits"),
    ],
)
def test_nothing_found_is_said_in_a_sentence(
    run: Run, run_json: Run, built: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert run("search", "--shop", built, *arguments).stdout == f"{sentence}\n"
    assert run_json("search", "--shop", built, *arguments)["hits"] == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--like", "1", "--dislike", "5", "-k", "20"), {"0", "2", "3", "4", "6", "7"}),
        (("--like", "1", "--but", "red"), {"0", "4"}),
        (("--like", "1", "--but", "not red, cheaper"), set[str]()),
        (("--like", "6", "--but", "not red, cheaper"), {"1", "2", "3", "5"}),
        (("--where", "price>0", "--sort", "price_desc", "-k", "2"), {"7", "6"}),
        (("--where", "price>0", "--sort", "price_desc", "-k", "2", "--offset", "2"), {"5", "4"}),
        (("--like", "1", "--min-score", "0.99"), set[str]()),
        (("--like", "1", "--group-by", "near_duplicate", "--diversity", "0.3", "-k", "2"), None),
    ],
)
def test_every_way_to_ask(
    run_json: Run, built: Path, arguments: tuple[str, ...], expected: set[str] | None
) -> None:
    hits = run_json("search", "--shop", built, *arguments)["hits"]
    if expected is None:
        assert len(hits) == 2
    else:
        assert {hit["product_id"] for hit in hits} == expected


def test_a_part_of_a_photo_and_a_photo_to_keep_away_from(
    run_json: Run, built: Path, photos: Path
) -> None:
    whole = run_json("search", "--shop", built, "--image", photos / "5.png", "-k", "8")
    arguments = ("--image", photos / "5.png", "--crop", "0.2,0.2,0.6,0.6", "-k", "8")
    part = run_json("search", "--shop", built, *arguments)
    assert [hit["score"] for hit in part["hits"]] != [hit["score"] for hit in whole["hits"]]
    arguments = ("--image", photos / "5.png", "--dislike-image", photos / "1.png", "-k", "8")
    away = run_json("search", "--shop", built, *arguments)
    before, after = (
        next(hit["score"] for hit in found["hits"] if hit["product_id"] == "1")
        for found in (whole, away)
    )
    assert after < before


def test_a_typing_error_in_a_filter_is_told_on_stderr(run: Run, built: Path) -> None:
    question = ("search", "--shop", built, "--where", "gender=wommen")
    told = run(*question)
    assert told.stdout == "no product matches the filter gender=wommen\n"
    known = "known: men, women. Did you mean 'women'?"
    assert told.stderr == f"note: no product here has gender 'wommen'; {known}\n"
    answer = json.loads(run(*question, "--json").stdout)
    assert answer["notes"] == [f"no product here has gender 'wommen'; {known}"]
    assert "notes" not in json.loads(
        run("search", "--shop", built, "--where", "gender=men", "--json").stdout
    )


def test_facets_stand_below_the_table(run: Run, run_json: Run, built: Path) -> None:
    arguments = ("search", "--shop", built, "--like", "1", "--facets", "colour,price,brand")
    found = run_json(*arguments, "-k", "1")
    assert found.keys() == {"took_ms", "hits", "facets", "total"}
    assert found["total"] == 7
    shown = run(*arguments, "-k", "1").stdout
    assert "1 hit of 7 in" in shown
    assert "colour: Black (2), Green (2), Red (2), Blue (1)" in shown
    assert "price: 10-12 (1), 12-14 (2), 14-16 (2), 16-18 (2)" in shown
    assert "brand: not said (7)" in shown


def test_the_table_says_what_changed(run: Run, built: Path) -> None:
    shown = run("search", "--shop", built, "--like", "1", "--but", "red", "-k", "1").stdout
    assert "colour Red instead" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--like", "1", "--crop", "0,0,1,1"), "crop goes with one photo"),
        (("--like", "1", "--sort", "cheap"), "no sort is called 'cheap'"),
        (("--like", "1", "--group-by", "colour"), "no grouping is called 'colour'"),
        (("--like", "1", "--diversity", "nan"), "diversity is nan"),
        (("--like", "1", "--min-score", "2"), "min_score is 2"),
        (("--like", "1", "--offset", "-1"), "offset is -1"),
        (("--like", "1", "--facets", "prize"), "Did you mean 'price'?"),
        (("--like", "1", "--but", "red, not red"), "Red and for none of it"),
        (("--but", "red"), "changes a photo or a product, and there is none"),
        (("--dislike", "1"), "disliked examples alone"),
        (("--like", "1", "-k", "0"), "k is 0"),
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
