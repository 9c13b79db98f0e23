from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.search import fuse

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=1, max_size=4)


def test_reciprocal_ranks_are_added() -> None:
    fused = dict(fuse([["a", "b"], ["b"]]))
    assert fused == pytest.approx({"b": (1 / 62 + 1 / 61) / (2 / 61), "a": 0.5})


def test_first_everywhere_is_one() -> None:
    assert fuse([["a", "b"], ["a", "c"], ["a"]])[0] == ("a", pytest.approx(1.0))
    assert fuse([[], []]) == []


@given(RANKINGS)
def test_scores_are_shares_in_order_and_ids_come_once(rankings: list[list[str]]) -> None:
    fused = fuse(rankings)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
    assert sorted(product_id for product_id, _ in fused) == sorted(set().union(*rankings))


@given(RANKINGS)
def test_one_ranking_keeps_its_order(rankings: list[list[str]]) -> None:
    assert [product_id for product_id, _ in fuse(rankings[:1])] == rankings[0]
