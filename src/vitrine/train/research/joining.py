"""Several exported taggers as one graph: their probabilities averaged, their vectors end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Member:
    """One graph, and how its answers are read."""

    graph: Path
    """With the input `pixels` and the outputs `vector` and `tag_*`."""
    temperatures: Mapping[str, float]
    """Head -> what its logits are divided by."""
    orders: Mapping[str, Sequence[int]]
    """Head -> for each value of the joined head, which of this graph's it is."""


def join_graphs(members: Sequence[Member], target: Path) -> None:
    """Write one graph: `vector` of length 1, and logits whose softmax is the mean probability.

    The cosine of two joined vectors is the mean of the members' cosines.

    Args:
        members: graphs of photos of one size, with the same heads.
        target: where the new one goes.
    """
    models = [
        compose.add_prefix(onnx.load(member.graph), f"run{i}_") for i, member in enumerate(members)
    ]
    nodes: list[onnx.NodeProto] = []
    tensors: list[onnx.TensorProto] = []
    for i, model in enumerate(models):
        nodes.append(helper.make_node("Identity", ["pixels"], [f"run{i}_pixels"]))
        nodes += model.graph.node
        tensors += model.graph.initializer

    def constant(name: str, value: object, kind: type[np.generic]) -> str:
        tensors.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    n = len(members)
    runs = range(n)
    scale = constant("joined_scale", n**-0.5, np.float32)
    nodes += [
        helper.make_node("Concat", [f"run{i}_vector" for i in runs], ["joined_vector"], axis=1),
        helper.make_node("Mul", ["joined_vector", scale], ["vector"]),
    ]
    least = constant("joined_least", _LEAST, np.float32)
    for head in members[0].temperatures:
        for i, member in enumerate(members):
            at = f"run{i}_{head}"
            warmth = constant(f"{at}_temperature", member.temperatures[head], np.float32)
            order = constant(f"{at}_order", list(member.orders[head]), np.int64)
            nodes += [
                helper.make_node("Div", [f"run{i}_tag_{head}", warmth], [f"{at}_scaled"]),
                helper.make_node("Softmax", [f"{at}_scaled"], [f"{at}_likely"], axis=1),
                helper.make_node("Gather", [f"{at}_likely", order], [f"{at}_in_order"], axis=1),
            ]
        nodes += [
            helper.make_node("Mean", [f"run{i}_{head}_in_order" for i in runs], [f"{head}_mean"]),
            helper.make_node("Max", [f"{head}_mean", least], [f"{head}_above"]),
            helper.make_node("Log", [f"{head}_above"], [f"tag_{head}"]),
        ]
    floats, first = TensorProto.FLOAT, models[0].graph.input[0]
    given = helper.make_tensor_value_info(
        "pixels", floats, [d.dim_param or d.dim_value for d in first.type.tensor_type.shape.dim]
    )
    outputs = [
        helper.make_tensor_value_info(name, floats, ["n", f"n_{name}"])
        for name in ("vector", *(f"tag_{head}" for head in members[0].temperatures))
    ]
    graph = helper.make_graph(nodes, "ensemble", [given], outputs, tensors)
    joined = helper.make_model(
        graph,
        opset_imports=models[0].opset_import,
        ir_version=models[0].ir_version,
        functions=[function for model in models for function in model.functions],
    )
    onnx.checker.check_model(joined)
    onnx.save(joined, target)
