from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from vitrine.cli import app
from vitrine.encoders import as_tagger, load_encoder
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.train.calibrate import softmax
from vitrine.train.research.ensemble import Ensemble, average_taggers
from vitrine.train.research.joining import Member, join_graphs
from vitrine.train.research.session import Asked
from vitrine.train.research.tagger import train_tagger

Outputs = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def runs(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("ensemble")
    asked = Asked((str(toys),), folder / "one", 1, 16, height_px=40, width_px=32, rate=3e-3)
    train_tagger(asked, Settings())
    train_tagger(replace(asked, out=folder / "two", seed=1, rate=1e-2), Settings())
    return [folder / "one", folder / "two"]


@pytest.fixture(scope="module")
def averaged(toys: Path, runs: list[Path]) -> Ensemble:
    return average_taggers([str(toys)], runs[0].parent / "both", runs, name="both", threads=1)


def turned_round(run: Path, target: Path) -> Path:
    """The same run with its article types in another order, as if its labels were other ones."""
    shutil.copytree(run, target, ignore=shutil.ignore_patterns("cache"))
    labels = json.loads((target / "model" / "labels.json").read_text("utf-8"))
    labels["article_type"].reverse()
    (target / "model" / "labels.json").write_text(json.dumps(labels), "utf-8")
    row = json.loads((target / "model" / "model.json").read_text("utf-8"))
    del row["files"]["labels"]["sha256"]
    (target / "model" / "model.json").write_text(json.dumps(row), "utf-8")
    return target


def outputs(graph: Path, pixels: NDArray[np.float32]) -> Outputs:
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    found = session.run(names, {"pixels": pixels})
    return dict(zip(names, map(np.asarray, found), strict=True))


def test_a_table_a_report_and_a_model(averaged: Ensemble, runs: list[Path]) -> None:
    assert [row["attribute"] for row in averaged.rows] == ["gender", "article_type", "base_colour"]
    for row in averaged.rows:
        assert row["n"] == averaged.n_held_out > 0
        single = [row[run.name] for run in runs]
        gain = row["calibrated average"] - row[averaged.best]  # pyright: ignore[reportOperatorIssue]
        assert row["gain"] == pytest.approx(gain)
        assert all(isinstance(figure, float) and 0 <= figure <= 1 for figure in single)
    page = averaged.report.read_text("utf-8")
    assert "plain average" in page
    assert "no run was trained on" in page
    assert averaged.folder is not None
    encoder = load_encoder(averaged.folder, Settings(threads=1))
    tagger = as_tagger(encoder)
    assert tagger is not None
    assert set(tagger.heads) == {"gender", "article_type", "base_colour"}
    assert encoder.identity.dim == 2 * 384


def test_probabilities_are_averaged_by_name(runs: list[Path], tmp_path: Path) -> None:
    other = turned_round(runs[1], tmp_path / "other")
    graphs = [run / "model" / "image.onnx" for run in (runs[0], other)]
    members = [
        Member(graphs[0], {"article_type": 1.0}, {"article_type": [0, 1, 2]}),
        Member(graphs[1], {"article_type": 2.0}, {"article_type": [2, 1, 0]}),
    ]
    join_graphs(members, tmp_path / "joined.onnx")
    pixels = np.random.default_rng(0).random((3, 3, 40, 32), np.float32)
    one, two = (outputs(graph, pixels) for graph in graphs)
    found = outputs(tmp_path / "joined.onnx", pixels)
    wanted = softmax(one["tag_article_type"]) + softmax(two["tag_article_type"], 2.0)[:, ::-1]
    assert np.allclose(softmax(found["tag_article_type"]), wanted / 2, atol=1e-5)
    cosine = (one["vector"] @ one["vector"].T + two["vector"] @ two["vector"].T) / 2
    assert np.allclose(found["vector"] @ found["vector"].T, cosine, atol=1e-5)


def test_classes_in_another_order_are_matched(
    toys: Path, runs: list[Path], averaged: Ensemble, tmp_path: Path
) -> None:
    other = turned_round(runs[0], tmp_path / "other")
    found = average_taggers([str(toys)], tmp_path / "out", [runs[0], other], threads=1)
    [row] = [row for row in found.rows if row["attribute"] == "article_type"]
    # the copy's first type is the other's last: what it finds is the other way round
    assert row["other"] != row["one"]
    labels = json.loads((tmp_path / "out" / "model" / "labels.json").read_text("utf-8"))
    assert labels["article_type"] == ["Caps", "Jeans", "Tshirts"]
    assert row["one"] == averaged.rows[1]["one"]


def test_runs_that_do_not_go_together(toys: Path, runs: list[Path], tmp_path: Path) -> None:
    def average(*given: Path) -> None:
        average_taggers([str(toys)], tmp_path / "out", given, threads=1)

    with pytest.raises(UsageError, match="two runs or more"):
        average(runs[0])
    with pytest.raises(UsageError, match="no finished run of vitrine train tagger"):
        average(runs[0], tmp_path)
    with pytest.raises(UsageError, match="called the same"):
        average(runs[0], runs[0])
    split = Path(shutil.copytree(runs[1], tmp_path / "split"))
    groups = split / "near_duplicate_groups.csv"
    groups.write_text(groups.read_text("utf-8").replace("\n7,", "\n7,x"), "utf-8")
    with pytest.raises(UsageError, match=r"split was split otherwise .* differs in 2 lines"):
        average(runs[0], split)
    known = turned_round(runs[1], tmp_path / "known")
    labels = (known / "model" / "labels.json").read_text("utf-8").replace("Jeans", "Skirts")
    (known / "model" / "labels.json").write_text(labels, "utf-8")
    with pytest.raises(UsageError, match="same values of article_type: only one has Jeans"):
        average(runs[0], known)


def test_the_command_shows_the_table_and_refuses_what_trains(
    toys: Path, runs: list[Path], tmp_path: Path
) -> None:
    command = ["train", "tagger", str(toys), "--out", str(tmp_path / "out"), "--threads", "1"]
    command += [part for run in runs for part in ("--ensemble", str(run))]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 1, done.output  # one toy is broken
    told = json.loads(done.stdout)
    assert told["best"] in ("one", "two")
    assert told["attributes"][0].keys() >= {"one", "two", "plain average", "gain_low"}
    refused = CliRunner().invoke(app, [*command, "--side-px", "64"])
    assert refused.exit_code == 2
    assert "leave out --side-px" in refused.stderr


@pytest.mark.slow
def test_runs_of_two_sizes_become_a_report_alone(
    toys: Path, runs: list[Path], tmp_path: Path
) -> None:
    asked = Asked((str(toys),), tmp_path / "wide", 1, 16, height_px=40, width_px=40, rate=3e-3)
    train_tagger(asked, Settings())
    groups = "near_duplicate_groups.csv"
    shutil.copy(runs[0] / groups, tmp_path / "wide" / groups)
    both = [runs[0], tmp_path / "wide"]
    found = average_taggers([str(toys)], tmp_path / "out", both, threads=1)
    assert found.folder is None
    assert "do not become one model" in found.report.read_text("utf-8")
