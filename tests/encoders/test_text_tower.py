from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from vitrine.encoders import as_text_encoder, load_encoder
from vitrine.encoders.onnx import OnnxEncoder
from vitrine.errors import ConfigurationError, UsageError
from vitrine.settings import Settings

MakeModel = Callable[..., Path]


def test_numbers_are_those_of_the_graph(make_model: MakeModel) -> None:
    folder = make_model(words=True)
    encoder = as_text_encoder(load_encoder(folder, Settings()))
    assert encoder is not None
    graph = onnx.load(folder / "text.onnx").graph
    table = onnx.numpy_helper.to_array(graph.initializer[0])
    raw = 1 + table[[1, 2, 0, 0, 0, 0]].mean(axis=0)
    [found] = encoder.embed_text(["Red dresses"])
    assert found == pytest.approx(raw / np.linalg.norm(raw), abs=1e-6)


def test_without_a_text_tower_there_are_no_words(make_model: MakeModel) -> None:
    encoder = load_encoder(make_model(), Settings())
    assert as_text_encoder(encoder) is None
    assert isinstance(encoder, OnnxEncoder)
    with pytest.raises(UsageError, match="'small' understands no words"):
        encoder.embed_text(["red"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ({"input": "ids"}, "no input 'ids'; it has token_ids"),
        ({"output": "embeds"}, "no output 'embeds'; it has vector"),
        ({"mask": "x"}, "text.mask"),
    ],
)
def test_wrong_names_are_refused_when_loading(
    make_model: MakeModel, text: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_encoder(make_model(words=True, text=text), Settings())


def test_another_dimension_is_refused_when_loading(make_model: MakeModel) -> None:
    folder = make_model(words=True, dim=3, output={"names": ["map"], "pooling": "avg"})
    with pytest.raises(ConfigurationError, match="its row says dim 3"):
        load_encoder(folder, Settings())


def test_ids_beyond_the_table_are_refused_when_run(make_model: MakeModel) -> None:
    folder = make_model(words=True)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_buckets": 10**6}))
    encoder = as_text_encoder(load_encoder(folder, Settings()))
    assert encoder is not None
    with pytest.raises(ConfigurationError, match="cannot be run"):
        encoder.embed_text([f"unknown{n}" for n in range(50)])


def test_text_goes_with_a_tokenizer(make_model: MakeModel) -> None:
    folder = make_model(words=True)
    row = json.loads((folder / "model.json").read_text())
    del row["files"]["tokenizer"]
    (folder / "model.json").write_text(json.dumps(row))
    with pytest.raises(ConfigurationError, match="text and tokenizer go together"):
        load_encoder(folder, Settings())


@pytest.mark.parametrize("name", ["text.onnx", "tokenizer.json"])
def test_missing_file_is_named(make_model: MakeModel, name: str) -> None:
    folder = make_model(words=True)
    (folder / name).unlink()
    with pytest.raises(ConfigurationError, match=name):
        load_encoder(folder, Settings())
