from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.encoders import GarmentMap, garment_map
from vitrine.encoders.garment_map import KINDS


@pytest.mark.parametrize(
    ("size", "shape"),
    [((96, 144), (72, 48)), ((400, 400), (48, 48)), ((300, 100), (16, 48)), ((1, 900), (72, 1))],
)
def test_likelihoods_of_the_whole_photo(size: tuple[int, int], shape: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    likely = garment_map().look(image)
    assert likely.shape == (len(KINDS), *shape)
    assert likely.min() >= 0
    assert likely.sum(axis=0).max() <= 1 + 1e-5


def test_it_is_loaded_once_and_answers_alike() -> None:
    assert garment_map() is garment_map()
    image = Image.new("RGB", (120, 180), "white")
    ImageDraw.Draw(image).rectangle((40, 40, 80, 100), fill="navy")
    assert np.array_equal(garment_map().look(image), GarmentMap().look(image))


def test_an_empty_wall_wears_nothing() -> None:
    likely = garment_map().look(Image.new("RGB", (200, 300), (150, 140, 130)))
    assert likely.sum(axis=0).mean() < 0.1
