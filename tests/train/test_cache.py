from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.encoders.pixels import fit_pixels
from vitrine.errors import DataError
from vitrine.images import decode
from vitrine.train.cache import Frame, build_cache, open_cache
from vitrine.train.photos import Photo
from vitrine.types import Pixels

FRAME = Frame((40, 32))
SIZES = {"large": (96, 120), "small": (18, 22), "tall": (20, 90)}


@pytest.fixture
def photos(tmp_path: Path) -> list[Photo]:
    """Three photos of noise, and one that is none in their midst."""
    rng = np.random.default_rng(0)
    for name, (width, height) in SIZES.items():
        noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    names = ("large", "broken", "small", "tall", "gone")
    return [Photo(str(tmp_path / f"{name}.png"), "csv", name) for name in names]


def seen(photo: Photo, size: tuple[int, int]) -> Pixels:
    return fit_pixels(decode(Path(photo.path).read_bytes()).image, *size)


def test_pixels_by_row_and_reasons_for_the_rest(photos: list[Photo], tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []
    folder = tmp_path / "cache"
    kept, left_out = build_cache(photos, [], FRAME, folder, lambda done, n: asked.append((done, n)))
    assert [photo.photo_id for photo in kept] == ["large", "small", "tall"]
    assert {Path(path).stem for path in left_out} == {"broken", "gone"}
    assert "No such file" in left_out[photos[4].path]
    assert asked == [(5, 5)]
    cache = open_cache(folder, FRAME)
    assert cache.small.shape == (3, 20, 16, 3)
    assert cache.large_row.tolist() == [0, -1, 1]
    for row, photo in enumerate(kept):
        assert np.array_equal(cache.small[row], seen(photo, (20, 16)))
    assert np.array_equal(cache.large[0], seen(kept[0], (48, 38)))
    assert np.array_equal(cache.large[1], seen(kept[2], (48, 38)))
    assert cache.backgrounds.shape == (64, 48, 38, 3)


def test_only_other_photos_are_decoded_again(photos: list[Photo], tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    calls: list[int] = []

    def build(frame: Frame = FRAME, given: list[Photo] = photos) -> tuple[list[Photo], int]:
        calls.clear()
        kept, _ = build_cache(given, [], frame, folder, lambda done, n: calls.append(n))
        return kept, sum(calls)

    first, n = build()
    assert n == 5
    (folder / "teacher.json").write_text("{}")
    assert build() == (first, 0)
    assert (folder / "teacher.json").exists()
    path = Path(photos[0].path)
    stamp = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(stamp, stamp))
    assert build() == (first, 5)
    assert not (folder / "teacher.json").exists()
    assert build(Frame((48, 32)))[1] == 5
    assert build(given=photos[2:])[1] == 3


def test_a_build_that_was_killed_is_done_again(photos: list[Photo], tmp_path: Path) -> None:
    folder = tmp_path / "cache"

    def kill(done: int, n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_cache(photos, [], FRAME, folder, kill)
    build_cache(photos, [], FRAME, folder)
    assert len(open_cache(folder, FRAME).small) == 3


def test_nothing_that_can_be_decoded(photos: list[Photo], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none of the 1 photos can be decoded; the first: "):
        build_cache(photos[1:2], [], FRAME, tmp_path / "cache")
