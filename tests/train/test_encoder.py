from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from vitrine.errors import ConfigurationError, DataError, LockedError, UsageError
from vitrine.train import TrainedEncoder
from vitrine.train.run_folder import SETTINGS

Train = Callable[..., TrainedEncoder]


@pytest.fixture
def finished(trained: TrainedEncoder, tmp_path: Path) -> Path:
    """A copy of the finished run."""
    return Path(shutil.copytree(trained.folder.parent, tmp_path / "run"))


def test_a_run_leaves_model_figures_and_logs(trained: TrainedEncoder) -> None:
    run = trained.folder.parent
    assert {path.name for path in run.iterdir()} >= {
        *("model", "cache", "run.json", "checkpoint.pt", "metrics.jsonl", "metrics.csv"),
        *("near_duplicate_groups.csv", "environment.json", "figures.json", "report.html"),
    }
    assert trained.n_photos + trained.n_validation <= 160
    assert trained.n_photos > 3 * trained.n_validation > 0
    assert {"sharp_article_type", "small_base_colour", "title_r10"} <= trained.figures.keys()
    assert not {"total", "step", "view"} & trained.figures.keys()
    [failure] = trained.failures
    assert Path(failure.source).name == "broken.png"
    assert failure.product_id == "broken"
    assert "no photo" in failure.reason
    with (run / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert int(rows[-1]["step"]) == trained.steps


def test_its_report_shows_what_the_exported_model_says(trained: TrainedEncoder) -> None:
    run = trained.folder.parent
    page = trained.report.read_text("utf-8")
    titles = re.findall("<h2>(.*?)</h2>", page)
    assert titles == [
        *("Tags of groups kept aside", "Confusion", "Photos, and what is said of them"),
        *("Photos and their nearest", "Curves", "Arguments", "Environment"),
    ]
    assert "git_commit" in page
    assert not re.search(r"src=\"(?!data:)|href=", page)
    reached = json.loads((run / "figures.json").read_text("utf-8"))
    assert 0 <= reached["right_article_type"] <= 1
    assert reached["title_r10"] == trained.figures["title_r10"]
    assert (run / "confusion_base_colour.png").is_file()


def test_a_finished_run_is_only_exported_again(
    trained: TrainedEncoder, finished: Path, toys: Path, train_tiny: Train
) -> None:
    steps: list[str] = []

    def note(step: str, _progress: float) -> None:
        steps.append(step)

    again = train_tiny([toys], finished, on_step=note, name="other")
    assert (again.steps, again.figures) == (trained.steps, trained.figures)
    assert not [step for step in steps if step.startswith(("training", "decoding"))]
    wanted = (trained.folder / "image.onnx").read_bytes()
    assert (again.folder / "image.onnx").read_bytes() == wanted
    assert json.loads((again.folder / "model.json").read_text())["name"] == "other"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 1}, "seed"),
        ({"epochs": 5}, "epochs"),
        ({"limit": 50}, "limit"),
        ({"height_px": 64}, "frame"),
    ],
)
def test_other_settings_are_refused(
    finished: Path, toys: Path, train_tiny: Train, changes: dict[str, int], named: str
) -> None:
    with pytest.raises(UsageError, match=f"run with another {named}; give the same settings"):
        train_tiny([toys], finished, **changes)


def test_settings_of_a_run_that_never_began_bind_nobody(
    tmp_path: Path, toys: Path, train_tiny: Train
) -> None:
    for wrong in ("nowhere.csv", "nothing.csv"):
        with pytest.raises(DataError, match=wrong):
            train_tiny([tmp_path / wrong], tmp_path / "run")


def test_settings_that_cannot_be_read(finished: Path, toys: Path, train_tiny: Train) -> None:
    (finished / SETTINGS).write_text("{")
    with pytest.raises(DataError, match=r"run\.json, .* cannot be read"):
        train_tiny([toys], finished)


def test_one_process_trains_in_a_folder(finished: Path, toys: Path, train_tiny: Train) -> None:
    lock = filelock.FileLock(finished / "run.lock", is_singleton=False)
    with lock, pytest.raises(LockedError, match="another process is training in"):
        train_tiny([toys], finished)


def test_what_cannot_work_is_said_before_anything_is_written(
    tmp_path: Path, toys: Path, train_tiny: Train
) -> None:
    out = tmp_path / "run"
    for changes, error in (
        ({"name": "My model"}, UsageError),
        ({"device": "tpu"}, UsageError),
        ({"device": "cuda:97"}, ConfigurationError),
        ({"minutes": 5}, UsageError),
    ):
        with pytest.raises(error):
            train_tiny([toys], out, **changes)
        assert not out.exists()


def test_photos_of_which_nothing_is_known(
    tmp_path: Path, toys: Path, make_toys: Callable[..., Path], train_tiny: Train
) -> None:
    with pytest.raises(DataError, match="nothing is known about these photos"):
        train_tiny([_bare(toys, tmp_path)], tmp_path / "run")
    few = make_toys(tmp_path / "few", 6)
    with pytest.raises(DataError, match="photos to train on are too few; give at least 8"):
        train_tiny([few], tmp_path / "other")


def _bare(toys: Path, folder: Path) -> Path:
    """A folder with the photos alone."""
    photos = folder / "bare"
    photos.mkdir()
    for number in range(20):
        shutil.copy(toys.parent / f"{number}.png", photos)
    return photos
