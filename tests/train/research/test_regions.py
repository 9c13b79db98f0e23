from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vitrine.encoders import ENCODERS, encoder_folder
from vitrine.errors import ShapeError, UsageError
from vitrine.settings import Settings
from vitrine.train.research.regions import (
    RegionHit,
    compare_lists,
    recommend_by_region,
    see_regions,
)

GALLERY = np.array(
    [
        [[0, 0], [9, 9]],  # like the first region
        [[5, 5], [0, 2]],  # its second is near the first region
        [[7, 7], [5, 4]],  # near the second region
        [[5, 5], [8, 8]],  # the second region itself
    ],
    np.float32,
)
ASKED = np.array([[0, 1], [5, 5]], np.float32)


def test_regions_take_turns_and_no_photo_comes_twice() -> None:
    # first region: rows 0 and 1 at 1, then 2 and 3; second: rows 1 and 3 at 0, then 2 at 1
    first, *others = recommend_by_region(ASKED, GALLERY, 4)
    assert first == RegionHit(0, 0, 0, 1.0)
    assert [(hit.row, hit.region, hit.their_region) for hit in others] == [
        (1, 1, 0),
        (2, 0, 1),
        (3, 1, 0),
    ]
    assert [hit.distance for hit in others] == pytest.approx([0.0, 34**0.5, 0.0])


def test_what_is_left_out_is_not_found_and_the_gallery_may_be_small() -> None:
    left_out = np.array([True, False, False, True])
    found = recommend_by_region(ASKED, GALLERY, 9, left_out)
    assert [(hit.row, hit.region) for hit in found] == [(1, 0), (2, 1)]
    assert recommend_by_region(ASKED, GALLERY, 0) == []
    with pytest.raises(ShapeError, match="does not go with"):
        recommend_by_region(ASKED[:, :1], GALLERY, 2)


def test_how_varied_lists_are_by_hand() -> None:
    types = np.array([0, 0, 1, 2, -1])
    plain, merged = np.array([[0, 1, 4], [0, 1, 2]]), np.array([[0, 2, 3], [0, 1, 3]])
    found = compare_lists(plain, merged, {"types": types})
    before, after = found["different types"]
    assert (before.figure, after.figure) == ((1 + 2) / 2, (3 + 2) / 2)
    assert found["share of the plain list"][1].figure == pytest.approx((1 / 3 + 2 / 3) / 2)


def test_a_model_without_regions(tmp_path: Path) -> None:
    folder = encoder_folder(ENCODERS["default"], Settings())
    assert folder is not None
    with pytest.raises(UsageError, match="looks at no regions"):
        see_regions(folder, [tmp_path / "photo.png"])
