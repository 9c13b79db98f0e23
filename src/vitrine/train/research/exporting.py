"""A trained network as a model folder, which is an encoder like any other."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from pydantic import ValidationError
from torch import Tensor, nn
from torch.nn import functional

from vitrine.encoders.model_files import folder_file, write_model_folder
from vitrine.encoders.model_row import ModelFile, ModelFiles, ModelInput, ModelOutput, ModelRow
from vitrine.errors import ConfigurationError, UsageError
from vitrine.train.graphs import export_graph
from vitrine.types import Json

_CLOSE = 1e-3


class Shipped(nn.Module):
    """The network as it ships: pixels to a vector, and logits of its heads.

    Args:
        network: whose weights are exported.
        heads: head -> features to logits; None for none.
        read: gives the features (n, n_features) of pixels (n, 3, h, w) in 0..1 by that network;
            left out where calling it does.
        scaled: to length 1 by the graph itself; encoders do so in any case, but only features as
            they are can be ranked by Euclidean distance.
    """

    def __init__(
        self,
        network: nn.Module,
        heads: nn.ModuleDict | None = None,
        read: Callable[[Any, Tensor], Tensor] = lambda network, pixels: network(pixels),
        *,
        scaled: bool = True,
    ) -> None:
        super().__init__()
        self.network, self._read, self._scaled = network, read, scaled
        self.heads = heads or nn.ModuleDict()

    @property
    def outputs(self) -> list[str]:
        """Names of what `forward` gives, `vector` first."""
        return ["vector", *(f"tag_{head}" for head in self.heads)]

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """(n, 3, h, w) -> vector (n, dim), and logits per head."""
        seen = self._read(self.network, pixels)
        vector = functional.normalize(seen, dim=1, eps=1e-12) if self._scaled else seen
        return vector, *(head(seen) for head in self.heads.values())


def export_model(
    shipped: Shipped,
    folder: Path,
    name: str,
    side_px: tuple[int, int],
    *,
    values: Mapping[str, Sequence[str]] | None = None,
    calibration: Json | None = None,
    card: str = "",
) -> None:
    """Write a model folder in float32, and check that it computes what the network computes.

    Args:
        shipped: the network.
        folder: where the model goes; an older one there is replaced.
        name: of the model.
        side_px: height and width that it sees.
        values: head -> its values, for networks with heads.
        calibration: what calibration.json says; None for no such file.
        card: Markdown: what it is and was trained on.

    Raises:
        UsageError: no model may have this name.
        ConfigurationError: the exported graph answers otherwise than the network.
    """
    shipped = copy.deepcopy(shipped).cpu().float().eval()
    height_px, width_px = side_px
    blank = torch.rand(2, 3, height_px, width_px, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = shipped(blank)[0].numpy()
    texts: dict[str, tuple[str, str]] = {}
    if values:
        texts["labels"] = ("labels.json", _json({head: list(v) for head, v in values.items()}))
    if calibration is not None:
        texts["calibration"] = ("calibration.json", _json(calibration))
    if card:
        texts["card"] = ("MODEL_CARD.md", card)

    def write(draft: Path) -> None:
        export_graph(shipped, blank, draft / "image.onnx", "pixels", shipped.outputs)
        _check(draft / "image.onnx", blank, wanted)

    write_model(folder, name, int(wanted.shape[1]), side_px, write, texts)


def write_model(
    folder: Path,
    name: str,
    dim: int,
    side_px: tuple[int, int],
    write: Callable[[Path], None],
    texts: Mapping[str, tuple[str, str]],
) -> None:
    """Write a model folder whole, or leave what was there.

    Args:
        folder: where the model goes; an older one there is replaced.
        name: of the model.
        dim: of its vectors.
        side_px: height and width that it sees.
        write: puts `image.onnx` into the folder that it is given.
        texts: kind of file (`labels`, `calibration`, `card`) -> its name and what is in it.

    Raises:
        UsageError: no model may have this name.
    """
    files = {kind: ModelFile(path=path) for kind, (path, _) in texts.items()}
    row = _row(name, dim, side_px, ModelFiles(image=ModelFile(path="image.onnx"), **files, data=()))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as somewhere:
        draft, whole = Path(somewhere) / "draft", Path(somewhere) / "whole"
        draft.mkdir()
        write(draft)
        for path, text in texts.values():
            (draft / path).write_text(text, encoding="utf-8", newline="\n")
        write_model_folder(row, lambda file: folder_file(draft, file), whole)
        shutil.rmtree(folder, ignore_errors=True)
        whole.replace(folder)


def _json(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"


def _row(name: str, dim: int, side_px: tuple[int, int], files: ModelFiles) -> ModelRow:
    try:
        return ModelRow(
            name=name,
            dim=dim,
            files=files,
            input=ModelInput(height_px=side_px[0], width_px=side_px[1], name="pixels"),
            output=ModelOutput(names=("vector",)),
        )
    except ValidationError as error:
        raise UsageError(
            f"a model cannot be called {name!r}: give lower-case letters, digits and . _ -"
        ) from error


def _check(
    path: Path, pixels: Tensor, wanted: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    alone = [session.run(["vector"], {"pixels": photo[None]})[0] for photo in pixels.numpy()]
    apart = np.abs(np.concatenate([np.asarray(row) for row in alone]) - wanted)
    worst = float((apart / np.linalg.norm(wanted, axis=1, keepdims=True).clip(1e-9)).max())
    if worst > _CLOSE:
        raise ConfigurationError(
            f"the exported graph differs from the network by {worst:.4f}; "
            "another version of torch or onnx may help"
        )
