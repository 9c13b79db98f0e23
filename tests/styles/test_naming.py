from __future__ import annotations

import numpy as np
import pytest

from vitrine.index import ChoiceColumn, choice_column
from vitrine.styles.naming import log_odds, style_names, typical_words

N = 40


def said(**fields: list[str]) -> dict[str, ChoiceColumn]:
    return {name: choice_column(values) for name, values in fields.items()}


def test_typical_words_make_the_name() -> None:
    styles = np.repeat([0, 1, 2], N)
    words = said(
        article_type=["Tops"] * N + ["Jeans"] * N + ["Tops"] * N,
        colour=["Navy Blue"] * N + ["Blue"] * N + ["Red"] * N,
        pattern=["Striped"] * N + [""] * 2 * N,
        usage=["Casual"] * 3 * N,
    )
    assert style_names(words, styles, 3) == ["navy blue striped tops", "blue jeans", "red tops"]


def test_no_two_are_alike_and_none_is_taken() -> None:
    styles = np.repeat([0, 1, 2], N)
    few = ["women"] * (N // 3)
    words = said(
        article_type=["Tops"] * 3 * N, gender=few + [""] * (N - len(few)) + ["men"] * 2 * N
    )
    names = style_names(words, styles, 3, taken=["Men's tops"])
    assert len({*names, "men's tops"}) == 4
    assert names == ["tops", "men's tops 2", "men's tops 3"]


def test_styles_that_say_nothing() -> None:
    assert style_names({}, np.array([0, 1]), 2) == ["mixed looks", "mixed looks 2"]


def test_a_noun_says_it_once() -> None:
    styles = np.repeat([0, 1], N)
    words = said(
        article_type=["Sports Shoes"] * N + ["Heels"] * N, usage=["Sports"] * N + ["Casual"] * N
    )
    assert style_names(words, styles, 2) == ["sports shoes", "casual heels"]


def test_two_types_share_a_name() -> None:
    styles = np.repeat([0, 1], N)
    words = said(article_type=["Tops", "Tunics"] * (N // 2) + ["Belts"] * N)
    assert style_names(words, styles, 2) == ["tops and tunics", "belts"]


def test_log_odds_by_hand() -> None:
    # a word that both groups say as often is typical of neither; a rare one needs more than luck
    z = log_odds(np.array([[50.0, 50.0, 2.0], [50.0, 50.0, 0.0]]))
    assert z[:, 0] == pytest.approx([-0.14, 0.14], abs=0.2)
    assert 0 < z[0, 2] < 2


def test_shares_and_lifts() -> None:
    styles = np.array([0, 0, 1, 1])
    [first, second] = typical_words(said(colour=["Red", "Red", "Blue", "Red"]), styles, 2)
    assert [(each.word, each.share, each.lift) for each in first] == [
        ("Red", 1.0, pytest.approx(4 / 3))
    ]
    assert [(each.word, each.share, each.lift) for each in second] == [("Blue", 0.5, 2.0)]
