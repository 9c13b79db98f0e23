"""ONNX files of both towers: float, and int8 with the embedding's tail kept in float32."""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vitrine.train.refit import Head
from vitrine.train.towers import ImageTower, Normed, TextTower

METHODS = ("percentile", "minmax")
"""How the ranges of an int8 graph may be found, the one to try first first."""
_OPSET = 17


class ImageGraph(nn.Module):
    """The image tower as it ships: vector, cells, pooled feature and logits."""

    def __init__(self, tower: ImageTower) -> None:
        super().__init__()
        self.tower = folded(tower)

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """(n, 3, h, w) in 0..1 -> vector, cells, feature, logits per head.

        They are (n, dim) of length 1, (n, dim, h', w'), (n, features) and (n, values);

        `cells.mean((2, 3))` is the vector before it is scaled.
        """
        tower = self.tower
        last, edges = tower.map(pixels), tower.edges(pixels)
        feature = torch.cat([last.mean((2, 3)), edges.flatten(1)], 1)
        vector = functional.normalize(tower.project(feature), dim=1, eps=1e-12)
        logits = [head(feature) for head in tower.heads.values()]
        return vector, tower.cells(last, edges), feature, *logits


class TextGraph(nn.Module):
    """The text tower as it ships: ids -> unit vector."""

    def __init__(self, tower: TextTower) -> None:
        super().__init__()
        self.tower = copy.deepcopy(tower).cpu().eval()

    def forward(self, token_ids: Tensor) -> Tensor:
        """(n, tokens) int64 -> (n, dim) of length 1; no token gives the empty text's vector."""
        return functional.normalize(self.tower(token_ids), dim=1, eps=1e-12)


def folded(tower: ImageTower) -> ImageTower:
    """A copy, on the CPU, whose BatchNorms are part of the convolutions."""
    tower = copy.deepcopy(tower).cpu().eval()
    for module in list(tower.modules()):
        if isinstance(module, Normed):
            conv, norm = cast(nn.Conv2d, module[0]), cast(nn.BatchNorm2d, module[1])
            module[0], module[1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    return tower


def export_image(tower: ImageTower, path: Path, height_px: int, width_px: int) -> None:
    """Write the float graph; the batch is free, height and width are fixed."""
    names = ["vector", "cells", "feature", *(f"tag_{head}" for head in tower.heads)]
    blank = torch.zeros(2, 3, height_px, width_px)
    export_graph(ImageGraph(tower).eval(), blank, path, "pixels", names)


def export_text(tower: TextTower, n_tokens: int, path: Path) -> None:
    """Write the text graph; its table of word vectors is stored as float16."""
    ids = torch.ones(2, n_tokens, dtype=torch.long)
    export_graph(TextGraph(tower).eval(), ids, path, "token_ids", ["vector"])
    model = onnx.load(path)
    graph = model.graph
    table = max(graph.initializer, key=lambda tensor: int(np.prod(tensor.dims)))
    half = onnx.numpy_helper.to_array(table).astype(np.float16)
    gather = next(node for node in graph.node if table.name in node.input)
    place, wide = list(graph.node).index(gather), gather.output[0]
    gather.input[list(gather.input).index(table.name)] = f"{table.name}_half"
    gather.output[0] = f"{wide}_half"
    cast_back = onnx.helper.make_node("Cast", [f"{wide}_half"], [wide], to=onnx.TensorProto.FLOAT)
    graph.node.insert(place + 1, cast_back)
    graph.initializer.append(onnx.numpy_helper.from_array(half, f"{table.name}_half"))
    graph.initializer.remove(table)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def read_heads(path: Path) -> dict[str, Head]:
    """The tag heads of an image graph."""
    model = onnx.load(path)
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return {
        name.removeprefix("tag_"): Head(arrays[weight], arrays[bias])
        for name, weight, bias in _layers(model)
    }


def write_heads(path: Path, heads: Mapping[str, Head]) -> None:
    """Put other tag heads of the same shapes into an image graph."""
    model = onnx.load(path)
    changed: dict[str, NDArray[np.float32]] = {}
    for name, weight, bias in _layers(model):
        if head := heads.get(name.removeprefix("tag_")):
            changed |= {weight: head.weight, bias: head.bias}
    for tensor in model.graph.initializer:
        if tensor.name in changed:
            tensor.CopyFrom(onnx.numpy_helper.from_array(changed[tensor.name], tensor.name))
    onnx.save(model, path)


def _layers(model: onnx.ModelProto) -> Iterator[tuple[str, str, str]]:
    """Output, weight and bias of every tag head; the exporter writes them as Gemm with transB."""
    for node in model.graph.node:
        if node.op_type == "Gemm" and node.output[0].startswith("tag_"):
            yield node.output[0], node.input[1], node.input[2]


def quantise(source: Path, target: Path, pixels: NDArray[np.float32], method: str) -> None:
    """Static QDQ int8, weights per channel; edge layout and the tail after the map stay float32.

    Args:
        source: the float graph.
        target: where the int8 graph goes.
        pixels: (n, 3, h, w) photos that set the ranges, a few hundred of the training part.
        method: one of `METHODS`.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    methods = {"percentile": CalibrationMethod.Percentile, "minmax": CalibrationMethod.MinMax}
    ready = target.with_suffix(".ready.onnx")
    with _quiet():
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        tail = [node.name for node in onnx.load(ready).graph.node if _is_tail(node)]
        quantize_static(
            str(ready),
            str(target),
            _photos_one_by_one(pixels),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,  # 8 bits overflow on CPUs without VNNI, and vectors would differ
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=methods[method],
            op_types_to_quantize=["Conv", "Add", "AveragePool"],
            nodes_to_exclude=tail,
            extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
        )
    ready.unlink()


def _photos_one_by_one(pixels: NDArray[np.float32]):  # noqa: ANN202  # its base class is imported late
    from onnxruntime.quantization import CalibrationDataReader

    class Photos(CalibrationDataReader):
        def __init__(self) -> None:
            self._waiting: Iterator[dict[str, NDArray[np.float32]]] = (
                {"pixels": photo[None]} for photo in pixels
            )

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
            return next(self._waiting, None)

    return Photos()


def _is_tail(node: onnx.NodeProto) -> bool:
    """Whether a node is none of the convolutions' before the last map."""
    return not any(part in node.name for part in ("/stem/", "/body/"))


def export_graph(
    graph: nn.Module, given: Tensor, path: Path, name: str, names_out: Sequence[str]
) -> None:
    """Write a float graph with a free batch.

    Args:
        graph: takes one tensor.
        given: an example of it.
        path: of the file.
        name: of the input.
        names_out: of the outputs.
    """
    with _quiet():
        torch.onnx.export(
            graph,
            (given,),
            path,
            input_names=[name],
            output_names=list(names_out),
            opset_version=_OPSET,
            dynamo=False,  # the other exporter fixes the batch and renames nodes
            dynamic_axes={axis: {0: "n"} for axis in (name, *names_out)},
        )


@contextmanager
def _quiet() -> Generator[None]:
    """The exporter warns that it is the older one, the quantiser prints where results belong."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
