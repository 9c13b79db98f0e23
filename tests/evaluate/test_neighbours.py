from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from vitrine.errors import ShapeError
from vitrine.evaluate.neighbours import (
    count_relevant,
    first_rank,
    nearest,
    rank_of_best,
    relevant_hits,
)
from vitrine.vectors import unit

labels = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 4)), min_size=1, max_size=25)


def vectors(n: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, 8)))


def test_as_scikit_learn_ranks_them() -> None:
    gallery, queries = vectors(700), vectors(600, 1)
    oracle = NearestNeighbors(n_neighbors=7, metric="cosine").fit(gallery)
    expected = oracle.kneighbors(queries, return_distance=False)
    assert np.array_equal(nearest(queries, gallery, 7), expected)


def test_rows_of_any_length_are_ranked_by_their_distance() -> None:
    rng = np.random.default_rng(3)
    gallery = rng.gamma(2.0, 9.0, (400, 16)).astype(np.float32)
    queries = rng.gamma(2.0, 9.0, (100, 16)).astype(np.float32)
    oracle = NearestNeighbors(n_neighbors=7, algorithm="brute").fit(gallery)
    expected = oracle.kneighbors(queries, return_distance=False)
    assert np.array_equal(nearest(queries, gallery, 7), expected)
    by_angle = NearestNeighbors(n_neighbors=7, metric="cosine").fit(gallery)
    assert not np.array_equal(expected, by_angle.kneighbors(queries, return_distance=False))
    codes = np.arange(400)
    assert (first_rank(queries, gallery, (expected[:, 2], codes)) == 3).all()


def test_what_is_excluded_is_never_found() -> None:
    gallery = vectors(50)
    groups = np.arange(50) // 5
    near = nearest(gallery, gallery, 45, (groups, groups))
    assert (groups[near] != groups[:, None]).all()
    assert nearest(gallery, gallery, 50, (groups, groups))[:, 45:].tolist() == [[-1] * 5] * 50


def test_a_gallery_smaller_than_asked_for() -> None:
    assert nearest(vectors(2), vectors(1), 3).tolist() == [[0, -1, -1], [0, -1, -1]]
    assert nearest(vectors(2), vectors(0), 2).tolist() == [[-1, -1], [-1, -1]]


def test_dimensions_must_agree() -> None:
    with pytest.raises(ShapeError, match=r"queries are \(2, 8\), the gallery is \(3, 2\)"):
        nearest(vectors(2), unit(np.ones((3, 2))), 1)


def test_hits_by_hand() -> None:
    near = np.array([[1, 2, -1], [0, 2, 1]])
    hits = relevant_hits(near, np.array([7, -1]), np.array([7, 7, -1]))
    assert hits.tolist() == [[True, False, False], [False, False, False]]


def test_ranks_by_hand() -> None:
    gallery = unit(np.array([[1.0, 0], [1, 0.5], [1, 1], [0, 1]]))
    query = unit(np.array([[1.0, 0]]))
    codes = np.array([1, 2, 3, 2])
    assert first_rank(query, gallery, (np.array([1]), codes)).tolist() == [1]
    assert first_rank(query, gallery, (np.array([2]), codes)).tolist() == [2]
    assert first_rank(query, gallery, (np.array([9]), codes)).tolist() == [0]


def test_ties_count_by_half() -> None:
    scores = np.zeros((1, 5))
    assert rank_of_best(scores, np.array([[True, False, False, False, False]])).tolist() == [3]
    assert rank_of_best(scores, np.array([[True, True, False, False, False]])).tolist() == [2]


@given(labels)
def test_relevant_ones_are_counted(pairs: list[tuple[int, int]]) -> None:
    label, group = (np.array(column) for column in zip(*pairs, strict=True))
    expected = [sum(a >= 0 and a == b and g != h for b, h in pairs) for a, g in pairs]
    assert count_relevant(label, group).tolist() == expected


@given(st.integers(0, 1000))
def test_the_order_of_the_gallery_makes_no_difference(seed: int) -> None:
    gallery, queries = vectors(30), vectors(4, 1)
    order = np.random.default_rng(seed).permutation(30)
    found = nearest(queries, gallery[order], 5)
    assert np.array_equal(order[found], nearest(queries, gallery, 5))
