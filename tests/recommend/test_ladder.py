"""Lists of every recommender, and the steps of the ladder."""

from __future__ import annotations

import numpy as np
import pytest
from tests.recommend.conftest import NOW, Events

from vitrine.recommend import RECOMMENDERS, Asked, Behaviour, Shelf, blend, know

NOBODY: list[tuple[str, str, str, float]] = []
CROWD = [
    (f"v{n}", "purchase-complete", f"p{product:02}", 1.0)
    for product, n_visitors in ((12, 9), (21, 6), (33, 3))
    for n in range(n_visitors)
]


def ids(shelf: Shelf, behaviour: Behaviour, asked: Asked, k: int = 5) -> list[str]:
    return [each.product_id for each in blend(know(shelf, behaviour, NOW)).recommend(asked, k)]


@pytest.mark.parametrize("name", RECOMMENDERS)
@pytest.mark.parametrize("crowd", [NOBODY, CROWD])
def test_every_recommender_keeps_its_word(
    name: str, crowd: list[tuple[str, str, str, float]], shelf: Shelf, events: Events
) -> None:
    behaviour = events([*crowd, ("v", "like", "p05", 0.1), ("v", "dislike", "p31", 0.1)])
    recommender = RECOMMENDERS[name](know(shelf, behaviour, NOW))
    among = np.arange(40) % 3 > 0
    asked = Asked(NOW, "v", liked=("p01",), disliked=("p11",), among=among)
    found = recommender.recommend(asked, 100)
    assert recommender.name == name
    assert sorted(each.product_id for each in found) == [
        f"p{row:02}" for row in range(40) if row % 3 and row not in (1, 11, 31)
    ]
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert recommender.recommend(asked, 7) == recommender.recommend(asked, 7)
    assert len(recommender.recommend(asked, 7)) == 7


def test_strangers_get_what_is_popular(shelf: Shelf, events: Events) -> None:
    found = blend(know(shelf, events(CROWD), NOW)).recommend(Asked(NOW), 3)
    assert [each.product_id for each in found] == ["p12", "p21", "p33"]
    assert {each.because for each in found} == {"popular"}


def test_without_any_event_the_newest_come_first(shelf: Shelf, events: Events) -> None:
    found = blend(know(shelf, events(NOBODY), NOW)).recommend(Asked(NOW), 3)
    assert {each.because for each in found} == {"new"}
    assert found[0].product_id == "p39"


def test_one_like_shows_what_looks_like_it(shelf: Shelf, events: Events) -> None:
    step, found = blend(know(shelf, events(CROWD), NOW)).answer(Asked(NOW, liked=("p05",)), 5)
    assert step == "like"
    assert {each.product_id[:2] for each in found} == {"p0"}
    assert {each.because for each in found} == {"liked"}
    assert {each.product_ids for each in found} == {("p05",)}
