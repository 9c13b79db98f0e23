from __future__ import annotations

from pathlib import Path

import pytest

from vitrine.encoders.calibration import read_calibration
from vitrine.errors import ConfigurationError


def test_a_measured_curve_is_part_of_the_row(tmp_path: Path) -> None:
    written = '{"similarity": {"score": [0.2, 0.6, 1], "probability": [0, 0.2, 0.8]}}'
    (tmp_path / "c.json").write_text(written)
    found = read_calibration(tmp_path / "c.json").similarity
    assert found is not None
    assert found.curve == ((0.2, 0.0), (0.6, 0.2), (1.0, 0.8))


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
