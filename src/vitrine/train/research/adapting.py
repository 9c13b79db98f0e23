"""A linear map after an encoder: its vectors, cells and words move together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from vitrine.errors import ConfigurationError


def adapt_image_graph(source: Path, target: Path, matrix: NDArray[np.float32]) -> None:
    """Write an image graph whose vector is the old one times a matrix, scaled to length 1.

    Its cells are mapped likewise, so that heat maps stay exact.

    Args:
        source: a graph with the output `vector` (n, dim) and perhaps `cells` (n, dim, h, w).
        target: where the new one goes.
        matrix: (dim, dim); new vectors are `matrix @ vector`.
    """
    model = onnx.load(source)
    names = {output.name for output in model.graph.output}
    if "vector" not in names:
        raise ConfigurationError(f"{source} has no output called vector; it cannot be adapted")
    _mapped_rows(model, "vector", matrix.T)
    if "cells" in names:
        _renamed(model, "cells")
        kernel = matrix[:, :, None, None].astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(kernel, "adapt_cells_weight"))
        node = helper.make_node("Conv", ["cells_before", "adapt_cells_weight"], ["cells"])
        model.graph.node.append(node)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def adapt_text_graph(source: Path, target: Path, matrix: NDArray[np.float32]) -> None:
    """Write a text graph that goes with an image graph adapted by `matrix`.

    With the inverse transposed, the product of a photo's and a text's vector stays what it was, up
    to one factor a photo and one a text.
    """
    model = onnx.load(source)
    _mapped_rows(model, "vector", np.linalg.inv(matrix.astype(np.float64)).astype(np.float32))
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _mapped_rows(model: onnx.ModelProto, name: str, weight: NDArray[np.float32]) -> None:
    """Rows of an output times a matrix from the right, scaled to length 1."""
    _renamed(model, name)
    weight = np.ascontiguousarray(weight, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(weight, f"adapt_{name}_weight"))
    model.graph.node.extend(
        [
            helper.make_node(
                "MatMul", [f"{name}_before", f"adapt_{name}_weight"], [f"{name}_long"]
            ),
            helper.make_node("LpNormalization", [f"{name}_long"], [name], axis=-1, p=2),
        ]
    )


def _renamed(model: onnx.ModelProto, name: str) -> None:
    """Call what computes an output otherwise, so that the name is free."""
    for node in model.graph.node:
        for names in (node.input, node.output):
            for i, said in enumerate(names):
                if said == name:
                    names[i] = f"{name}_before"
