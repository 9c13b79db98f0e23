from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from vitrine.encoders.external_data import external_files
from vitrine.errors import ConfigurationError


def external(name: str, location: str) -> onnx.TensorProto:
    tensor = numpy_helper.from_array(np.ones(2, np.float32), name)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="offset", value="0")
    tensor.external_data.add(key="location", value=location)
    return tensor


def graph(nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto]) -> onnx.GraphProto:
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [2])
    return helper.make_graph(nodes, "g", [], [out], weights)


def saved(folder: Path, built: onnx.GraphProto) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(helper.make_model(built).SerializeToString())
    return path


def test_weights_of_the_graph(tmp_path: Path) -> None:
    weights = [external("a", "b.data"), external("b", "sub/a.data"), external("c", "b.data")]
    inside = numpy_helper.from_array(np.ones(5), "inside")
    path = saved(tmp_path, graph([], [*weights, inside]))
    assert external_files(path) == ("b.data", "sub/a.data")


def test_constants_and_inner_graphs(tmp_path: Path) -> None:
    constant = helper.make_node("Constant", [], ["x"], value=external("v", "constant.data"))
    inner = graph([constant], [external("w", "inner.data")])
    branch = helper.make_node("If", ["c"], ["out"], then_branch=inner, else_branch=graph([], []))
    path = saved(tmp_path, graph([branch], []))
    assert external_files(path) == ("constant.data", "inner.data")


def test_functions(tmp_path: Path) -> None:
    constant = helper.make_node("Constant", [], ["x"], value=external("v", "function.data"))
    function = helper.make_function(
        "own", "f", [], ["x"], [constant], [helper.make_opsetid("", 17)]
    )
    model = helper.make_model(graph([], []), functions=[function])
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    assert external_files(path) == ("function.data",)


@pytest.mark.parametrize(
    "location", ["../x", "a/../../x", "/etc/passwd", "C:\\x", "..\\x", "\\\\host\\x", ""]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, location: str) -> None:
    path = saved(tmp_path, graph([], [external("a", location)]))
    with pytest.raises(ConfigurationError, match="may not leave its folder"):
        external_files(path)


def test_no_external_data(tmp_path: Path) -> None:
    path = saved(tmp_path, graph([], [numpy_helper.from_array(np.ones(5), "inside")]))
    assert external_files(path) == ()


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "model.onnx"
    path.write_bytes(content)
    with suppress(ConfigurationError):
        external_files(path)
