from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from vitrine.encoders.calibration import HeadCalibration, Levels, read_calibration
from vitrine.encoders.tag_heads import (
    read_labels,
    tags_of,
)
from vitrine.errors import ConfigurationError


def test_softmax_by_hand() -> None:
    logits = np.array([[0, math.log(3)], [math.log(9), 0]], np.float32)
    first, second = tags_of(logits, ("a", "b"), HeadCalibration(unsure_below=0.8))
    assert (first.value, second.value) == ("b", "a")
    assert first.confidence == pytest.approx(3 / 4)
    assert second.confidence == pytest.approx(9 / 10)
    assert (first.unsure, second.unsure) == (True, False)


def test_temperature_softens() -> None:
    logits = np.array([[0, math.log(9)]], np.float32)
    [tag] = tags_of(logits, ("a", "b"), HeadCalibration(temperature=2.0))
    assert tag.confidence == pytest.approx(3 / 4)


def test_huge_logits_stay_finite() -> None:
    [tag] = tags_of(np.array([[1e30, -1e30]], np.float32), ("a", "b"), HeadCalibration())
    assert tag.confidence == 1


def test_levels_by_hand() -> None:
    said = '{"of": {"Sports": 0, "Formal": 1}, "score": [0.25, 0.75], "level": [0.1, 0.5]}'
    calibration = HeadCalibration(levels=Levels.model_validate_json(said))
    logits = np.log(np.array([[1, 1, 2], [3, 1, 4], [1, 9, 90]], np.float32))
    tags = tags_of(logits, ("Sports", "Formal", "Home"), calibration)
    # Formal against Sports: 1/2, 1/4, 9/10; Home has no level
    assert [tag.level for tag in tags] == pytest.approx([0.3, 0.1, 0.5])
    assert tags_of(logits, ("Sports", "Formal", "Home"), HeadCalibration())[0].level is None


def test_no_files_mean_no_heads() -> None:
    assert read_labels(None) == {}
    assert read_calibration(None).heads == {}


def test_files(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text('{"sleeve": ["long", "short"]}')
    heads = '{"sleeve": {"temperature": 2, "unsure_below": 0.9, "coverage": 0.3}}'
    (tmp_path / "c.json").write_text(f'{{"heads": {heads}, "notes": {{}}}}')
    assert read_labels(tmp_path / "l.json") == {"sleeve": ("long", "short")}
    sleeve = read_calibration(tmp_path / "c.json").of_head("sleeve")
    assert (sleeve.temperature, sleeve.unsure_below) == (2, 0.9)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"heads": {"sleeve": {"temperature": 0}}}', '{"heads": 3}']
)
def test_files_of_another_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"c\.json") as caught:
        read_calibration(tmp_path / "c.json")
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_labels(tmp_path / "gone.json")
