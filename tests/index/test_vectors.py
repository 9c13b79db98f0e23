from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vitrine.errors import ShapeError
from vitrine.index import VectorIndex, empty_index
from vitrine.types import Vectors
from vitrine.vectors import unit


def some_vectors(n: int, dim: int, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


def brute_force(
    vectors: Vectors, query: Vectors, k: int, allowed: NDArray[np.bool_]
) -> list[tuple[int, float]]:
    """Inner products over the same float16 numbers, in float64, by numpy alone."""
    halves = vectors.astype(np.float16).astype(np.float64)
    scores = halves @ query.astype(np.float64)
    rows = sorted(np.flatnonzero(allowed), key=lambda row: (-scores[row], row))
    return [(int(row), float(scores[row])) for row in rows[:k]]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05, 0.001])
@pytest.mark.parametrize("n_segments", [1, 3, 12])
def test_search_equals_brute_force_over_the_same_float16_vectors(
    share: float, n_segments: int
) -> None:
    n, dim = 3000, 32
    vectors = some_vectors(n, dim)
    index = empty_index(dim)
    for part in np.array_split(vectors, n_segments):
        index = index.add(part)
    allowed = np.random.default_rng(1).random(n) < share
    for query in some_vectors(5, dim, seed=2):
        scores, rows = index.search(query, 10, allowed)
        expected = brute_force(vectors, query, 10, allowed)
        assert len(rows) == len(expected) == min(10, np.count_nonzero(allowed))
        assert scores == pytest.approx([score for _, score in expected], abs=1e-5)
        assert set(rows.tolist()) == {row for row, _ in expected}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 12)),
            st.tuples(st.just("remove"), st.integers(0, 40)),
        ),
        max_size=20,
    )
)
def test_any_sequence_of_adds_and_removes_answers_like_a_fresh_index(
    steps: list[tuple[str, int]],
) -> None:
    dim = 6
    index, kept = empty_index(dim), np.empty((0, dim), np.float32)
    alive = np.empty(0, np.bool_)
    for number, (step, size) in enumerate(steps):
        if step == "add":
            fresh = some_vectors(size, dim, seed=number)
            index, kept = index.add(fresh), np.concatenate([kept, fresh])
            alive = np.concatenate([alive, np.ones(size, np.bool_)])
        elif size < len(alive):
            index = index.remove(np.array([size]))
            alive[size] = False
    query = some_vectors(1, dim, seed=99)[0]
    scores, rows = index.search(query, 5)
    expected = brute_force(kept, query, 5, alive)
    assert rows.tolist() == [row for row, _ in expected]
    assert scores == pytest.approx([score for _, score in expected], abs=1e-5)


def test_an_old_view_is_untouched_by_what_came_after() -> None:
    vectors = some_vectors(20, 4)
    old = empty_index(4).add(vectors[:10])
    new = old.add(vectors[10:]).remove(np.array([0]))
    assert (old.n_rows, new.n_rows) == (10, 20)
    assert old.search(vectors[0], 1)[1].tolist() == [0]
    assert 0 not in new.search(vectors[0], 20)[1]


def test_vectors_come_back_as_float16_keeps_them() -> None:
    vectors = some_vectors(30, 8)
    index = empty_index(8).add(vectors[:7]).add(vectors[7:])
    rows = np.array([29, 0, 7, 6])
    assert np.array_equal(index.vectors(rows), vectors[rows].astype(np.float16).astype(np.float32))


def test_nothing_allowed_gives_nothing() -> None:
    index: VectorIndex = empty_index(3)
    query = np.array([1, 0, 0], np.float32)
    assert len(index.search(query, 5)[1]) == 0
    index = index.add(some_vectors(4, 3))
    assert len(index.search(query, 5, np.zeros(4, np.bool_))[1]) == 0
    assert len(index.search(query, 5, np.ones(4, np.bool_))[1]) == 4


def test_another_dimension_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"shape \(2, 5\); expected \(n, 3\)"):
        empty_index(3).add(some_vectors(2, 5))
