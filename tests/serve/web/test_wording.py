from __future__ import annotations

import re
from importlib.resources import files

import pytest

from vitrine.serve.web.wishes import FACETS
from vitrine.serve.web.wording import language, language_for, languages

TEMPLATES = files("vitrine.serve.web").joinpath("templates")
SOURCES = files("vitrine.serve.web")
PLACES = re.compile(r"\{(\w+)\}")


def test_every_text_that_pages_ask_for_is_there() -> None:
    asked = {
        key
        for folder, end in ((TEMPLATES, ".jinja"), (SOURCES, ".py"))
        for entry in folder.iterdir()
        if entry.name.endswith(end)
        for key in re.findall(r"say\(\s*[\"']([\w.]+)[\"']\s*[,)]", entry.read_text("utf-8"))
    }
    assert len(asked) > 60
    assert asked <= set(language("en").texts)
    assert {f"field.{name}" for name in FACETS} <= set(language("en").texts)


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_language_says_all_that_english_says(code: str) -> None:
    english, other = language("en").texts, language(code).texts
    assert set(other) == set(english)
    for key, text in english.items():
        assert _places(other[key]) == _places(text), key


@pytest.mark.parametrize(
    "accepted", ["", "en", "en-US,en;q=0.5", "xx;q=1", ";;q=,", "en;q=0, xx", "*", "x" * 9999]
)
def test_whoever_reads_no_language_of_ours_gets_english(accepted: str) -> None:
    assert language_for(accepted).code == "en"


def test_numbers_choose_their_form() -> None:
    english = language("en")
    assert english.say("results.count", n=1) == "1 piece"
    assert english.say("results.count", n=12345) == "12,345 pieces"


def test_prices_are_written_as_people_do() -> None:
    english = language("en")
    assert english.money({"amount": "5000", "currency": "JPY"}) == "¥5,000"
    assert english.money({"amount": "9.9", "currency": "CHF"}) == "9.90 CHF"


def _places(text: str | dict[str, str]) -> set[str]:
    texts = text.values() if isinstance(text, dict) else [text]
    return {place for each in texts for place in PLACES.findall(each)}
