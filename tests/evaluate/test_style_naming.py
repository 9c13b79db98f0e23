from __future__ import annotations

import numpy as np
import pytest

from vitrine.errors import DataError
from vitrine.evaluate.style_naming import frequent_words, naming_accuracy, true_words
from vitrine.index import ChoiceColumn, choice_column
from vitrine.styles import Looks

N = 3000


def looks_of(said: dict[str, ChoiceColumn]) -> Looks:
    n = len(next(iter(said.values())).codes)
    ids = tuple(f"p{row}" for row in range(n))
    return Looks(np.arange(n), ids, np.zeros((n, 2), dtype=np.float32), said)


def shop_of(colours: int, seed: int = 0) -> Looks:
    """Six types in so many colours, independently, for women and men."""
    rng = np.random.default_rng(seed)
    types = ["Tops", "Jeans", "Heels", "Watches", "Ties", "Sports Shoes"]
    names = ["Navy Blue", "Blue", "Red", "Green", "White"][:colours]
    said = {
        "article_type": choice_column([types[n] for n in rng.integers(0, 6, N)]),
        "colour": choice_column([names[n] for n in rng.integers(0, colours, N)]),
        "gender": choice_column([("women", "men")[n] for n in rng.integers(0, 2, N)]),
    }
    return looks_of(said)


def test_pure_words_are_told() -> None:
    found = naming_accuracy(shop_of(5), n_planted=120)
    assert found.n > 80
    assert found.right.figure > 0.85
    assert found.said.figure > 0.95
    assert found.false.figure < 0.1
    assert found.more_right.low > 0
    assert found.by_purity[1.0].figure > 0.7
    assert set(found.by_words) == {2, 3}
    assert found.to_json()["planted"] == found.n
    assert all(len(dict(each.meaning)) == len(each.meaning) for each in found.planted)


def test_what_everything_says_is_not_planted() -> None:
    found = naming_accuracy(shop_of(1), n_planted=24)
    assert not any("colour" in dict(each.meaning) for each in found.planted)


def test_words_of_products() -> None:
    said = {
        "article_type": choice_column(["Tops", "Tops", "Jeans", "Jeans"]),
        "colour": choice_column(["Navy Blue", "Red", "Red", "Red"]),
        "gender": choice_column(["women", "women", "men", ""]),
    }
    assert true_words(said, np.array([0, 1])) == {"tops", "navy blue", "red", "women's"}
    assert true_words(said, np.array([1, 2, 3])) == {"jeans", "red"}
    assert frequent_words(said, np.array([1, 2, 3])) == "red women's jeans"


def test_a_shop_that_says_too_little() -> None:
    with pytest.raises(DataError, match="cannot be measured"):
        naming_accuracy(looks_of({"colour": choice_column(["Red"] * 40)}))
