from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitrine.cli.heat_page import heat_page
from vitrine.cli.heat_picture import Panel, heat_picture
from vitrine.search import Box, HeatMap
from vitrine.settings import Settings
from vitrine.shop import build

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def seeing(built: Path) -> Path:
    """A shop of the same photos whose encoder has cells."""
    settings = Settings(models_dir=built.parent / "models", threads=1)
    path = built.parent / "seeing.shop"
    build(built.parent / "source" / "products.csv", path, encoder="default", settings=settings)
    return path


def test_a_photo_against_a_product(run: Run, run_json: Run, seeing: Path, photos: Path) -> None:
    asked = ("explain", photos / "4.png", "--against", "5", "--shop", seeing)
    found = run_json(*asked, "--out", "why.png")
    for side in found["maps"].values():
        assert sum(map(sum, side["values"])) == pytest.approx(found["cosine"], abs=1e-4)
    assert found["picture"] == "why.png"
    assert found["method"] == "exact"
    with Image.open("why.png") as picture:
        assert picture.size == (480 + 16 + 480, 640 + 30)
    lines = run(*asked, "--out", "why.html").stdout.splitlines()
    assert lines[0].startswith("5: ")
    assert lines[1].endswith("of the photo and photo 0 of 5")
    assert [len(line) for line in lines[2:]] == [18 + 2 + 18] * 10
    assert "█" in lines[5] + lines[6]
    page = Path("why.html").read_text("utf-8")
    assert "Why 5 is found" in page
    assert "photo 0 of 5" in page


def test_words(run: Run, seeing: Path) -> None:
    asked = ("explain", "--against", "5", "--shop", seeing, "--text", "blue dress")
    lines = run(*asked).stdout.splitlines()
    assert lines[0] == "5: says blue, dress"
    assert lines[1].endswith("of the words and photo 0 of 5")


def test_without_cells_only_reasons(run: Run, run_json: Run, run_error: Run, built: Path) -> None:
    asked = ("explain", "--against", "5", "--shop", built, "--like", "1")
    assert run_json(*asked)["maps"] is None
    assert "no heat maps: the encoder 'colour' has no cells" in run(*asked).stdout
    assert "nothing to draw" in run_error(*asked, "--out", "why.png", code=4)


def test_tags_of_a_photo(run: Run, run_json: Run, photos: Path) -> None:
    found = run_json("explain", photos / "4.png", "--encoder", "default", "--out", "tags.html")
    assert found["encoder"] == "default"
    assert found["photo"] == str(photos / "4.png")
    assert "article_type" in [tag["attribute"] for tag in found["tags"]]
    for tag in found["tags"]:
        assert tag["method"] == "exact"
        total = sum(map(sum, tag["map"]["values"])) + tag["placeless"]
        assert total == pytest.approx(tag["score"], abs=1e-3)
    page = Path("tags.html").read_text("utf-8")
    assert "What default sees in 4.png" in page
    assert page.count('src="data:image/png') == len(found["tags"])
    assert page.count("data:image/jpeg") == 1, "the photo itself is kept once"
    assert "http" not in page


def test_one_tag_is_drawn_in_the_terminal_too(run: Run, seeing: Path, photos: Path) -> None:
    asked = ("explain", photos / "1.png", "--shop", seeing, "--tag", "article_type=dresses")
    shown = run(*asked, "--out", "dress.webp").stdout
    assert "Dresses" in shown
    assert "exact" in shown
    assert len([line for line in shown.splitlines() if line.startswith("|")]) == 10
    with Image.open("dress.webp") as picture:
        assert picture.size[0] == 480 + 16 + 480


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (["--against", "5", "--like", "1", "--out", "why.gif"], "ends in .png, .jpg, .jpeg, .webp"),
        (["--against", "5", "--like", "1", "--out", "gone/why.png"], "the folder does not exist"),
        (["--against", "5", "--like", "5"], "part of the query"),
        (["--against", "5"], "nothing to search by"),
        (["--against", "5", "--like", "1", "--tag", "usage"], "--tag goes without --against"),
        (["5", "--like", "1"], "--like goes with --against PRODUCT"),
        ([], "0 photos are named; give one PHOTO"),
        (["a.jpg", "b.jpg"], "2 photos are named"),
        (["a.jpg", "--tag", "usage"], "no tags whose places can be told"),
    ],
)
def test_usage(run_error: Run, built: Path, asked: list[str], complaint: str) -> None:
    code = 2
    assert complaint in run_error("explain", "--shop", built, *asked, code=code)


def test_a_product_lies_in_a_shop(run_error: Run) -> None:
    assert "--against 5 needs --shop" in run_error("explain", "a.jpg", "--against", "5", code=2)
    assert "gone.jpg cannot be read" in run_error(
        "explain", "gone.jpg", "--encoder", "default", code=4
    )


def test_the_hue_is_where_the_heat_is() -> None:
    values = np.array([[1.0, 0.0], [-1.0, 0.5]], np.float32)
    heat = HeatMap(values, Box(0.5, 0.0, 1.0, 1.0), 0.0)
    drawn = heat_picture([Panel(Image.new("RGB", (64, 64), "white"), heat)])
    pixels = np.asarray(drawn).astype(int)
    redness = pixels[..., 0] - pixels[..., 1]
    assert drawn.size == (640, 640)
    assert redness[:, :320].max() == 0, "outside of the box"
    assert redness[40, 360] > redness[600, 600] > redness[600, 360] == 0


def test_many_panels_stand_in_rows_of_four() -> None:
    heat = HeatMap(np.ones((2, 2), np.float32), Box(0, 0, 1, 1), 0.0)
    panel = Panel(Image.new("RGB", (30, 40), "white"), heat, ("a", "b"), Box(0.1, 0.1, 0.9, 0.9))
    assert heat_picture([panel] * 6).size == (4 * 270 + 3 * 16, 2 * (360 + 52) + 16)


def test_what_is_written_on_a_page_is_no_markup() -> None:
    heat = HeatMap(np.ones((2, 2), np.float32), Box(0, 0, 1, 1), 0.0)
    said = "<script>alert(1)</script>"
    panel = Panel(Image.new("RGB", (30, 40), "white"), heat, (said, said))
    assert "<script" not in heat_page(said, [said], [panel], [said], [[said]])


@pytest.mark.slow
def test_tags_need_no_torch_and_a_run_says_that_it_does(photos: Path, tmp_path: Path) -> None:
    for name in ("checkpoint.pt", "run.json"):
        (tmp_path / name).write_bytes(b"")
    code = (
        "import sys\n"
        "for name in ('torch', 'onnx', 'timm'): sys.modules[name] = None\n"
        "import vitrine.cli.explain as command\n"
        "command.find_spec = lambda name: None\n"
        "from vitrine.cli import main\n"
        "main()"
    )
    said = {
        encoder: subprocess.run(
            [sys.executable, "-c", code, "explain", photos / "4.png", "--encoder", encoder],
            capture_output=True,
            text=True,
            check=False,
        )
        for encoder in ("default", str(tmp_path))
    }
    assert said["default"].returncode == 0, said["default"].stderr
    assert "exact" in said["default"].stdout
    assert said[str(tmp_path)].returncode == 3
    assert "explaining a training run needs torch" in said[str(tmp_path)].stderr
