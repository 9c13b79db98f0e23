from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.search import fuse, reciprocal_ranks

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=1, max_size=4)
DAMPINGS = st.floats(0, 100)


def test_reciprocal_ranks_are_added() -> None:
    fused = dict(fuse([(1.0, reciprocal_ranks(["a", "b"])), (1.0, reciprocal_ranks(["b"]))]))
    assert fused == pytest.approx({"b": (1 / 62 + 1 / 61) / (2 / 61), "a": 0.5})


def test_first_everywhere_is_one() -> None:
    both = [(2.0, reciprocal_ranks(["a", "b"], 1)), (0.5, reciprocal_ranks(["a", "c"], 10))]
    assert fuse(both)[0] == ("a", pytest.approx(1.0))
    assert fuse([(1.0, {}), (1.0, {})]) == []


@given(RANKINGS, DAMPINGS)
def test_scores_are_shares_in_order_and_ids_come_once(
    rankings: list[list[str]], damping: float
) -> None:
    fused = fuse([(1.0, reciprocal_ranks(ranking, damping)) for ranking in rankings])
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
    assert sorted(product_id for product_id, _ in fused) == sorted(set().union(*rankings))


@given(RANKINGS, DAMPINGS)
def test_one_ranking_keeps_its_order(rankings: list[list[str]], damping: float) -> None:
    ranks = reciprocal_ranks(rankings[0], damping)
    assert [product_id for product_id, _ in fuse([(1.0, ranks)])] == rankings[0]
