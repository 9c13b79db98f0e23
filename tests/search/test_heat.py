from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.search import Box, heat_map


def test_without_margins_the_cells_stay_as_they_are() -> None:
    parts = np.array([[0.1, -0.2], [0.3, 0.4]])
    heat = heat_map(parts, (0.0, 0.0, 1.0, 1.0))
    assert heat.values == pytest.approx(parts)
    assert (heat.box.sides, heat.margins) == ((0, 0, 1, 1), 0)


def test_margins_are_added_to_all_cells_alike() -> None:
    parts = np.array([[0.5], [0.1], [0.3], [0.1]])  # the photo fills the two cells in the middle
    heat = heat_map(parts, (0.0, -0.5, 1.0, 1.5))
    assert heat.values == pytest.approx(np.array([[0.1 + 0.3], [0.3 + 0.3]]))
    assert heat.margins == pytest.approx(0.6)


def test_a_frame_within_the_photo_lies_there() -> None:
    heat = heat_map(np.ones((2, 2)), (0.25, 0.0, 0.75, 1.0), Box(0.5, 0.0, 1.0, 0.5))
    assert heat.box.sides == (0.625, 0, 0.875, 0.5)


def test_as_json() -> None:
    shown = heat_map(np.array([[0.25, 0.5]]), (0.0, 0.0, 1.0, 1.0)).to_json()
    assert shown == {
        "rows": 1,
        "columns": 2,
        "box": [0, 0, 1, 1],
        "margins": 0,
        "values": [[0.25, 0.5]],
    }


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.integers(0, 2**31),
)
def test_nothing_gets_lost(rows: int, columns: int, beyond: list[float], seed: int) -> None:
    """Wherever the frame lies, if it meets the photo at all."""
    left, top = (min(side, 0.4) for side in beyond[:2])
    right, bottom = (1 + max(side, -0.4) for side in beyond[2:])
    parts = np.random.default_rng(seed).normal(size=(rows, columns))
    heat = heat_map(parts, (left, top, right, bottom), Box(0.1, 0.2, 0.6, 0.7))
    assert float(heat.values.sum()) == pytest.approx(parts.sum(), abs=1e-4)
    assert heat.box.left >= 0.1
    assert heat.box.top >= 0.2
    assert heat.box.right <= 0.6
    assert heat.box.bottom <= 0.7
