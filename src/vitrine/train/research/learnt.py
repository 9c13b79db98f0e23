"""What metric learning changes: a map after the shipped encoder, or a whole network."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from vitrine.encoders import ENCODERS, encoder_folder
from vitrine.encoders.model_files import folder_file, write_model_folder
from vitrine.encoders.model_row import read_model_row
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.train.calibrate import fit_similarity
from vitrine.train.deployed import ask
from vitrine.train.prepare import OnStep
from vitrine.train.research.adapting import adapt_image_graph, adapt_text_graph
from vitrine.train.research.backbones import Backbone
from vitrine.train.research.session import Session
from vitrine.train.research.views import Views
from vitrine.types import Rows

DEFAULT = "default"
DIM = 256
"""Of the vectors of a network that is trained whole."""


class Adapter:
    """Vectors of the shipped encoder, times a matrix that at first changes nothing."""

    def __init__(self, session: Session, settings: Settings, on_step: OnStep | None) -> None:
        found = encoder_folder(ENCODERS[DEFAULT], settings)
        if found is None:
            raise UsageError("the default encoder is not in this package")
        self.folder = found
        row = read_model_row(self.folder)
        table = session.data.table
        paths = [photo.path for photo in table.photos]
        cached = session.folder / "cache" / "default_vectors.npy"
        if cached.is_file() and len(kept := np.load(cached)) == len(paths):
            seen = kept
        else:
            [said] = ask(
                [self.folder / row.files.image.path],
                paths,
                row.input.height_px,
                row.input.width_px,
                on_step and (lambda done, n: on_step("asking the encoder", done / n)),
            )
            seen = said.vectors
            np.save(cached, seen)
        self._seen = torch.from_numpy(seen)
        self.network = nn.Linear(row.dim, row.dim, bias=False)
        nn.init.eye_(self.network.weight)

    def vectors(self, rows: Rows, rng: np.random.Generator | None) -> Tensor:
        """Of rows, (n, dim) of length 1; nothing is varied."""
        return functional.normalize(self.network(self._seen[torch.from_numpy(rows)]), dim=1)

    def pull(self) -> Tensor:
        """How far the matrix is from changing nothing."""
        weight = self.network.weight
        return (weight - torch.eye(len(weight))).square().mean()

    def export(
        self,
        folder: Path,
        name: str,
        vectors: NDArray[np.float32],
        kinds: NDArray[np.int64],
    ) -> Path:
        """Write the encoder with the map behind it, calibrated by vectors (n, dim) and kinds."""
        matrix = self.network.weight.detach().numpy()
        row = read_model_row(self.folder)
        with tempfile.TemporaryDirectory(dir=folder.parent) as somewhere:
            draft, whole = Path(somewhere) / "draft", Path(somewhere) / "whole"
            shutil.copytree(self.folder, draft)
            image = row.files.image.path
            adapt_image_graph(self.folder / image, draft / image, matrix)
            if row.files.text is not None:
                text = row.files.text.path
                adapt_text_graph(self.folder / text, draft / text, matrix)
            if row.files.calibration is not None:
                _recalibrate(draft / row.files.calibration.path, vectors, kinds)
            files = {
                key: file.model_copy(update={"sha256": None})
                for key in ("image", "labels", "calibration", "text", "tokenizer", "card")
                if (file := getattr(row.files, key)) is not None
            }
            own = row.model_copy(
                update={
                    "name": name,
                    "files": row.files.model_copy(update=files),
                    "dims": (),
                    "summary": "the default encoder, fitted to a catalogue",
                }
            )
            write_model_folder(own, lambda file: folder_file(draft, file), whole)
            shutil.rmtree(folder, ignore_errors=True)
            whole.replace(folder)
        return folder


class Trained:
    """A backbone and a linear layer, trained on varied photos."""

    def __init__(self, session: Session, backbone: Backbone) -> None:
        device = session.precision.device
        layer = nn.Linear(backbone.n_features, DIM, bias=False)
        self.network = nn.Sequential(backbone, layer).to(device)
        self._session = session
        self._views = Views(session.data.cache, session.side_px, device)

    def vectors(self, rows: Rows, rng: np.random.Generator | None) -> Tensor:
        """Of rows, (n, dim) of length 1; photos are varied where there is a generator."""
        views = self._views
        pixels = views.plain(rows) if rng is None else views.varied(rows, rng)
        with self._session.precision.autocast():
            found = self.network(pixels)
        return functional.normalize(found.float(), dim=1)


def _recalibrate(path: Path, vectors: NDArray[np.float32], kinds: NDArray[np.int64]) -> None:
    """Heads see what they saw; what a similarity means is measured anew."""
    said = json.loads(path.read_text("utf-8"))
    found = fit_similarity(vectors, kinds) if len(kinds) else None
    said.pop("similarity", None)
    if found:
        said["similarity"] = found
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8", newline="\n")
