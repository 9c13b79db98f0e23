from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.encoders import SimilarityCalibration
from vitrine.encoders.calibration import read_calibration
from vitrine.errors import ConfigurationError

CURVE = SimilarityCalibration(score=(0.2, 0.6, 0.6, 1.0), probability=(0.0, 0.2, 0.4, 0.8))


@pytest.mark.parametrize(
    ("cosine", "probability"),
    [(-1, 0), (0.2, 0), (0.3, 0.05), (0.4, 0.1), (0.8, 0.6), (1, 0.8), (1.0001, 0.8)],
)
def test_straight_lines_between_the_points(cosine: float, probability: float) -> None:
    assert CURVE.probability(cosine) == pytest.approx(probability)


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=30).map(sorted))
def test_never_falls_and_stays_within_0_and_1(cosines: list[float]) -> None:
    found = CURVE.probability(cosines)
    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_shape_is_kept() -> None:
    assert CURVE.probability(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert CURVE.probability(np.float32(0.5)).shape == ()


@pytest.mark.parametrize(
    ("similarity", "complaint"),
    [
        ('{"score": [0, 1], "probability": [0.5, 0.4]}', "must not fall"),
        ('{"score": [1, 0], "probability": [0.5, 0.6]}', "must not fall"),
        ('{"score": [0, 1], "probability": [0.5]}', "same length"),
        ('{"score": [0], "probability": [1.5]}', "less than or equal to 1"),
        ('{"score": [], "probability": []}', "at least 1"),
    ],
)
def test_a_curve_that_makes_no_sense_is_refused(
    tmp_path: Path, similarity: str, complaint: str
) -> None:
    (tmp_path / "c.json").write_text(f'{{"similarity": {similarity}}}')
    with pytest.raises(ConfigurationError, match=complaint):
        read_calibration(tmp_path / "c.json")
