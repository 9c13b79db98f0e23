from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from vitrine.images import is_whole_thumbnail, thumbnail


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((640, 480), (320, 240)),
        ((480, 640), (240, 320)),
        ((320, 320), (320, 320)),
        ((60, 80), (60, 80)),
        ((20_000, 1), (320, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_it_fits_the_square_and_is_never_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    small = opened(thumbnail(Image.new("RGB", size, (200, 40, 30))))
    assert (small.format, small.size) == ("WEBP", expected)
    assert np.abs(np.asarray(small).astype(int) - (200, 40, 30)).max() <= 6


def test_no_metadata_is_written_and_the_picture_stays_as_it_was() -> None:
    image = Image.new("RGB", (400, 300), (1, 2, 3))
    image.info = {"exif": b"Exif\0\0secret", "icc_profile": b"secret", "xmp": b"secret"}
    data = thumbnail(image, side_px=100)
    assert b"secret" not in data
    assert opened(data).size == (100, 75)
    assert image.size == (400, 300)
    assert "exif" in image.info


def test_a_thumbnail_that_is_no_whole_picture_is_told_apart() -> None:
    whole = thumbnail(Image.new("RGB", (400, 300), (1, 2, 3)))
    assert is_whole_thumbnail(whole)
    for broken in (b"", b"hello", whole[:-1], whole[: len(whole) // 2], b"\x89PNG" + whole):
        assert not is_whole_thumbnail(broken)
