from __future__ import annotations

import numpy as np
import pytest

from vitrine.encoders.model_row import Pooling
from vitrine.encoders.pooling import pool
from vitrine.errors import ShapeError

MAP = np.array([[[[1, 3]], [[2, 0]]]], np.float32)  # 1 photo, 2 features, 1 x 2 places
TOKENS = MAP[:, :, 0].transpose(0, 2, 1)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("avg", [(1 + 3) / 2, (2 + 0) / 2]),
        ("max", [3, 2]),
        ("gem", [((1**3 + 3**3) / 2) ** (1 / 3), ((2**3 + 0**3) / 2) ** (1 / 3)]),
    ],
)
def test_map_and_tokens_by_hand(pooling: Pooling, expected: list[float]) -> None:
    assert pool(MAP, pooling, 3.0)[0] == pytest.approx(expected)
    assert pool(TOKENS, pooling, 3.0)[0] == pytest.approx(expected)


def test_gem_lies_between_average_and_maximum() -> None:
    features = np.abs(np.random.default_rng(0).normal(size=(4, 6, 5, 3))).astype(np.float32)
    assert pool(features, "gem", 1.0) == pytest.approx(pool(features, "avg", 1.0), abs=1e-5)
    assert pool(features, "gem", 100.0) == pytest.approx(pool(features, "max", 1.0), rel=0.05)


def test_first_token() -> None:
    assert pool(TOKENS, "cls", 3.0).tolist() == [[1, 2]]


def test_none_leaves_vectors_alone() -> None:
    vectors = np.ones((2, 3), np.float32)
    assert pool(vectors, "none", 3.0) is vectors


@pytest.mark.parametrize(
    ("pooling", "shape"),
    [("none", (1, 2, 3)), ("none", (1, 2, 3, 4)), ("cls", (1, 2)), ("cls", (1, 2, 3, 4)),
     ("avg", (1, 2)), ("max", (1,)), ("gem", (1, 2, 3, 4, 5))],
)  # fmt: skip
def test_what_does_not_go_together(pooling: Pooling, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="does not go with"):
        pool(np.ones(shape, np.float32), pooling, 3.0)
