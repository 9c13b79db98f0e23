"""Learned spaces: what belongs together is near, and they survive being kept."""

from __future__ import annotations

import numpy as np
import pytest
from tests.recommend.conftest import NOW, Events
from tests.recommend.crowds import N_PRODUCTS, two_looks, two_tastes

from vitrine.errors import DataError
from vitrine.recommend import (
    LEARNERS,
    RECOMMENDERS,
    Asked,
    Learned,
    know,
    learn,
    learned_from_bytes,
    make_shelf,
)


@pytest.fixture(scope="module")
def learned() -> dict[str, Learned]:
    pytest.importorskip("implicit")
    from tests.recommend.conftest import event_rows

    from vitrine.recommend import behaviour_of

    return learn(tuple(LEARNERS), two_looks(), behaviour_of(event_rows(two_tastes())), NOW)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_visitor_is_near_what_his_like_choose(
    name: str, learned: dict[str, Learned], events: Events
) -> None:
    shelf = two_looks()
    knowledge = know(shelf, events(two_tastes()), NOW, learned=learned)
    found = RECOMMENDERS[name](knowledge).recommend(Asked(NOW, viewed=("p00", "p04")), 12)
    taste = [int(each.product_id[1:]) % 2 == 0 for each in found]
    assert sum(taste) >= 11
    assert {each.because for each in found[:6]} == {"similar-visitors"}


@pytest.mark.parametrize("name", LEARNERS)
def test_kept_and_read_again_it_is_the_same(name: str, learned: dict[str, Learned]) -> None:
    shelf = two_looks()
    before = learned[name].on(shelf)
    after = learned_from_bytes(name, learned[name].to_bytes()).on(shelf)
    rows, weights = np.array([2, 4]), np.array([0.5, 0.5], np.float32)
    everything = np.arange(N_PRODUCTS)
    visitor, again = before.visitor(rows, weights), after.visitor(rows, weights)
    assert visitor is not None
    assert again is not None
    assert np.allclose(before.scores(visitor, everything), after.scores(again, everything))
    with pytest.raises(DataError, match="these are no"):
        learned_from_bytes(name, b"something else")


def test_towers_place_what_nobody_met(learned: dict[str, Learned]) -> None:
    space = learned["two-tower"].on(two_looks())
    visitor = space.visitor(np.array([0, 4]), np.array([0.5, 0.5], np.float32))
    assert visitor is not None
    mine, other = space.scores(visitor, np.array([58, 59]))
    assert mine > other
    assert learned["als"].on(two_looks()).items[58:].any() == 0


def test_another_encoder_leaves_towers_empty(learned: dict[str, Learned]) -> None:
    other = make_shelf(["p00"], np.ones((1, 1), np.float32))
    assert not learned["two-tower"].on(other).items.any()


def test_a_visitor_of_whom_nothing_is_known_is_nowhere(learned: dict[str, Learned]) -> None:
    nothing = np.empty(0, np.int64), np.empty(0, np.float32)
    assert learned["als"].on(two_looks()).visitor(*nothing) is None
