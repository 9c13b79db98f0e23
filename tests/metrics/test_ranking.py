from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from vitrine.errors import ShapeError, UsageError
from vitrine.metrics import (
    average_precision_at,
    precision_at,
    recall_at,
    reciprocal_of,
    reciprocal_rank,
)

lists = arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 8)))


def one(*hits: int) -> np.ndarray:
    return np.array([hits], bool)


@pytest.mark.parametrize(
    ("hits", "n_relevant", "expected"),
    [
        ((1, 0, 1), 2, (1 / 1 + 2 / 3) / 2),
        ((1, 0, 1), 3, (1 / 1 + 2 / 3) / 3),
        ((0, 1, 0), 1, 1 / 2),
        ((1, 1, 1), 50, 1),
        ((0, 0, 0), 4, 0),
        ((0, 0, 0), 0, 0),
    ],
)
def test_average_precision_by_hand(hits: tuple[int, ...], n_relevant: int, expected: float) -> None:
    assert average_precision_at(one(*hits), 3, np.array([n_relevant]))[0] == pytest.approx(expected)


def test_recall_and_precision_by_hand() -> None:
    relevant = np.array([[0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1]], bool)
    assert recall_at(relevant, 1).tolist() == [0, 0, 1]
    assert recall_at(relevant, 2).tolist() == [1, 0, 1]
    assert precision_at(relevant, 4).tolist() == [2 / 4, 0, 2 / 4]


def test_reciprocal_rank_by_hand() -> None:
    relevant = np.array([[0, 0, 1], [1, 1, 0], [0, 0, 0]], bool)
    assert reciprocal_rank(relevant).tolist() == [1 / 3, 1, 0]
    assert reciprocal_of(np.array([3, 1, 0])).tolist() == [1 / 3, 1, 0]
    assert reciprocal_rank(np.zeros((2, 0), bool)).tolist() == [0, 0]


@given(arrays(bool, st.integers(1, 12)))
def test_average_precision_of_the_whole_list_is_that_of_scikit_learn(hits: np.ndarray) -> None:
    if not hits.any():
        return
    scores = -np.arange(len(hits))
    found = average_precision_at(hits[None], len(hits), np.array([hits.sum()]))
    assert found[0] == pytest.approx(average_precision_score(hits, scores))


@given(lists)
def test_bounds_and_monotony(relevant: np.ndarray) -> None:
    n_relevant = relevant.sum(axis=1)
    recalls = [recall_at(relevant, k) for k in range(1, relevant.shape[1] + 1)]
    assert all((a <= b).all() for a, b in pairwise(recalls))
    for k in range(1, relevant.shape[1] + 1):
        precision = average_precision_at(relevant, k, n_relevant)
        assert ((precision >= 0) & (precision <= 1 + 1e-12)).all()
        assert (precision_at(relevant, k) * k <= n_relevant + 1e-12).all()
        assert (recall_at(relevant, k) >= precision_at(relevant, k)).all()
    assert (reciprocal_rank(relevant) >= recalls[0]).all()


@given(lists)
def test_moving_a_relevant_hit_up_never_costs(relevant: np.ndarray) -> None:
    n_relevant = relevant.sum(axis=1)
    k = relevant.shape[1]
    best = -np.sort(-relevant.astype(int), axis=1) > 0
    assert (
        average_precision_at(best, k, n_relevant)
        >= average_precision_at(relevant, k, n_relevant) - 1e-12
    ).all()
    assert average_precision_at(best, k, n_relevant) == pytest.approx((n_relevant > 0) * 1.0)


def test_wrong_arguments_say_so() -> None:
    with pytest.raises(ShapeError, match="hold 2 hits; for k = 3"):
        recall_at(one(1, 0), 3)
    with pytest.raises(UsageError, match="k is 0"):
        precision_at(one(1, 0), 0)
    with pytest.raises(ShapeError, match=r"expected \(n, k\)"):
        reciprocal_rank(np.array([True]))
    with pytest.raises(ShapeError, match="relevant has 1, n_relevant has 2"):
        average_precision_at(one(1, 0), 1, np.array([1, 1]))
