from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import DataError
from vitrine.evaluate.style_suggestions import stability
from vitrine.styles import Looks, MergedPrototypes, StyleBoard, settled_model


@pytest.fixture(scope="module")
def board() -> StyleBoard:
    vectors, _ = planted(6, 60, spread=0.5)
    ids = tuple(f"p{row}" for row in range(len(vectors)))
    model = settled_model("r", MergedPrototypes().find(vectors, 6), vectors, {})
    return StyleBoard(model, Looks(np.arange(len(ids)), ids, vectors, {}))


def test_people_of_one_style_each(board: StyleBoard) -> None:
    photos, people = planted(6, 60, spread=0.5)
    found = stability(photos, people, board, n_deals=2)
    assert found.n_people == 6
    assert found.same_person.figure == 1
    assert found.two_people.figure == 0
    assert found.nearer.figure > 0.99
    assert found.matched == 1
    assert found.to_json()["more_often"] == [1, 1, 1]


def test_people_without_a_style_of_their_own(board: StyleBoard) -> None:
    photos, _ = planted(6, 250, spread=0.5)
    people = np.random.default_rng(0).integers(0, 80, len(photos))
    found = stability(photos, people, board, n_deals=2)
    assert found.more_often.figure == pytest.approx(0, abs=0.08)
    assert found.nearer.figure == pytest.approx(0.5, abs=0.06)


def test_too_few_people(board: StyleBoard) -> None:
    photos, _ = planted(6, 2)
    with pytest.raises(DataError, match="0 people have 6 photos"):
        stability(photos, np.arange(12), board)
