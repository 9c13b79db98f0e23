from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitrine.cli.heat_picture import heat_picture
from vitrine.search import Box, HeatMap
from vitrine.settings import Settings
from vitrine.shop import Side, build

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def seeing(built: Path) -> Path:
    """A shop of the same photos whose encoder has cells."""
    settings = Settings(models_dir=built.parent / "models", threads=1)
    path = built.parent / "seeing.shop"
    build(built.parent / "source" / "products.csv", path, encoder="default", settings=settings)
    return path


def test_maps_and_picture(run: Run, run_json: Run, seeing: Path, photos: Path) -> None:
    asked = ("explain", "5", "--shop", seeing, "--image", photos / "4.png")
    found = run_json(*asked, "--out", "why.png")
    for side in found["maps"].values():
        assert sum(map(sum, side["values"])) == pytest.approx(found["cosine"], abs=1e-4)
    assert found["picture"] == "why.png"
    with Image.open("why.png") as picture:
        assert picture.size == (480 + 16 + 480, 640)
    lines = run(*asked).stdout.splitlines()
    assert lines[0].startswith("5: ")
    assert lines[1].endswith("of the photo and photo 0 of 5")
    assert [len(line) for line in lines[2:]] == [18 + 2 + 18] * 10
    assert "█" in lines[5] + lines[6]


def test_words(run: Run, seeing: Path) -> None:
    lines = run("explain", "5", "--shop", seeing, "--text", "blue dress").stdout.splitlines()
    assert lines[0] == "5: says blue, dress"
    assert lines[1].endswith("of the words and photo 0 of 5")


def test_without_cells_only_reasons(
    run: Run, run_json: Run, run_error: Run, built: Path, photos: Path
) -> None:
    asked = ("explain", "5", "--shop", built, "--like", "1")
    assert run_json(*asked)["maps"] is None
    assert "no heat maps: the encoder 'colour' has no cells" in run(*asked).stdout
    assert "nothing to draw" in run_error(*asked, "--out", "why.png", code=4)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--like", "1", "--out", "why.gif"], "a picture ends in .png, .jpg, .jpeg, .webp"),
        (["--like", "1", "--out", "gone/why.png"], "the folder does not exist"),
        (["--like", "5"], "part of the query"),
        ([], "nothing to search by"),
    ],
)
def test_usage(run_error: Run, built: Path, more: list[str], complaint: str) -> None:
    assert complaint in run_error("explain", "5", "--shop", built, *more, code=2)


def test_the_hue_is_where_the_heat_is() -> None:
    values = np.array([[1.0, 0.0], [-1.0, 0.5]], np.float32)
    heat = HeatMap(values, Box(0.5, 0.0, 1.0, 1.0), 0.0)
    drawn = heat_picture([Side(heat, Image.new("RGB", (64, 64), "white"), "", 0)])
    pixels = np.asarray(drawn).astype(int)
    redness = pixels[..., 0] - pixels[..., 1]
    assert drawn.size == (640, 640)
    assert redness[:, :320].max() == 0, "outside of the box"
    assert redness[40, 360] > redness[600, 600] > redness[600, 360] == 0
