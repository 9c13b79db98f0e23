from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.colours import dominant_colours, dominant_lab, garment_weights, lab_from_rgb

RED, NAVY = (200, 25, 40), (20, 30, 70)


def shirt(colour: tuple[int, int, int], background: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (120, 160), background)
    ImageDraw.Draw(image).rectangle((30, 30, 90, 130), fill=colour)
    return image


@pytest.mark.parametrize("background", [(255, 255, 255), (230, 228, 225), (40, 90, 60)])
def test_background_is_not_the_garment(background: tuple[int, int, int]) -> None:
    found = dominant_colours(shirt(RED, background))
    assert found[0].name == "Red"
    assert found[0].share > 0.9
    assert found[0].rgb == pytest.approx(RED, abs=6)


def test_two_colours_come_by_size() -> None:
    image = shirt(NAVY, (255, 255, 255))
    ImageDraw.Draw(image).rectangle((30, 100, 90, 130), fill=RED)
    found = dominant_colours(image)
    assert [colour.name for colour in found] == ["Navy Blue", "Red"]
    assert sum(colour.share for colour in found) == pytest.approx(1, abs=0.1)


def test_at_most_k_colours() -> None:
    image = shirt(NAVY, (255, 255, 255))
    ImageDraw.Draw(image).rectangle((30, 60, 90, 90), fill=RED)
    ImageDraw.Draw(image).rectangle((30, 91, 90, 130), fill=(240, 200, 40))
    assert len(dominant_colours(image, k=2)) == 2
    assert len(dominant_colours(image, k=3)) == 3


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2)])
def test_tiny_and_thin_photos(size: tuple[int, int]) -> None:
    found = dominant_colours(Image.new("RGB", size, RED))
    assert [colour.name for colour in found] == ["Red"]


def test_photo_is_not_changed() -> None:
    image = shirt(RED, (255, 255, 255))
    before = image.tobytes()
    dominant_colours(image)
    assert image.tobytes() == before


def test_weights_follow_the_garment() -> None:
    pixels = np.asarray(shirt(RED, (255, 255, 255)))
    weights = garment_weights(lab_from_rgb(pixels)[None])[0]
    assert weights[80, 60] == 1
    assert weights[5, 5] == 0
    assert weights.dtype == np.float32


def test_a_photo_of_one_colour_has_that_colour() -> None:
    lab = lab_from_rgb(np.full((1, 8, 6, 3), 255, np.uint8))
    colour, share = dominant_lab(lab, garment_weights(lab))
    assert colour[0] == pytest.approx([100, 0, 0], abs=0.1)
    assert share[0] == pytest.approx(1)
