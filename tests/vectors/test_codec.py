from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitrine.errors import ShapeError
from vitrine.vectors import from_float16_bytes, to_float16_bytes, unit

NUMBERS = st.floats(-65504, 65504, width=16)


@given(arrays(np.float32, st.integers(0, 40), elements=NUMBERS))
def test_bytes_are_what_struct_writes(vector: np.ndarray) -> None:
    expected = struct.pack(f"<{len(vector)}e", *(float(x) for x in vector))
    assert to_float16_bytes(vector) == expected


@given(arrays(np.float32, (3, 5), elements=NUMBERS))
def test_round_trip(vectors: np.ndarray) -> None:
    blobs = [to_float16_bytes(vector) for vector in vectors]
    assert (from_float16_bytes(blobs, 5) == vectors).all()


def test_unit_vectors_lose_less_than_a_thousandth() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(50, 256)))
    back = from_float16_bytes([to_float16_bytes(v) for v in vectors], 256)
    assert np.abs(back - vectors).max() < 1e-3


def test_result_is_writable_float32() -> None:
    back = from_float16_bytes([to_float16_bytes(np.ones(4))], 4)
    assert back.dtype == np.float32
    back[0, 0] = 2.0


def test_no_blobs_give_no_rows() -> None:
    assert from_float16_bytes([], 9).shape == (0, 9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 70000.0])
def test_what_float16_cannot_hold_is_refused(bad: float) -> None:
    with pytest.raises(ShapeError, match="number 1 of the vector"):
        to_float16_bytes(np.array([0.5, bad]))


def test_a_matrix_is_no_vector() -> None:
    with pytest.raises(ShapeError, match=r"expected \(dim,\)"):
        to_float16_bytes(np.ones((1, 4)))


def test_a_blob_of_another_dimension_is_refused() -> None:
    blobs = [to_float16_bytes(np.ones(4)), to_float16_bytes(np.ones(3))]
    with pytest.raises(ShapeError, match="vector 1 has 6 bytes; 4 float16 numbers need 8"):
        from_float16_bytes(blobs, 4)
