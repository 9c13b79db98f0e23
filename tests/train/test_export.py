from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

import vitrine
from vitrine.encoders import (
    Encoder,
    as_explainer,
    as_tagger,
    as_text_encoder,
    embed_photos,
    similarity_map,
)
from vitrine.errors import UsageError
from vitrine.images import decode
from vitrine.settings import Settings
from vitrine.train import TrainedEncoder, export
from vitrine.train.deployed import ask, read_pixels
from vitrine.train.export import LEAST_COSINE, MOST_LOST, export_encoder, model_row
from vitrine.train.graphs import METHODS, ImageGraph, TextGraph
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision
from vitrine.train.prepare import Prepared
from vitrine.train.run import Run
from vitrine.train.run_folder import CHECKPOINT
from vitrine.train.student import Student
from vitrine.train.towers import DIM, PREFIXES

CPU = Precision(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def encoder(trained: TrainedEncoder) -> Encoder:
    return vitrine.load_encoder(trained.folder, Settings(threads=1))


@pytest.fixture(scope="module")
def student(
    trained: TrainedEncoder,
    prepared: Prepared,
    plan: Plan,
    tmp_path_factory: pytest.TempPathFactory,
) -> Student:
    """The averaged weights of the shared run."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(trained.folder.parent / CHECKPOINT, folder)
    given = (prepared.table, prepared.cache, prepared.tokenizer, None)
    run = Run(plan, *given, CPU, folder)
    run.resume()
    return run.smooth.eval()


@pytest.fixture(scope="module")
def photos(prepared: Prepared) -> list[str]:
    rows = prepared.table.rows("validation")
    return [prepared.table.photos[int(row)].path for row in rows]


@pytest.fixture(scope="module")
def pixels(encoder: Encoder, photos: list[str]) -> np.ndarray:
    found = [decode(Path(path).read_bytes(), at_least_px=320).image for path in photos]
    return np.stack([encoder.prepare(image) for image in found])


def as_tensor(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def test_the_folder_says_what_the_model_is(trained: TrainedEncoder, encoder: Encoder) -> None:
    written = json.loads((trained.folder / "model.json").read_text())
    assert (written["name"], written["dim"], written["dims"]) == ("toy", DIM, list(PREFIXES))
    assert all(len(file["sha256"]) == 64 for file in written["files"].values())
    assert encoder.identity.name == "toy"
    assert "48 x 36 px" in encoder.identity.preprocessing
    assert as_tagger(encoder)
    assert as_text_encoder(encoder)
    assert as_explainer(encoder)
    similarity = json.loads((trained.folder / "calibration.json").read_text())["similarity"]
    curve = zip(similarity["score"], similarity["probability"], strict=True)
    assert encoder.identity.similarity == tuple(curve)


def test_training_decodes_photos_as_the_encoder_does(pixels: np.ndarray, photos: list[str]) -> None:
    assert np.array_equal(read_pixels(photos, 48, 36, threads=1), pixels)


def test_what_ships_is_near_the_float_network(
    trained: TrainedEncoder, encoder: Encoder, student: Student, pixels: np.ndarray
) -> None:
    with torch.no_grad():
        exact = ImageGraph(student.image).eval()(as_tensor(pixels))[0].numpy()
    cosine = float((exact * encoder.embed(pixels)).sum(1).mean())
    assert trained.exported.cosine == pytest.approx(cosine, abs=1e-3)
    assert cosine >= LEAST_COSINE
    assert 0 <= trained.exported.lost <= MOST_LOST
    assert trained.exported.numbers in ("float32", *(f"int8 ({method})" for method in METHODS))


def test_int8_holds_the_convolutions_and_spares_the_tail(trained: TrainedEncoder) -> None:
    if trained.exported.numbers == "float32":
        pytest.skip("on this machine the toy model ships in float32")
    graph = onnx.load(trained.folder / "image.onnx").graph
    made = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm", "MatMul"):
            weight = made.get(node.input[1])
            is_tail = not any(part in node.name for part in ("/stem/", "/body/"))
            assert (weight is None or weight.op_type != "DequantizeLinear") == is_tail


def test_cells_sum_to_the_score(encoder: Encoder, pixels: np.ndarray) -> None:
    explainer = as_explainer(encoder)
    assert explainer is not None
    vectors, cells = encoder.embed(pixels), explainer.embed_cells(pixels)
    for n in range(len(pixels)):
        for other in (0, (n + 1) % len(pixels)):
            parts = similarity_map(cells[n], vectors[other])
            assert float(parts.sum()) == pytest.approx(float(vectors[n] @ vectors[other]), abs=1e-4)


def test_tags_are_spelled_as_the_training_labels(
    encoder: Encoder, prepared: Prepared, pixels: np.ndarray
) -> None:
    tagger = as_tagger(encoder)
    assert tagger is not None
    assert {h: list(v) for h, v in tagger.heads.items()} == dict(prepared.table.values)
    assert set(tagger.heads) == {"gender", "article_type", "base_colour"}
    assert list(tagger.heads["gender"]) == ["Men", "Women"]
    _, tags = tagger.embed_and_tag(pixels[:3])
    for said in tags:
        assert {head: tag.value in tagger.heads[head] for head, tag in said.items()} == {
            head: True for head in tagger.heads
        }


def test_calibration_is_that_of_unseen_photos(
    trained: TrainedEncoder, encoder: Encoder, prepared: Prepared, photos: list[str]
) -> None:
    """The share of sure tags that are right, counted through the encoder, is what it says."""
    table, fits = prepared.table, trained.exported.heads
    seen = list(embed_photos(encoder, photos, lambda path: Path(path).read_bytes(), threads=1))
    assert fits
    for head, fit in fits.items():
        column = table.heads.index(head)
        labels = table.labels[table.rows("validation"), column]
        said = [photo.tags[head] for photo in seen if photo.tags]
        known = [
            (tag, table.values[head][label])
            for tag, label in zip(said, labels, strict=True)
            if label >= 0
        ]
        sure = [tag.value == label for tag, label in known if not tag.unsure]
        assert fit.n == len(known)
        assert len(sure) / len(known) == pytest.approx(fit.coverage, abs=1 / len(known) + 1e-9)
        if fit.precision is not None:
            assert np.mean(sure) == pytest.approx(fit.precision, abs=1.5 / len(sure))


def test_words_are_read_alike_in_training_and_in_use(
    encoder: Encoder, student: Student, prepared: Prepared
) -> None:
    texts = ["Red Tshirts number 3", "something never seen", "caps", ""]
    reader = as_text_encoder(encoder)
    assert reader is not None
    with torch.no_grad():
        ids = torch.from_numpy(prepared.tokenizer.encode(texts))
        wanted = TextGraph(student.text)(ids).numpy()
    assert (wanted * reader.embed_text(texts)).sum(1) == pytest.approx(np.ones(4), abs=1e-4)


def test_float_ships_where_int8_is_too_far(
    student: Student,
    prepared: Prepared,
    plan: Plan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And without titles or labels to make phrases of, no words are promised."""
    monkeypatch.setattr(export, "LEAST_COSINE", 1.1)
    table = replace(prepared.table, titles=np.full_like(prepared.table.titles, -1))
    heads = {"pattern": ["plain", "striped"]}
    mute = replace(table, values=heads, labels=table.labels[:, :1])
    student = _with_heads(student, heads)
    given = (student, replace(prepared, table=mute), plan, tmp_path / "model", "mute", CPU)
    found = export_encoder(*given)
    assert (found.numbers, found.cosine, found.lost) == ("float32", 1.0, 0.0)
    encoder = vitrine.load_encoder(tmp_path / "model", Settings(threads=1))
    assert as_text_encoder(encoder) is None
    paths = [photo.path for photo in mute.photos[:4]]
    [said] = ask([tmp_path / "model" / "image.onnx"], paths, 48, 36, threads=1)
    wanted = encoder.embed(read_pixels(paths, 48, 36))
    assert np.allclose(said.vectors, wanted, atol=1e-6)
    assert not list(tmp_path.glob("tmp*"))


def _with_heads(student: Student, heads: dict[str, list[str]]) -> Student:
    """The same student that knows only these heads."""
    changed = copy.deepcopy(student)
    features = changed.image.project.in_features
    made = {head: torch.nn.Linear(features, len(values)) for head, values in heads.items()}
    changed.image.heads = torch.nn.ModuleDict(made)  # pyright: ignore[reportArgumentType]
    return changed


def test_names_that_no_model_may_have() -> None:
    for name in ("", "My Model", "a/b", "-x"):
        with pytest.raises(UsageError, match="a model cannot be called"):
            model_row(name, 48, 36)


def test_a_photo_from_elsewhere_is_embedded(encoder: Encoder) -> None:
    vector = encoder.embed(encoder.prepare(Image.new("RGB", (7, 300), "red"))[None])
    assert vector.shape == (1, DIM)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
