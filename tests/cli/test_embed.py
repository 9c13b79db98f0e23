from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitrine.shop import open_shop

Run = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos whose natural order is not that of letters, one of them below."""
    (tmp_path / "photos" / "more").mkdir(parents=True)
    for number, name in enumerate(["p10.png", "p9.PNG", "p100.png", "more/p1.png"]):
        image = Image.new("RGB", (30, 40), (60 * number, 40, 200 - 60 * number))
        image.save(tmp_path / "photos" / name)
    (tmp_path / "photos" / "notes.txt").write_text("no photo")
    return tmp_path / "photos"


def test_vectors_and_names_in_natural_order(run_json: Run, folder: Path) -> None:
    report = run_json("embed", folder, "-o", "vectors.npy", "--ids", "ids.txt")
    assert report.keys() >= {"photos", "failed", "dim", "seconds", "photos_per_second", "encoder"}
    vectors = np.load("vectors.npy", allow_pickle=False)
    assert vectors.shape == (4, report["dim"])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    names = Path("ids.txt").read_text(encoding="utf-8")
    assert names == "more/p1.png\np9.PNG\np10.png\np100.png\n"


def test_a_row_is_the_vector_that_the_shop_has(run: Run, built: Path, photos: Path) -> None:
    run("embed", photos / "3.png", photos / "1.png", "--out", "two.npy", "--ids", "two.txt")
    assert Path("two.txt").read_text() == "3.png\n1.png\n"
    with open_shop(built) as shop:
        expected = np.stack([shop.embed(photos / "3.png"), shop.embed(photos / "1.png")])
    assert np.load("two.npy") == pytest.approx(expected, abs=1e-3)


def test_names_that_would_clash_are_whole_paths(run: Run, folder: Path) -> None:
    Image.new("RGB", (9, 9)).save(folder / "more" / "p10.png")
    run("embed", "photos/p10.png", "photos/more/p10.png", "-o", "v.npy", "--ids", "i.txt")
    assert Path("i.txt").read_text() == "photos/p10.png\nphotos/more/p10.png\n"


def test_a_photo_named_twice_is_embedded_once(run_json: Run, folder: Path) -> None:
    assert run_json("embed", "photos", "photos/p10.png", "photos", "-o", "v.npy")["photos"] == 4


def test_photos_that_cannot_be_read_are_left_out(run: Run, folder: Path) -> None:
    (folder / "p11.jpg").write_bytes(b"")
    (folder / "p12.jpg").write_bytes(b"<html></html>")
    result = run("embed", folder, "-o", "v.npy", "--ids", "i.txt", code=1)
    assert "v.npy: 4 vectors" in result.stdout
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == [" p11.jpg", " p12.jpg"]
    assert len(np.load("v.npy")) == 4
    assert "p11.jpg" not in Path("i.txt").read_text()


def test_nothing_to_embed_writes_nothing(run_error: Run, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "there is no photo in empty" in run_error("embed", "empty", "-o", "v.npy", code=4)
    assert "no such photo or folder: gone.jpg" in run_error("embed", "gone.jpg", "-o", "v", code=4)
    (tmp_path / "bad.jpg").write_bytes(b"nothing")
    assert "not one of 1 photo can be read" in run("embed", "bad.jpg", "-o", "v", code=4).stderr
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "bad.jpg"}


def test_bad_input(run_error: Run, folder: Path) -> None:
    line = run_error("embed", folder, "-o", "nowhere/v.npy", code=4)
    assert "the folder nowhere does not exist" in line
    line = run_error("embed", folder, "-o", "v.npy", "--encoder", "colur", code=2)
    assert "Did you mean 'colour'?" in line
    line = run_error("embed", folder, "-o", "more", "--ids", "nowhere/i", code=4)
    assert "the folder nowhere does not exist" in line


def test_one_file_cannot_be_both(run_error: Run, folder: Path) -> None:
    line = run_error("embed", folder, "-o", "v.npy", "--ids", "./v.npy", code=2)
    assert "--out and --ids both name v.npy" in line


def test_the_file_gets_the_name_that_was_given(run: Run, folder: Path) -> None:
    run("embed", folder, "-o", "vectors", "--quiet")
    assert len(np.load("vectors")) == 4
    assert not Path("vectors.npy").exists()
