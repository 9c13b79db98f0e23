from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from vitrine.encoders import Encoder, as_tagger, as_text_encoder, load_encoder
from vitrine.encoders.model_row import ModelRow
from vitrine.encoders.onnx import OnnxEncoder, load_hub_model
from vitrine.errors import ConfigurationError, FetchError
from vitrine.settings import Settings

MakeModel = Callable[..., Path]

PHOTO = Image.new("RGB", (18, 24), (255, 51, 0))
MEANS = np.array([1.0, 0.2, 0.0])


def embed(encoder: Encoder, image: Image.Image = PHOTO) -> np.ndarray:
    return encoder.embed(encoder.prepare(image)[None])[0]


def expected(network: onnx.ModelProto, means: np.ndarray) -> np.ndarray:
    project = onnx.numpy_helper.to_array(network.graph.initializer[0])
    vector = means @ project + 1
    return vector / np.linalg.norm(vector)


def test_numbers_are_those_of_the_graph(
    make_model: MakeModel, small_network: onnx.ModelProto
) -> None:
    encoder = load_encoder(make_model(), Settings())
    assert embed(encoder) == pytest.approx(expected(small_network, MEANS), abs=1e-6)
    assert as_tagger(encoder) is None
    assert as_text_encoder(encoder) is None


def test_features_keep_their_length(make_model: MakeModel, small_network: onnx.ModelProto) -> None:
    encoder = load_encoder(make_model(), Settings())
    assert isinstance(encoder, OnnxEncoder)
    [found] = encoder.features(encoder.prepare(PHOTO)[None])
    project = onnx.numpy_helper.to_array(small_network.graph.initializer[0])
    assert found == pytest.approx(MEANS @ project + 1, abs=1e-6)


def test_mean_and_std_are_applied(make_model: MakeModel, small_network: onnx.ModelProto) -> None:
    folder = make_model(input={"mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.2]})
    scaled = (MEANS - [0.5, 0.4, 0.3]) / [0.5, 0.25, 0.2]
    found = embed(load_encoder(folder, Settings()))
    assert found == pytest.approx(expected(small_network, scaled), abs=1e-5)


@pytest.mark.parametrize("output", ["map", "tokens"])
@pytest.mark.parametrize("pooling", ["avg", "max", "gem"])
def test_feature_maps_are_pooled(make_model: MakeModel, output: str, pooling: str) -> None:
    folder = make_model(dim=3, output={"names": [output], "pooling": pooling, "gem_p": 4.0})
    found = embed(load_encoder(folder, Settings()))
    assert found == pytest.approx(MEANS / np.linalg.norm(MEANS), abs=1e-5)


def test_first_token_counts_with_cls(make_model: MakeModel) -> None:
    image = PHOTO.copy()
    image.putpixel((0, 0), (0, 255, 0))
    folder = make_model(dim=3, output={"names": ["tokens"], "pooling": "cls"})
    assert embed(load_encoder(folder, Settings()), image) == pytest.approx([0, 1, 0], abs=1e-6)


def test_first_of_the_named_outputs_that_exists_is_taken(make_model: MakeModel) -> None:
    folder = make_model(output={"names": ["image_embeds", "vector"]})
    assert load_encoder(folder, Settings()).identity.dim == 5


def test_graph_of_fixed_batch(make_model: MakeModel) -> None:
    encoder = load_encoder(make_model(batch=1, input={"batch": 1}), Settings())
    pixels = np.stack([encoder.prepare(PHOTO)] * 7)
    assert encoder.embed(pixels).shape == (7, 5)


def test_tags_with_confidence_and_doubt(make_model: MakeModel) -> None:
    encoder = load_encoder(make_model(labels=True), Settings())
    tagger = as_tagger(encoder)
    assert tagger is not None
    assert tagger.heads == {"base_colour": ("Red", "Green", "Blue")}
    grey = Image.new("RGB", (18, 24), (90, 90, 89))
    _, [red, doubt] = tagger.embed_and_tag(np.stack([encoder.prepare(i) for i in (PHOTO, grey)]))
    assert red["base_colour"].value == "Red"
    assert red["base_colour"].confidence == pytest.approx(1, abs=1e-5)
    assert not red["base_colour"].unsure
    assert doubt["base_colour"].unsure


def test_identity_is_the_hash_of_the_graph(make_model: MakeModel) -> None:
    folder = make_model(labels=True)
    identity = load_encoder(folder, Settings()).identity
    assert identity.sha256 == sha256((folder / "image.onnx").read_bytes()).hexdigest()
    assert identity.name == "small"
    assert identity.preprocessing == (
        "letterbox 24 x 18 px, bilinear, mean 0/0/0, std 1/1/1, nchw, first output, pooling none"
    )


def with_external_data(folder: Path, location: str) -> None:
    path = folder / "image.onnx"
    onnx.save(
        onnx.load(path),
        path,
        save_as_external_data=True,
        location="weights.data",
        size_threshold=90,  # only the projection: the shape of a reshape must stay inside
    )
    if location != "weights.data":
        model = onnx.load(path, load_external_data=False)
        for tensor in model.graph.initializer:
            for entry in tensor.external_data:
                if entry.key == "location":
                    entry.value = location
        path.write_bytes(model.SerializeToString())


def test_external_data_is_read_and_part_of_the_identity(
    make_model: MakeModel, small_network: onnx.ModelProto
) -> None:
    plain = load_encoder(make_model(), Settings()).identity.sha256
    files = {"image": {"path": "image.onnx"}, "data": [{"path": "weights.data"}]}
    folder = make_model(files=files)
    with_external_data(folder, "weights.data")
    encoder = load_encoder(folder, Settings())
    assert embed(encoder) == pytest.approx(expected(small_network, MEANS), abs=1e-6)
    graph_alone = sha256((folder / "image.onnx").read_bytes()).hexdigest()
    assert encoder.identity.sha256 not in {plain, graph_alone}


def test_external_data_must_stand_in_the_row(make_model: MakeModel) -> None:
    folder = make_model()
    with_external_data(folder, "weights.data")
    with pytest.raises(ConfigurationError, match=r"'weights\.data', which its row does not list"):
        load_encoder(folder, Settings())


@pytest.mark.parametrize("place", ["../weights.data", "a/../../weights.data", "/etc/weights"])
def test_external_data_may_not_leave_its_folder(make_model: MakeModel, place: str) -> None:
    folder = make_model()
    with_external_data(folder, place)
    with pytest.raises(ConfigurationError, match="may not leave its folder"):
        load_encoder(folder, Settings())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dim": 7}, "gives vectors of 5 numbers; its row says dim 7"),
        ({"output": {"names": ["embedding"]}}, "no output 'embedding'; it has vector, map"),
        ({"input": {"name": "images"}}, "no input 'images'; it has pixels"),
        ({"input": {"height_px": 32}}, "cannot be run"),
        ({"input": {"dtype": "uint8"}}, "cannot be run"),
        ({"output": {"pooling": "avg"}}, "'avg' does not go with an output of shape"),
        ({"output": {"names": ["map"]}}, "'none' does not go with an output of shape"),
        ({"files": {"image": {"path": "other.onnx"}}}, "has no file 'other.onnx'"),
        ({"files": {"image": {"path": "../image.onnx"}}}, "inside the model's folder"),
        ({"files": {"image": {"path": "image.onnx", "sha256": "0" * 64}}}, "expected 0000"),
        ({"dimension": 5}, "dimension: Extra inputs"),
        ({"input": {"resize": "stretch"}}, "input.resize"),
        ({"input": {"std": [1, 0, 1]}}, "input.std.1: Input should be greater than 0"),
    ],
)
def test_rows_that_do_not_fit_say_so(
    make_model: MakeModel, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_encoder(make_model(**changes), Settings())
    assert "\n" not in str(caught.value)


def test_numbers_that_are_not_finite_are_refused(
    make_model: MakeModel, small_network: onnx.ModelProto
) -> None:
    folder = make_model()
    broken = onnx.numpy_helper.from_array(np.full(5, np.nan, np.float32), "shift")
    small_network.graph.initializer[1].CopyFrom(broken)
    onnx.save(small_network, folder / "image.onnx")
    with pytest.raises(ConfigurationError, match="not finite"):
        load_encoder(folder, Settings())


def test_a_photo_that_says_nothing_still_has_a_vector(make_model: MakeModel) -> None:
    folder = make_model(dim=3, output={"names": ["map"], "pooling": "avg"})
    black = embed(load_encoder(folder, Settings()), Image.new("RGB", (18, 24)))
    assert np.linalg.norm(black) == pytest.approx(1)


def test_labels_that_do_not_fit_the_head(make_model: MakeModel) -> None:
    folder = make_model(labels=True)
    (folder / "labels.json").write_text(json.dumps({"base_colour": ["Red", "Green"]}))
    with pytest.raises(ConfigurationError, match="has 2 labels, but its output has the shape"):
        load_encoder(folder, Settings())
    (folder / "labels.json").write_text(json.dumps({"gender": ["Men", "Women", "Unisex"]}))
    with pytest.raises(ConfigurationError, match="tag_gender"):
        load_encoder(folder, Settings())
    (folder / "labels.json").write_text("[1, 2]")
    with pytest.raises(ConfigurationError, match=r"labels\.json"):
        load_encoder(folder, Settings())


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x00" * 100, b"\x3a\xff\xff\x03"])
def test_broken_graphs(make_model: MakeModel, content: bytes) -> None:
    folder = make_model()
    (folder / "image.onnx").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"image\.onnx") as caught:
        load_encoder(folder, Settings())
    assert "\n" not in str(caught.value)


def test_truncated_graph(make_model: MakeModel) -> None:
    path = make_model() / "image.onnx"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ConfigurationError, match=r"image\.onnx"):
        load_encoder(path.parent, Settings())


def test_folder_without_model_json(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no readable model\.json"):
        load_encoder(tmp_path, Settings())


def test_model_json_that_is_no_json(make_model: MakeModel) -> None:
    folder = make_model()
    (folder / "model.json").write_text("{name: small}")
    with pytest.raises(ConfigurationError, match=r"model\.json: the file: Invalid JSON"):
        load_encoder(folder, Settings())


def test_kept_hub_model_needs_no_network(make_model: MakeModel, tmp_path: Path) -> None:
    source = make_model() / "image.onnx"
    kept = tmp_path / "models" / "someone--small" / "v1" / "onnx" / "image.onnx"
    kept.parent.mkdir(parents=True)
    copyfile(source, kept)
    digest = sha256(source.read_bytes()).hexdigest()
    row = ModelRow.model_validate(
        {
            "name": "small",
            "dim": 5,
            "repo": "someone/small",
            "revision": "v1",
            "files": {"image": {"path": "onnx/image.onnx", "sha256": digest}},
            "input": {"height_px": 24, "width_px": 18},
        }
    )
    settings = Settings(models_dir=tmp_path / "models", offline=True)
    assert load_hub_model(row, settings).identity.sha256 == digest
    kept.unlink()
    with pytest.raises(FetchError, match="offline"):
        load_hub_model(row, settings)
