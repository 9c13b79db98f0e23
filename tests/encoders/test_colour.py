from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.encoders import embed_photos, load_encoder
from vitrine.encoders.colour import ColourEncoder
from vitrine.settings import Settings

RED, BLUE = (200, 25, 40), (60, 110, 170)


def shirt(colour: tuple[int, int, int], left: int = 0) -> Image.Image:
    image = Image.new("RGB", (300, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((90 + left, 80, 210 + left, 330), fill=colour)
    draw.polygon([(90 + left, 80), (30 + left, 200), (60 + left, 220), (90 + left, 160)], colour)
    draw.polygon(
        [(210 + left, 80), (270 + left, 200), (240 + left, 220), (210 + left, 160)], colour
    )
    return image


def shoe(colour: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(image).pieslice((30, 150, 270, 330), 180, 340, fill=colour)
    ImageDraw.Draw(image).rectangle((30, 240, 270, 270), fill=colour)
    return image


def likeness(one: Image.Image, other: Image.Image) -> float:
    encoder = ColourEncoder()
    first, second = encoder.embed(np.stack([encoder.prepare(one), encoder.prepare(other)]))
    return float(first @ second)


def test_same_shape_in_another_colour_beats_another_shape() -> None:
    assert likeness(shirt(RED), shirt(BLUE)) > likeness(shirt(RED), shoe(BLUE))


def test_same_colour_beats_another_colour() -> None:
    assert likeness(shirt(RED), shirt(RED, left=8)) > likeness(shirt(RED), shirt(BLUE))
    assert likeness(shirt(RED), shoe(RED)) > likeness(shirt(RED), shoe(BLUE))


def test_size_of_the_file_hardly_matters() -> None:
    assert likeness(shirt(RED), shirt(RED).resize((90, 120))) > 0.95


@pytest.mark.parametrize(
    ("colour", "name"), [(RED, "Red"), (BLUE, "Blue"), ((15, 15, 15), "Black")]
)
def test_colour_is_named_and_sure(colour: tuple[int, int, int], name: str) -> None:
    encoder = ColourEncoder()
    _, [tags] = encoder.embed_and_tag(encoder.prepare(shirt(colour))[None])
    assert tags["base_colour"].value == name
    assert not tags["base_colour"].unsure


def test_a_medley_is_unsure() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (16, 12, 3), np.uint8)
    image = Image.fromarray(noise).resize((300, 400), Image.Resampling.NEAREST)
    encoder = ColourEncoder()
    _, [tags] = encoder.embed_and_tag(encoder.prepare(image)[None])
    assert tags["base_colour"].unsure


@pytest.mark.real_data
def test_real_products_of_a_type_are_near_each_other(real_data: Path) -> None:
    """Floors well under what was measured; by chance it would be about .07 and .11."""
    folder = real_data / "fashion-products"
    pairs = _rows(folder / "near_duplicate_groups.csv")
    groups = {row["id"]: row["near_duplicate_group"] for row in pairs}
    rows = {row["id"]: row for row in _rows(folder / "styles.csv")}
    firsts = list({groups.get(name, name): name for name in rows}.values())[:600]

    def read(name: str) -> bytes:
        return (folder / "images" / f"{name}.webp").read_bytes()

    found = [r.vector for r in embed_photos(load_encoder("colour", Settings()), firsts, read)]
    vectors = np.stack([vector for vector in found if vector is not None])
    assert len(vectors) == len(firsts)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    best = scores.argmax(axis=1)
    types = np.array([rows[name]["articleType"] for name in firsts])
    colours = np.array([rows[name]["baseColour"] for name in firsts])
    assert (types[best] == types).mean() > 0.5
    assert (colours[best] == colours).mean() > 0.35


@pytest.fixture
def real_data() -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("VITRINE_REAL_DATA", beside))
    if not (folder / "fashion-products").is_dir():
        pytest.skip("the research photos are not beside the checkout")
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
