from __future__ import annotations

import numpy as np
import pytest

from vitrine.colours import COLOUR_NAMES, COMMON_COLOURS, lab_from_rgb, name_of, nearest_names


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((10, 10, 10), "Black"),
        ((250, 250, 250), "White"),
        ((150, 150, 150), "Grey"),
        ((200, 25, 40), "Red"),
        ((20, 30, 70), "Navy Blue"),
        ((70, 125, 170), "Blue"),
        ((90, 60, 40), "Brown"),
        ((70, 140, 80), "Green"),
        ((250, 220, 90), "Yellow"),
        ((240, 130, 40), "Orange"),
        ((95, 20, 40), "Maroon"),
        ((240, 60, 130), "Pink"),
        ((80, 40, 110), "Purple"),
        ((20, 120, 120), "Teal"),
    ],
)
def test_colours_that_everyone_agrees_on(rgb: tuple[int, int, int], name: str) -> None:
    assert name_of(lab_from_rgb(np.array(rgb, np.uint8)))[0] == name


def test_words_are_distinct_and_enough() -> None:
    assert len(set(COLOUR_NAMES)) == len(COLOUR_NAMES) >= 40
    assert set(COLOUR_NAMES) > COMMON_COLOURS


def test_many_colours_are_named_as_one_by_one() -> None:
    lab = lab_from_rgb(np.random.default_rng(0).integers(0, 256, (50, 3), np.uint8))
    rows, distances = nearest_names(lab)
    one_by_one = [name_of(colour) for colour in lab]
    assert [COLOUR_NAMES[row] for row in rows] == [name for name, _ in one_by_one]
    assert distances.tolist() == pytest.approx([distance for _, distance in one_by_one])


def test_distance_tells_a_stretch_from_a_fit() -> None:
    assert name_of(np.array([20, 0, 0], np.float32))[1] == pytest.approx(0, abs=1e-3)
    assert name_of(np.array([60, 90, -90], np.float32))[1] > 15
