from __future__ import annotations

import numpy as np
import pytest

from vitrine.colours import GarmentColour, rgb_from_lab
from vitrine.styles import palette_of


def colour(lab: tuple[float, float, float], share: float) -> GarmentColour:
    red, green, blue = (int(value) for value in rgb_from_lab(np.array(lab, np.float32)))
    return GarmentColour("", lab, (red, green, blue), share)


def test_shades_are_one_colour_and_traces_none() -> None:
    navy = [[colour((27 + n, 2, -9), 0.9), colour((49, 46, 22), 0.1)] for n in range(4)]
    speck = [[colour((86, -3, 50), 0.1)]]
    found = palette_of([*navy, *speck])
    assert [each.name for each in found] == ["Navy Blue", "Red"]
    assert [each.share for each in found] == pytest.approx([3.6 / 4.1, 0.4 / 4.1])
    red, green, blue = (int(found[0].hex[at : at + 2], 16) for at in (1, 3, 5))
    assert red < blue
    assert green < blue


def test_colours_of_one_name_are_summed() -> None:
    found = palette_of([[colour((6, 0, 0), 0.3), colour((24, 0, 0), 0.7)]])
    assert [(each.name, round(each.share, 3)) for each in found] == [("Black", 1.0)]
    assert found[0].hex == "#393939"


def test_without_photos_there_is_none() -> None:
    assert palette_of([]) == ()
    assert palette_of([[], []]) == ()
