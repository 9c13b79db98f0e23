from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.errors import ImageError
from vitrine.evaluate import Examples, write_shopper_photos
from vitrine.evaluate.shopper_photos import shopper_jpeg, white_behind


def test_the_same_photo_gives_the_same_picture(shop: Examples, tmp_path: Path) -> None:
    photos = shop.photos.tolist()
    first = write_shopper_photos(photos, tmp_path / "a")
    second = write_shopper_photos(photos[::-1], tmp_path / "b")[::-1]
    assert [Path(p).read_bytes() for p in first] == [Path(p).read_bytes() for p in second]
    assert len({Path(p).read_bytes() for p in first}) == len(photos)
    other = write_shopper_photos(photos[:1], tmp_path / "c", seed=1)
    assert Path(other[0]).read_bytes() != Path(first[0]).read_bytes()


def test_pictures_are_kept(shop: Examples, tmp_path: Path) -> None:
    photos = shop.photos[:2].tolist()
    kept = [Path(p) for p in write_shopper_photos(photos, tmp_path)]
    before = [path.stat().st_mtime_ns for path in kept]
    done: list[tuple[int, int]] = []
    write_shopper_photos(photos, tmp_path, on_photo=lambda n, total: done.append((n, total)))
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert done == [(1, 2), (2, 2)]


def test_the_product_stays_and_the_white_goes() -> None:
    image = Image.new("RGB", (240, 320), "white")
    image.paste((200, 20, 20), (70, 80, 170, 240))
    for seed in range(12):
        made = Image.open(BytesIO(shopper_jpeg(image, np.random.default_rng(seed))))
        assert made.size == (240, 320)
        pixels = np.asarray(made.convert("RGB")).astype(int)
        red = (pixels[..., 0] - pixels[..., 1:].max(axis=2) > 60).mean()
        assert 0.05 < red < 0.7
        edge = np.concatenate([pixels[0], pixels[-1]])
        assert (edge.min(axis=1) > 245).mean() < 0.6


@pytest.mark.parametrize("size", [(1, 1), (3, 9), (400, 30)])
def test_any_shape(size: tuple[int, int]) -> None:
    made = Image.open(BytesIO(shopper_jpeg(Image.new("RGB", size), np.random.default_rng(0))))
    assert max(made.size) <= 320


def test_only_what_is_joined_to_the_edge_is_ground() -> None:
    pixels = np.full((64, 64, 3), 250, np.uint8)
    pixels[16:48, 16:48] = 40
    pixels[28:36, 28:36] = 250
    behind = white_behind(pixels)
    assert behind[0, 0] == 1
    assert behind[20, 20] == 0
    assert behind[32, 32] == 0
    assert white_behind(np.full((64, 64, 3), 90, np.uint8)).sum() == 0


def test_a_broken_photo_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(ImageError):
        write_shopper_photos([str(broken)], tmp_path)
