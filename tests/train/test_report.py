from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from vitrine.train.comparing import compare_runs
from vitrine.train.plots import Picture, confusion, confusion_picture, curves
from vitrine.train.report import Section, write_report


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "first", 0.5, 3)


def make_run(folder: Path, accuracy: float, seed: int) -> Path:
    folder.mkdir()
    lines = [
        {"step": 4, "epoch": 1, "loss": 1.5, "accuracy": 0.25},
        {"step": 8, "epoch": 2, "loss": 1.0, "accuracy": accuracy},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "metrics.jsonl").write_text(text, "utf-8")
    (folder / "run.json").write_text(json.dumps({"seed": seed, "batch": 8}), "utf-8")
    (folder / "environment.json").write_text(json.dumps({"git_commit": "abc"}), "utf-8")
    return folder


def test_the_page_stands_alone_and_escapes_what_it_shows(run: Path) -> None:
    matrix = np.array([[3, 1], [0, 2]])
    plot = confusion_picture("gender", matrix, ["women", "men"], run)
    assert plot.caption == "gender: 6 photos kept aside"
    assert (run / "confusion_gender.png").read_bytes() == plot.png
    photo = Picture(plot.png, "<b>shirt</b>", wrong=True)
    sections = [
        Section("Held-out", "n = 6", ("head", "accuracy"), [("gender", 5 / 6)], [plot], [photo])
    ]
    page = write_report(run, "Tagger", sections, {"gender": 5 / 6}).read_text("utf-8")
    assert json.loads((run / "figures.json").read_text("utf-8")) == {"gender": 5 / 6}
    assert "&lt;b&gt;shirt&lt;/b&gt;" in page
    assert "0.8333" in page
    assert "abc" in page
    assert len(re.findall("<img ", page)) == 4  # matrix, photo, losses, figures
    assert not re.search(r"<script|src=\"(?!data:)|href=", page)


def test_many_classes_are_cut_to_the_frequent(run: Path) -> None:
    plot = confusion_picture(
        "article", np.eye(55, dtype=np.int64), [str(i) for i in range(55)], run
    )
    assert plot.caption.endswith("15 rarer classes are left out")


def test_curves_are_grouped_by_what_they_say() -> None:
    lines = [{"epoch": 1, "total": 2.0, "kind": 1.0, "sharp_gender": 0.5, "sharp_season": 0.4}]
    assert [plot.caption for plot in curves(lines)] == ["losses", "sharp"]


def test_confusion_by_hand() -> None:
    logits = np.array([[2, 1], [0, 1], [3, 1], [9, 0]], np.float32)
    assert confusion(logits, np.array([0, 1, 1, -1]), 2).tolist() == [[1, 0], [1, 1]]


def test_runs_side_by_side(run: Path, tmp_path: Path) -> None:
    other = make_run(tmp_path / "second", 0.75, 4)
    write_report(run, "Tagger", [], {"gender": 0.5})
    table = compare_runs([run, other], tmp_path / "out" / "compared.html")
    assert table[0] == ["figure", "first", "second"]
    assert ["accuracy", "0.5", "0.75"] in table
    assert ["gender, kept aside", "0.5", "-"] in table
    page = (tmp_path / "out" / "compared.html").read_text("utf-8")
    assert "seed" in page
    assert "batch" not in page


def test_runs_of_one_name_go_by_their_paths(run: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    other = make_run(tmp_path / "again" / "first", 0.75, 4)
    table = compare_runs([run, other], tmp_path / "compared.html")
    assert table[0] == ["figure", run.as_posix(), other.as_posix()]
