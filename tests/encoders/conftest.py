"""A small network made on the spot: its vector is a projection of the photo's mean colour."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

DIM, HEIGHT_PX, WIDTH_PX = 5, 24, 18
COLOURS = ("Red", "Green", "Blue")
TOKENIZER = {
    "format": "vitrine-words-1",
    "n_buckets": 50,
    "max_tokens": 6,
    "max_pieces": 3,
    "words": ["red", "dress", "shirt"],
}
TOKENIZER_IDS = 1 + 3 + 50
SIMILARITY = {"meaning": "x", "score": [0.2, 0.8, 1.0], "probability": [0.0, 0.3, 0.9]}

MakeModel: TypeAlias = Callable[..., Path]


def network(batch: str | int = "n") -> onnx.ModelProto:
    """Outputs: `vector` (n, 5), `map` (n, 3, 24, 18), `tokens` (n, 432, 3), `tag_base_colour`, and
    `cells` (n, 5, 24, 18), whose mean is `vector`."""
    rng = np.random.default_rng(5)
    project = rng.normal(size=(3, DIM)).astype(np.float32)
    shift = np.ones(DIM, np.float32)
    weights = [
        numpy_helper.from_array(project, "project"),
        numpy_helper.from_array(shift, "shift"),
        numpy_helper.from_array(project.T[:, :, None, None].copy(), "spread"),
        numpy_helper.from_array(np.array([20], np.float32), "sharp"),
        numpy_helper.from_array(np.array([0, 3, HEIGHT_PX * WIDTH_PX]), "flat"),
    ]
    nodes = [
        helper.make_node("Identity", ["pixels"], ["map"]),
        helper.make_node("Reshape", ["pixels", "flat"], ["channels"]),
        helper.make_node("Transpose", ["channels"], ["tokens"], perm=[0, 2, 1]),
        helper.make_node("GlobalAveragePool", ["pixels"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"]),
        helper.make_node("Gemm", ["means", "project", "shift"], ["vector"]),
        helper.make_node("Conv", ["pixels", "spread", "shift"], ["cells"]),
        helper.make_node("Mul", ["means", "sharp"], ["tag_base_colour"]),
    ]
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pixels", floats, [batch, 3, HEIGHT_PX, WIDTH_PX])],
        [
            helper.make_tensor_value_info("vector", floats, [batch, DIM]),
            helper.make_tensor_value_info("map", floats, [batch, 3, HEIGHT_PX, WIDTH_PX]),
            helper.make_tensor_value_info("tokens", floats, [batch, HEIGHT_PX * WIDTH_PX, 3]),
            helper.make_tensor_value_info("tag_base_colour", floats, [batch, 3]),
            helper.make_tensor_value_info("cells", floats, [batch, DIM, HEIGHT_PX, WIDTH_PX]),
        ],
        weights,
    )
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def text_network(dim: int = DIM) -> onnx.ModelProto:
    """`token_ids` (n, 6) -> `vector`: 1 plus the mean of the tokens' rows of a table."""
    table = np.random.default_rng(6).normal(size=(TOKENIZER_IDS, dim)).astype(np.float32)
    weights = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.ones(dim, np.float32), "shift"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "token_ids"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("Add", ["mean", "shift"], ["vector"]),
    ]
    given = helper.make_tensor_value_info("token_ids", TensorProto.INT64, ["n", 6])
    made = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", dim])
    graph = helper.make_graph(nodes, "text", [given], [made], weights)
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def row() -> dict[str, Any]:
    return {
        "name": "small",
        "dim": DIM,
        "files": {"image": {"path": "image.onnx"}},
        "input": {"height_px": HEIGHT_PX, "width_px": WIDTH_PX},
        "output": {},
    }


@pytest.fixture
def small_network() -> onnx.ModelProto:
    return network()


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Write a folder with a model.json; keyword arguments replace or extend its parts."""

    def make(
        batch: str | int = "n",
        labels: bool = False,
        words: bool = False,
        **changes: Any,
    ) -> Path:
        folder = tmp_path / "small"
        folder.mkdir(exist_ok=True)
        onnx.save(network(batch), folder / "image.onnx")
        written = row()
        if labels:
            written["files"]["labels"] = {"path": "labels.json"}
            written["files"]["calibration"] = {"path": "calibration.json"}
            (folder / "labels.json").write_text(json.dumps({"base_colour": COLOURS}))
            calibration = {"base_colour": {"temperature": 1.0, "unsure_below": 0.9, "note": "x"}}
            measured = {"heads": calibration, "similarity": SIMILARITY, "x": 1}
            (folder / "calibration.json").write_text(json.dumps(measured))
        if words:
            written["files"]["text"] = {"path": "text.onnx"}
            written["files"]["tokenizer"] = {"path": "tokenizer.json"}
            onnx.save(text_network(), folder / "text.onnx")
            (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
        for part, change in changes.items():
            joined = isinstance(change, dict) and isinstance(written.get(part), dict)
            written[part] = {**written[part], **change} if joined else change
        (folder / "model.json").write_text(json.dumps(written))
        return folder

    return make
