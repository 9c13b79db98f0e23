from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vitrine.errors import ShapeError
from vitrine.vectors import unit

FINITE = st.floats(-(2.0**99), 2.0**99, width=32)


@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2), elements=FINITE))
def test_every_row_has_length_one_or_is_zero(vectors: np.ndarray) -> None:
    for before, after in zip(vectors, unit(vectors), strict=True):
        length = math.sqrt(sum(float(x) ** 2 for x in after))
        assert length == pytest.approx(1.0 if before.any() else 0.0, abs=1e-5)


def test_direction_is_kept() -> None:
    assert unit(np.array([[3.0, 4.0], [0.0, 0.0]])) == pytest.approx(
        np.array([[3 / 5, 4 / 5], [0, 0]])
    )


def test_result_is_float32_and_input_untouched() -> None:
    vectors = np.array([[3.0, 4.0]])
    assert unit(vectors).dtype == np.float32
    assert vectors.tolist() == [[3.0, 4.0]]


def test_no_rows_stay_no_rows() -> None:
    assert unit(np.zeros((0, 7), np.float32)).shape == (0, 7)
    assert unit(np.zeros((7, 0), np.float32)).shape == (7, 0)


@pytest.mark.parametrize("shape", [(3,), (1, 2, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"expected \(n, dim\)"):
        unit(np.zeros(shape))
