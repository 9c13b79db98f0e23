from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.encoders.pixels import Interpolation, Resize, fit_pixels, frame_of


def halves(width: int, height: int) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), (255, 0, 0))
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=(0, 0, 255))
    return image


def test_letterbox_shows_everything_on_white() -> None:
    pixels = fit_pixels(halves(200, 100), 80, 60, "letterbox")
    assert pixels.shape == (80, 60, 3)
    assert pixels[40, 0].tolist() == [255, 0, 0]
    assert pixels[40, -1].tolist() == [0, 0, 255]
    white = (pixels == 255).all(axis=(1, 2))
    assert white.sum() == 50
    assert white[:25].all()
    assert white[-25:].all()


@pytest.mark.parametrize(("size", "fills"), [((60, 80), True), ((59, 80), True), ((57, 80), False)])
def test_letterbox_fills_the_frame_for_nearly_the_same_shape(
    size: tuple[int, int], fills: bool
) -> None:
    pixels = fit_pixels(Image.new("RGB", size), 80, 60, "letterbox")
    assert (pixels == 0).all() == fills


def test_crop_cuts_what_stands_out() -> None:
    image = halves(300, 100)
    ImageDraw.Draw(image).rectangle((0, 0, 99, 99), fill=(0, 255, 0))
    pixels = fit_pixels(image, 50, 50, "crop")
    assert (pixels[:, 2:, 1] == 0).all()  # the filter sees a little of what was cut
    assert pixels[25, 10].tolist() == [255, 0, 0]
    assert pixels[25, 40].tolist() == [0, 0, 255]


def test_crop_share_keeps_the_middle() -> None:
    image = Image.new("RGB", (100, 100), (0, 255, 0))
    ImageDraw.Draw(image).rectangle((10, 10, 89, 89), fill=(255, 0, 0))
    assert fit_pixels(image, 40, 40, "crop", crop_share=0.8)[2:-2, 2:-2, 1].max() == 0
    assert fit_pixels(image, 40, 40, "crop")[0, 0].tolist() == [0, 255, 0]


def test_squash_ignores_the_shape() -> None:
    pixels = fit_pixels(halves(400, 10), 20, 20, "squash")
    assert pixels[:, :9].tolist() == [[[255, 0, 0]] * 9] * 20
    assert pixels[:, 11:].tolist() == [[[0, 0, 255]] * 9] * 20


@pytest.mark.parametrize("resize", ["letterbox", "crop", "squash"])
@pytest.mark.parametrize("size", [(60, 80), (59, 80), (200, 100), (90, 200)])
def test_the_frame_is_where_a_mark_appears(resize: Resize, size: tuple[int, int]) -> None:
    width, height = size
    image = Image.new("RGB", size)
    across, down = width // 2, height * 3 // 5
    ImageDraw.Draw(image).rectangle((across, down, width, height), fill=(255, 0, 0))
    reds = fit_pixels(image, 400, 300, resize)
    top, left = np.argwhere((reds[..., 0] > 127) & (reds[..., 1] < 127)).min(axis=0)
    frame = frame_of(*size, 400, 300, resize)
    shown = (
        frame[0] + left / 300 * (frame[2] - frame[0]),
        frame[1] + top / 400 * (frame[3] - frame[1]),
    )
    assert shown == pytest.approx((across / width, down / height), abs=0.01)


@pytest.mark.parametrize("resize", ["letterbox", "crop", "squash"])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (7, 3), (333, 777)])
def test_every_size_gives_the_frame(
    resize: Resize, interpolation: Interpolation, size: tuple[int, int]
) -> None:
    pixels = fit_pixels(Image.new("RGB", size, (9, 99, 199)), 32, 24, resize, interpolation)
    assert pixels.shape == (32, 24, 3)
    assert pixels.dtype == np.uint8
    assert (pixels == [9, 99, 199]).all(axis=-1).any()
