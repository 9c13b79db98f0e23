from __future__ import annotations

import pytest

from vitrine.errors import ImageError
from vitrine.images import ImageLimits, image_limits
from vitrine.settings import Settings


def test_a_message_says_the_value_and_the_limit() -> None:
    limits = ImageLimits()
    with pytest.raises(ImageError, match="20000 x 20000 px; at most 120,000,000 pixels"):
        limits.check_size(20_000, 20_000)
    with pytest.raises(ImageError, match=r"has 52,428,801 bytes; at most 52,428,800"):
        limits.check_bytes(50 * 2**20 + 1)


@pytest.mark.parametrize(
    ("n_pixels", "allowed"),
    [(1, 100), (14_400_000, 100), (28_800_000, 50), (120_000_000, 12)],
)
def test_large_jpegs_may_have_fewer_scans(n_pixels: int, allowed: int) -> None:
    limits = ImageLimits()
    limits.check_scans(allowed, n_pixels)
    with pytest.raises(ImageError, match=f"more than {allowed} scans"):
        limits.check_scans(allowed + 1, n_pixels)


def test_settings_are_in_megabytes_and_megapixels() -> None:
    assert image_limits(Settings()) == ImageLimits()
    smaller = image_limits(Settings(max_photo_mb=0.5, max_photo_megapixels=1.5))
    assert (smaller.max_bytes, smaller.max_pixels) == (524_288, 1_500_000)
