from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from vitrine.errors import QueryError
from vitrine.search import match_words

FOUND = {
    "red": {"p1": 2.0, "p2": 1.0, "p3": 1.0},
    "dress": {"p1": 1.0, "p2": 1.5},
    "silk": {"p3": 3.0},
}


def find(word: str) -> Mapping[str, float]:
    return FOUND.get(word, {})


def test_more_of_the_words_comes_first_then_bm25() -> None:
    matches = match_words("Red dress", find, 100)
    assert [match.product_id for match in matches] == ["p1", "p2", "p3"]
    assert [match.words for match in matches] == [("red", "dress"), ("red", "dress"), ("red",)]
    assert [match.score for match in matches[:2]] == [1.0, 1.0]


def test_the_score_is_the_share_of_words_weighed_by_rarity() -> None:
    red, silk = math.log(1 + 100 / 4), math.log(1 + 100 / 2)
    scores = {match.product_id: match.score for match in match_words("red silk", find, 100)}
    assert scores == pytest.approx({"p3": 1.0, "p1": red / (red + silk), "p2": red / (red + silk)})


def test_a_word_that_nobody_has_lowers_every_score() -> None:
    assert all(match.score < 1 for match in match_words("red unobtainium", find, 100))
    assert match_words("unobtainium", find, 100) == []


def test_repeated_words_count_once() -> None:
    assert match_words("red RED red", find, 100) == match_words("red", find, 100)


@pytest.mark.parametrize("text", ["", "  ", "?!", "-- ;"])
def test_no_word_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no word to search for"):
        match_words(text, find, 100)
