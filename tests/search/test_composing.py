from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vitrine.index import Snapshot
from vitrine.search import Composition, compose, read_change, reference_of
from vitrine.types import Tag, Vectors

MakeView = Callable[..., Snapshot]
WORDS = {"red": [1.0, 0.0], "blue": [0.0, 1.0], "striped": [1.0, 1.0], "fluffy": [2.0, 0.0]}
SEEN = {"base_colour": Tag("Blue", 0.6, unsure=True), "gender": Tag("Men", 0.9, unsure=False)}


def read(text: str) -> Vectors | None:
    return np.array([WORDS[word] for word in text.split()], np.float32).sum(axis=0)


def no_words(_text: str) -> Vectors | None:
    return None


def tagged(colour: str, confidence: float, *, unsure: bool) -> dict[str, Any]:
    return {"tags": {"base_colour": [colour, confidence, unsure]}}


@pytest.fixture
def view(make_view: MakeView) -> Snapshot:
    products = [
        {"colour": "Red"},
        {"colour": "Blue", **tagged("Red", 0.9, unsure=False)},
        tagged("Red", 0.9, unsure=False),
        tagged("Red", 0.4, unsure=True),
        tagged("Blue", 0.4, unsure=True),
        tagged("Blue", 0.9, unsure=False),
        {},
    ]
    return make_view(products, np.eye(7, 2, dtype=np.float32))


def composed(view: Snapshot, but: str, reader: Callable[[str], Vectors | None]) -> Composition:
    change = read_change(but, view.columns)
    return compose(view, change, reference_of(view, [], [SEEN]), reader)


def test_what_is_surely_another_colour_is_no_hit_and_what_is_unsure_may_be(view: Snapshot) -> None:
    assert composed(view, "red", no_words).allowed.tolist() == [1, 0, 1, 1, 1, 0, 0]
    assert composed(view, "not red", no_words).allowed.tolist() == [0, 1, 0, 1, 1, 1, 1]


def test_the_shops_word_settles_it_and_a_tag_counts_by_its_confidence(view: Snapshot) -> None:
    likely = composed(view, "red", no_words).changed
    assert likely is not None
    # two values are known, so that what is not blue is red
    assert likely.tolist() == pytest.approx([1, 0, 0.9, 0.4, 0.6, 0.1, 0.5])
    unlikely = composed(view, "not red", no_words).changed
    assert unlikely is not None
    assert (likely + unlikely).tolist() == pytest.approx([1] * 7)


def test_what_should_stay_is_told_by_guesses_too(view: Snapshot) -> None:
    kept = composed(view, "fluffy", no_words).kept
    assert kept is not None
    # of the colour, guessed at .6 (weight 1); the gender, .9 (weight 2), nobody here says: half
    blue = np.array([0, 1, 0.1, 0.6, 0.4, 0.9, 0.5])
    assert kept.tolist() == pytest.approx((0.6 * blue + 1.8 * 0.5) / 2.4)


@pytest.mark.parametrize(
    ("but", "shift"),
    [
        ("red", [2.0, -1.0]),
        ("not blue", [0.0, -1.0]),
        ("red without stripes", [1.0, -2.0]),
        ("blue", [0.0, 2.0]),
        ("red fluffy", [6.0, -1.0]),
    ],
)
def test_words_move_the_vector_from_the_old_to_the_new(
    view: Snapshot, but: str, shift: list[float]
) -> None:
    found = composed(view, but, read)
    assert found.in_words
    assert found.shift is not None
    assert found.shift.tolist() == shift


def test_without_words_looks_move_it_where_examples_are_sure(make_view: MakeView) -> None:
    sides = np.repeat(np.eye(2, dtype=np.float32), 6, axis=0)
    shop = make_view([{"colour": "Red"}] * 6 + [{"colour": "Blue"}] * 6, sides)
    change = read_change("red", shop.columns)
    unsure = compose(shop, change, reference_of(shop, [], [SEEN]), no_words)
    assert unsure.shift is None
    liked = compose(shop, change, reference_of(shop, ["p006"], []), no_words)
    assert liked.shift is not None
    assert (liked.shift.tolist(), liked.in_words) == ([1.0, -1.0], False)


def test_tags_speak_the_vocabulary(make_view: MakeView) -> None:
    seen = {"pattern": ["stripe", 0.9, False], "gender": ["Men", 0.9, False]}
    view = make_view([{"tags": seen}], np.eye(1, 2, dtype=np.float32))
    assert view.matching({"pattern": "Striped", "gender": "men"}).tolist() == [True]
    assert view.tags_of("p000")["pattern"].value == "Striped"
    reference = reference_of(view, [], [{"pattern": Tag("stripe", 0.9, unsure=False)}])
    assert reference.facts == {"pattern": "Striped"}
