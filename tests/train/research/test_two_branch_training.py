from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vitrine.encoders import load_encoder
from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.settings import Settings
from vitrine.train.research.neighbours import class_probabilities, euclidean_neighbours
from vitrine.train.research.regions import recommend_by_region, see_regions
from vitrine.train.research.session import Asked
from vitrine.train.research.two_branch import TwoBranchShape
from vitrine.train.research.two_branch_training import train_two_branch

SHAPE = TwoBranchShape(steps=2, region=(3, 2), codewords=4, hidden=32)


@pytest.fixture(scope="module")
def asked(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    out = tmp_path_factory.mktemp("two-branch") / "run"
    return Asked(
        (str(toys),), out, epochs=2, batch=16, height_px=48, width_px=32, rate=1e-3, limit=64
    )


@pytest.fixture(scope="module")
def run(asked: Asked) -> Path:
    trained = train_two_branch(asked, shape=SHAPE)
    assert trained.labels == ["Caps", "Jeans", "Men", "Tshirts", "Women"]
    assert trained.n_validation > 0
    return asked.out


def test_a_run_leaves_an_encoder_a_log_and_a_report(run: Path) -> None:
    encoder = load_encoder(str(run / "model"), Settings())
    assert encoder.identity.dim == 256 + 32
    vectors = encoder.embed(np.full((1, 48, 32, 3), 200, np.uint8))
    assert float(np.linalg.norm(vectors[0])) == pytest.approx(1, abs=1e-4)
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]
    assert {"loss_labels", "loss_diversity", "loss_localisation", "label_map"} <= lines[-1].keys()
    assert 0 <= lines[-1]["knn_article_type"] <= 1
    page = (run / "report.html").read_text("utf-8")
    assert "Regions looked at" in page
    assert "Neighbours of attended regions, merged" in page
    assert "different types" in page
    reached = json.loads((run / "figures.json").read_text("utf-8"))
    assert {"label_map", "vote_article_type", "P@10_article_type_by_region"} <= reached.keys()
    [first, *_] = json.loads((run / "regions.json").read_text("utf-8"))
    assert len({hit["photo"] for hit in first["neighbours"]}) == len(first["neighbours"]) == 10
    assert [hit["region"] for hit in first["neighbours"][:2]] == [0, 1]


def test_regions_of_photos_by_the_exported_model(run: Path, toys: Path) -> None:
    photos = [toys.parent / f"{number}.png" for number in (1, 2, 4, 7)]
    seen = see_regions(run / "model", photos, threads=1)
    assert seen.regions.shape == (4, 2, 4)
    assert seen.glimpses.shape == (4, 2, 32)
    hits = recommend_by_region(seen.glimpses[0], seen.glimpses, 9)
    assert hits[0].row == 0
    assert hits[0].distance == 0
    assert sorted(hit.row for hit in hits) == [0, 1, 2, 3]


def test_it_goes_on_only_with_the_same_settings(run: Path, asked: Asked) -> None:
    again = train_two_branch(replace(asked, resume=True), shape=SHAPE)
    assert again.figures["epoch"] == 2
    with pytest.raises(UsageError, match="with another rate"):
        train_two_branch(replace(asked, rate=1e-4), shape=SHAPE)
    with pytest.raises(NotFoundError, match="no run to go on with"):
        train_two_branch(replace(asked, out=run.parent / "new", resume=True), shape=SHAPE)


def test_colours_alone_are_no_labels(tmp_path: Path, asked: Asked) -> None:
    import csv

    from tests.train.conftest import write_toys

    table = write_toys(tmp_path / "shop", 24)
    with table.open(encoding="utf-8") as file:
        rows = [{k: row[k] for k in ("id", "color", "image_link")} for row in csv.DictReader(file)]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "color", "image_link"])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(DataError, match="no label but colours"):
        train_two_branch(replace(asked, sources=(str(table),), out=tmp_path / "run"), shape=SHAPE)


def test_neighbours_by_hand() -> None:
    gallery = np.array([[0, 0], [3, 0], [0, 1], [0, 1]], np.float32)
    near = euclidean_neighbours(np.array([[0, 0.9]], np.float32), gallery, 3)
    assert near.tolist() == [[2, 3, 0]]
    assert euclidean_neighbours(gallery, gallery, 9, leave_out=True)[0].tolist() == [2, 3, 1]
    votes = class_probabilities(near, np.array([0, 1, 1, -1]), 2)
    assert votes.tolist() == [[0.5, 0.5]]
