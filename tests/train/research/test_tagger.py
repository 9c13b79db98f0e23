from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vitrine.encoders import as_tagger, load_encoder
from vitrine.encoders.calibration import Levels
from vitrine.errors import DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.calibrate import softmax
from vitrine.train.photos import Photo
from vitrine.train.research.formality import fit_formality, formality_of
from vitrine.train.research.paper_d import merged_like_paper_d
from vitrine.train.research.session import Asked
from vitrine.train.research.tagger import TrainedTagger, train_tagger


@pytest.fixture(scope="module")
def asked(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    out = tmp_path_factory.mktemp("tagger") / "run"
    return Asked((str(toys),), out, epochs=2, batch=16, height_px=48, width_px=36, rate=3e-3)


@pytest.fixture(scope="module")
def trained(asked: Asked) -> TrainedTagger:
    return train_tagger(asked, Settings())


def test_a_run_leaves_tags_figures_and_a_report(trained: TrainedTagger, asked: Asked) -> None:
    encoder = load_encoder(str(trained.folder), Settings())
    tagger = as_tagger(encoder)
    assert tagger is not None
    assert set(tagger.heads) == {"gender", "article_type", "base_colour"}
    calibration = json.loads((trained.folder / "calibration.json").read_text("utf-8"))
    assert 0.1 <= calibration["heads"]["article_type"]["temperature"] <= 5
    assert trained.n_missing > 10  # a third of the toys says nothing of gender
    row = next(row for row in trained.rows if row["attribute"] == "article_type")
    assert row["classes"] == 3
    assert row["claimed"] == 0.9722
    for part in ("train", "held_out", "missing"):
        figure = row[part]
        assert isinstance(figure, float)
        assert 0 <= figure <= 1
    lines = [json.loads(x) for x in (asked.out / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert {"loss_gender", "unseen_gender", "train_gender"} <= lines[-1].keys()
    assert (asked.out / "confusion_article_type.png").is_file()
    page = trained.report.read_text("utf-8")
    assert "paper D claims" in page
    assert "Photos kept aside" in page


def test_labels_and_batches_that_cannot_be(asked: Asked, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="known are as-written and paper-d"):
        train_tagger(asked, Settings(), labels="mine")
    with pytest.raises(DataError, match="give at least one batch"):
        train_tagger(replace(asked, out=tmp_path / "run", batch=5000), Settings())


def test_labels_of_paper_d() -> None:
    said = [
        {"gender": "Boys", "base_colour": "Navy Blue", "article_type": "Shirts", "sleeve": "long"},
        {"gender": "Women", "base_colour": "Maroon", "master_category": "Home"},
        *({"master_category": name} for name in "ABCDE" for _ in range(2)),
    ]
    photos = [Photo(f"{i}.jpg", "kaggle", str(i), labels=labels) for i, labels in enumerate(said)]
    merged = [photo.labels for photo in merged_like_paper_d(photos)]
    assert merged[0] == {"gender": "Men", "base_colour": "Blue", "article_type": "Shirts"}
    assert merged[1] == {"gender": "Women", "base_colour": "Red"}  # the sixth master category
    assert merged[2] == {"master_category": "A"}


def test_formality_orders_what_the_chance_of_formal_cannot() -> None:
    usages = ["Casual", "Formal", "Sports"]
    assert formality_of(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), usages).tolist() == [1.0, 0.3]
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    logits = np.eye(3)[labels] * 2 + rng.normal(size=(300, 3))
    logits[labels != 1, 1] = rng.normal(size=int((labels != 1).sum())) - 2
    data = logits.astype(np.float32)
    found = fit_formality(usages, (data[:150], labels[:150]), (data[150:], labels[150:]))
    assert found is not None
    assert found.n == 150
    assert found.correlation > found.correlation_of_formal
    assert found.error < 0.3
    order = Levels.model_validate(found.levels)
    likely = softmax(data[150:])
    level = order.level_of(likely, usages)
    assert level.min() >= 0
    assert level.max() <= 1
    assert np.corrcoef(level, labels[150:] == 1)[0, 1] > 0.5
    alone = np.ones(10, np.int64)
    assert fit_formality(usages, (data[:10], alone), (data[10:20], alone)) is None


def test_a_source_without_attributes(tmp_path: Path, toys: Path, asked: Asked) -> None:
    table = tmp_path / "products.csv"
    with toys.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:30]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "image_link"])
        writer.writerows([row["id"], row["title"], toys.parent / row["image_link"]] for row in rows)
    with pytest.raises(DataError, match="no column says any of the seven attributes"):
        train_tagger(
            replace(asked, sources=(str(table),), out=tmp_path / "run", batch=4), Settings()
        )
