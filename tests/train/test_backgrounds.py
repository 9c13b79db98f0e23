from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.train.backgrounds import read_backgrounds


@pytest.fixture
def street(tmp_path: Path) -> tuple[str, str]:
    """A green street with a red person in the right half; the mask is half as large."""
    photo = np.zeros((120, 100, 3), np.uint8)
    photo[:, :50], photo[:, 50:] = (0, 200, 0), (200, 0, 0)
    Image.fromarray(photo).save(tmp_path / "street.png")
    classes = np.zeros((60, 50), np.uint8)
    classes[:, 25:] = 7
    Image.fromarray(classes).save(tmp_path / "mask.png")
    return str(tmp_path / "street.png"), str(tmp_path / "mask.png")


def test_windows_show_no_person(street: tuple[str, str]) -> None:
    windows = read_backgrounds([street], 24, 18)
    assert windows.shape[1:] == (24, 18, 3)
    assert 1 <= len(windows) <= 4
    assert (windows[..., 0] > windows[..., 1]).mean() < 0.1
    assert np.array_equal(windows, read_backgrounds([street], 24, 18))


def test_scenes_that_cannot_be_read_are_passed_over(
    street: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(Path(street[1]).read_bytes()[:60])
    broken = (street[0], str(tmp_path / "broken.png"))
    gone = (str(tmp_path / "gone.png"), street[1])
    windows = read_backgrounds([street], 24, 18)
    assert len(read_backgrounds([street, broken, gone], 24, 18)) == len(windows)


def test_without_scenes_some_are_drawn() -> None:
    drawn = read_backgrounds([], 24, 18)
    assert drawn.shape == (64, 24, 18, 3)
    assert len(np.unique(drawn.reshape(64, -1), axis=0)) == 64
