from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.encoders import export_encoder, load_encoder
from vitrine.errors import ConfigurationError, UsageError
from vitrine.evaluate import MOBILENET, Contestant, open_contestants
from vitrine.evaluate.mobilenet import MobileNetEncoder, find_mobilenet
from vitrine.settings import Settings


@pytest.fixture(autouse=True)
def _no_research_data(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.delenv("VITRINE_REAL_DATA", raising=False)


def test_baselines_come_behind() -> None:
    found = open_contestants(["colour"], Settings())
    assert [(c.name, c.is_baseline) for c in found] == [("colour", False), ("random", True)]
    alone = open_contestants(["random"], Settings(), baselines=False)
    assert [(c.name, c.is_baseline) for c in alone] == [("random", True)]


def test_what_they_can_do() -> None:
    colour, random = open_contestants(["colour"], Settings())
    assert colour.tagger is not None
    assert colour.text_encoder is None
    assert random.tagger is None
    assert random.text_encoder is not None


def test_wrong_names_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name at least one encoder"):
        open_contestants([], Settings())
    with pytest.raises(UsageError, match="no encoder is called 'colur'"):
        open_contestants(["colur"], Settings())
    with pytest.raises(UsageError, match="two encoders would both be called colour"):
        open_contestants(["colour", "colour"], Settings())


def test_distances_are_between_features_as_they_are(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.effect_noise((60, 80), 60).convert("RGB").save(photo)
    plain, random, _ = open_contestants(["default"], Settings(), distance="euclidean")
    assert plain.tagger is None
    assert random.encoder.identity.dim == 64
    [scaled] = open_contestants(["default"], Settings(), baselines=False)
    found, unit_length = (c.see([str(photo)]).vectors[0] for c in (plain, scaled))
    assert found / np.linalg.norm(found) == pytest.approx(unit_length, abs=1e-5)
    assert plain.encoder.identity != scaled.encoder.identity
    with pytest.raises(UsageError, match="no distance is called 'euclid'"):
        open_contestants(["default"], Settings(), distance="euclid")


def test_models_of_two_runs_go_by_their_runs(tmp_path: Path) -> None:
    for run in ("a", "b"):
        export_encoder("default", tmp_path / run / "model", Settings())
    names = [str(tmp_path / run / "model") for run in ("a", "b")]
    alone, both = ([c.name for c in open_contestants(n, Settings())] for n in (names[:1], names))
    assert (alone[0], both[:2]) == ("model", ["a/model", "b/model"])
    with pytest.raises(UsageError, match="both be called a/model"):
        open_contestants(names[:1] * 2, Settings())


def test_mobilenet_needs_its_weights(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="give a TFLite file with --weights"):
        open_contestants([MOBILENET], Settings())
    with pytest.raises(ConfigurationError, match="no such file of weights"):
        MobileNetEncoder(tmp_path / "missing.tflite")
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"no model")
    with pytest.raises(ConfigurationError, match="is no TFLite model"):
        open_contestants(["colour"], Settings(), weights=broken)


def test_weights_are_found_beside_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "data" / "hm"
    source.mkdir(parents=True)
    assert find_mobilenet(source) is None
    weights = tmp_path / "data" / "weights"
    weights.mkdir()
    plain = weights / "mobilenet_v2_1.0_224_quant.tflite"
    plain.touch()
    assert find_mobilenet(source) == plain
    newer = weights / "tf2_mobilenet_v2_1.0_224_ptq.tflite"
    newer.touch()
    assert find_mobilenet(source) == newer
    monkeypatch.setenv("VITRINE_REAL_DATA", str(tmp_path / "data"))
    assert find_mobilenet() == newer


@pytest.mark.real_data
def test_mobilenet_reads_what_comes_before_the_classifier(real_data: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    weights = find_mobilenet(real_data)
    assert weights is not None
    encoder = MobileNetEncoder(weights)
    photos = [Image.new("RGB", (60, 80), colour) for colour in ("red", "black", "white")]
    pixels = np.stack([encoder.prepare(photo) for photo in photos])
    vectors = encoder.embed(pixels)
    assert vectors.shape == (3, 1280)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors >= 0).all()  # ReLU6, then a mean
    assert np.array_equal(encoder.embed(pixels[1:2])[0], vectors[1])
    assert encoder.embed(pixels[:0]).shape == (0, 1280)


def test_a_changed_calibration_forgets_old_tags(tmp_path: Path) -> None:
    def files() -> list[str]:
        contestant = Contestant(
            "c",
            lambda settings: load_encoder("colour", settings),
            Settings(),
            memory=tmp_path / "memory",
            files=tmp_path,
        )
        contestant.see([str(photo)])
        return sorted(path.name for path in (tmp_path / "memory").iterdir())

    photo = tmp_path / "photo.png"
    Image.new("RGB", (20, 20), "red").save(photo)
    (tmp_path / "calibration.json").write_text("{}")
    assert len(files()) == 1
    assert len(files()) == 1
    (tmp_path / "calibration.json").write_text('{"heads": {}}')
    assert len(files()) == 2
