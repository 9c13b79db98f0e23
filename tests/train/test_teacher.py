from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vitrine.errors import ConfigurationError
from vitrine.evaluate.mobilenet import MobileNetEncoder
from vitrine.images import decode
from vitrine.train import TrainedEncoder
from vitrine.train.prepare import Prepared
from vitrine.train.table import Table
from vitrine.train.teacher import teacher_features

pytest.importorskip("ai_edge_litert", reason="the teacher runs by ai-edge-litert")


@pytest.fixture
def table(prepared: Prepared) -> Table:
    """The first twelve photos."""
    whole = prepared.table
    changed = {name: getattr(whole, name)[:12] for name in ("photos", "parts", "pools", "labels")}
    return replace(whole, **changed)


@pytest.mark.real_data
def test_features_are_centred_and_kept(real_data: Path, table: Table, tmp_path: Path) -> None:
    weights = real_data / "weights" / "tf2_mobilenet_v2_1.0_224_ptq.tflite"
    asked: list[tuple[int, int]] = []
    found = teacher_features(weights, table, tmp_path, lambda done, n: asked.append((done, n)), 1)
    assert asked == [(12, 12)]
    plain = MobileNetEncoder(weights)
    images = [
        decode(Path(photo.path).read_bytes(), at_least_px=320).image for photo in table.photos
    ]
    raw = plain.embed(np.stack([plain.prepare(image) for image in images]))
    wanted = raw - raw[table.rows("train")].mean(0)
    assert np.allclose(found, wanted, atol=2e-3)
    again = teacher_features(weights, table, tmp_path, lambda done, n: asked.append((done, n)), 1)
    assert np.array_equal(again, found)
    assert len(asked) == 1
    fewer = replace(table, photos=table.photos[:4], parts=table.parts[:4])
    assert len(teacher_features(weights, fewer, tmp_path)) == 4


@pytest.mark.slow
@pytest.mark.real_data
def test_a_run_imitates_its_teacher(
    real_data: Path, tmp_path: Path, toys: Path, train_tiny: Callable[..., TrainedEncoder]
) -> None:
    weights = real_data / "weights" / "tf2_mobilenet_v2_1.0_224_ptq.tflite"
    train_tiny([toys], tmp_path / "run", teacher=weights)
    log = (tmp_path / "run" / "metrics.csv").read_text(encoding="utf-8").splitlines()
    names = log[0].split(",")
    first, last = (dict(zip(names, line.split(","), strict=True)) for line in (log[1], log[-1]))
    for loss in ("feature", "teacher", "order"):
        assert float(last[loss]) < float(first[loss])


def test_a_file_that_is_no_network(table: Table, tmp_path: Path) -> None:
    (tmp_path / "x.tflite").write_bytes(b"no network")
    with pytest.raises(ConfigurationError, match="is no TFLite model"):
        teacher_features(tmp_path / "x.tflite", table, tmp_path)
