"""A toy shop drawn on the spot, and an encoder that sees nothing but the garment's colour."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.catalog import read_catalogue
from vitrine.errors import ShapeError
from vitrine.evaluate import Contestant, Examples, examples_from
from vitrine.settings import Settings
from vitrine.types import EncoderIdentity, Pixels, Tag, Tags, Vectors
from vitrine.vectors import unit

COLOURS = {"Red": (200, 20, 20), "Green": (20, 170, 30), "Blue": (30, 40, 210)}
TYPES = ("Tshirts", "Jeans", "Caps")
COLUMNS = (
    *("id", "title", "article_type", "color", "pattern", "item_group_id", "image_link"),
    "additional_image_link",
)

Draw: TypeAlias = Callable[..., Path]


def draw(path: Path, article_type: str, colour: str, tilt: int = 0) -> None:
    """One garment on white; `tilt` moves it, so that no two photos are the same file."""
    image = Image.new("RGB", (96, 128), "white")
    pen = ImageDraw.Draw(image)
    boxes = {"Tshirts": (20, 30, 76, 90), "Jeans": (34, 10, 62, 118), "Caps": (16, 50, 80, 84)}
    left, top, right, bottom = boxes[article_type]
    box = (left + tilt, top + tilt, right + tilt, bottom + tilt)
    shape = pen.ellipse if article_type == "Caps" else pen.rectangle
    shape(box, COLOURS[colour])
    image.save(path)


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    """Nine products: three designs in three colours, two photos each."""
    folder = tmp_path / "toy"
    folder.mkdir()
    with (folder / "products.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for n, article_type in enumerate(TYPES):
            for m, colour in enumerate(COLOURS):
                name = f"p{n}{m}"
                for number in (1, 2):
                    draw(folder / f"{name}-{number}.png", article_type, colour, 3 * number - n)
                title = f"{colour} {article_type}"
                photos = [f"{name}-1.png", f"{name}-2.png"]
                pattern = "solid" if m else "striped"
                table.writerow([name, title, article_type, colour, pattern, f"design{n}", *photos])
    return folder


@pytest.fixture
def shop(shop_folder: Path) -> Examples:
    return examples_from(read_catalogue(shop_folder))


class ColourEye:
    """Mean colour of what is not white, as vector, tag and text."""

    def __init__(self, confidence: float = 0.9) -> None:
        self.n_embedded = 0
        self._confidence = confidence

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity("colour-eye", "e" * 64, 3, "16 x 12 px")

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        return {"base_colour": list(COLOURS)}

    @property
    def knows_words(self) -> bool:
        return True

    def prepare(self, image: Image.Image) -> Pixels:
        return np.asarray(image.resize((12, 16), Image.Resampling.BOX))

    def embed(self, pixels: Pixels) -> Vectors:
        if pixels.shape[1:] != (16, 12, 3):
            raise ShapeError(f"pixels have the shape {pixels.shape}")
        self.n_embedded += len(pixels)
        ink = 255.0 - pixels.reshape(len(pixels), -1, 3)
        return unit(ink.mean(axis=1) + 1e-3)

    def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
        vectors = self.embed(pixels)
        best = (vectors @ _directions().T).argmax(axis=1)
        names = list(COLOURS)
        said = [{"base_colour": Tag(names[n], self._confidence, unsure=False)} for n in best]
        return vectors, list[Tags](said)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        named = [[name in text for name in COLOURS] for text in texts]
        return unit(np.array(named, np.float64) @ _directions() + 1e-6)


def _directions() -> Vectors:
    return unit(255.0 - np.array(list(COLOURS.values()), np.float64))


@pytest.fixture
def colour_eye() -> ColourEye:
    return ColourEye()


@pytest.fixture
def contestant(colour_eye: ColourEye) -> Contestant:
    return Contestant("colour-eye", lambda settings: colour_eye, Settings(threads=1))
