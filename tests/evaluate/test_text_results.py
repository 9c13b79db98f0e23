from __future__ import annotations

import numpy as np
import pytest

from vitrine.evaluate import Contestant, Examples, HeadTags, text_results
from vitrine.evaluate.text_results import measure_text, new_titles, rank_results, tag_scores


def test_which_titles_are_new() -> None:
    words = [["red", "shirt"], ["red", "cap"], ["shirt", "blue", "red"], ["blue", "shirt"]]
    found = new_titles(words, ["Red shirts", "Blue shirt, red cap"])
    assert found["own title"].tolist() == [True] * 4
    assert found["own title, unseen in training"].tolist() == [False, True, True, True]
    assert found["own title with an unseen pair of words"].tolist() == [False] * 4
    assert new_titles([["red", "sock"]], ["Red shirt"])[
        "own title with an unseen pair of words"
    ].tolist() == [True]


def test_without_training_titles_nothing_is_new() -> None:
    assert list(new_titles([["red"]], [])) == ["own title"]


def test_ranks_become_figures() -> None:
    results = rank_results("own title", np.array([1, 2, 0, 11]), np.arange(4), "x")
    found = {result.measure: result.figure for result in results}
    assert found["own title R@1"] == 1 / 4
    assert found["own title R@10"] == 2 / 4
    assert found["own title MRR"] == pytest.approx((1 + 1 / 2 + 1 / 11) / 4)


def test_words_against_tags_by_hand() -> None:
    values = np.array(["Blue", "Navy Blue", "Blue"])
    tags = {"base_colour": HeadTags(values, np.array([0.9, 0.8, 0.6]), np.zeros(3, bool))}
    heads = {"base_colour": ["Blue", "Navy Blue", "Red"]}
    words = [["navy", "blue", "shirt"], ["blue", "shirt"], ["shirt"]]
    scores = tag_scores(words, tags, heads)
    assert scores[0] == pytest.approx(np.log([0.1 / 2, 0.8, 0.4 / 2]))
    assert scores[1] == pytest.approx(np.log([0.9, 0.2 / 2, 0.6]))
    assert scores[2].tolist() == [0, 0, 0]


def test_a_title_finds_its_colour(contestant: Contestant, shop: Examples) -> None:
    found = {result.measure: result for result in measure_text(contestant, shop)}
    # three garments of a colour look the same to this encoder: the right one is among them
    assert found["own title R@10"].figure == 1
    assert found["own title MRR"].figure > 0.4
    assert found["own title R@1"].n == 9
    assert found["title's words against tags R@10"].figure == 1
    assert found["title's words against tags MRR"].figure == pytest.approx(1 / 2)


def test_ranks_by_tags_do_not_depend_on_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    colours = np.array(["Blue", "Red", "Green"])
    values = colours[rng.integers(0, 3, 40)]
    tags = {"base_colour": HeadTags(values, rng.random(40), np.zeros(40, bool))}
    heads = {"base_colour": colours.tolist()}
    words = [[str(colours[n]).lower(), f"style{n}"] for n in rng.integers(0, 3, 40)]
    titles = rng.integers(0, 20, 40)
    whole = text_results.tag_ranks(words, titles, tags, heads)
    monkeypatch.setattr(text_results, "_BLOCK", 7)
    assert np.array_equal(text_results.tag_ranks(words, titles, tags, heads), whole)
    assert whole.min() >= 1
