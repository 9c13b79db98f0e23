"""A backbone with one linear head for each attribute: papers C and D of our feature table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from vitrine.train.research.backbones import Backbone, Evened
from vitrine.train.research.session import Session
from vitrine.train.research.views import Views
from vitrine.train.table import Table
from vitrine.types import Rows

_BATCH = 64
_MOST_MEASURED = 1500
_WARMUP = 0.05


class Classifier(nn.Module):
    """Photos to features, and features to logits.

    Args:
        backbone: pixels to pooled features.
        n_values: head -> number of values.
        hidden: width of a layer between backbone and heads, whose output is then the feature;
            None for none.
        frozen: the backbone is not trained.
    """

    def __init__(
        self,
        backbone: Backbone | Evened,
        n_values: Mapping[str, int],
        *,
        hidden: int | None = None,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.backbone, self.frozen = backbone, frozen
        n_in = backbone.n_features
        self.hidden = nn.Sequential(nn.Linear(n_in, hidden), nn.ReLU()) if hidden else nn.Identity()
        n_features = hidden or n_in
        heads = {head: nn.Linear(n_features, n) for head, n in n_values.items()}
        self.heads = nn.ModuleDict(cast("dict[str, nn.Module]", heads))
        self.n_features = n_features
        if frozen:
            backbone.requires_grad_(False)

    def features(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, n_features): the second-to-last layer."""
        if not self.frozen:
            return self.hidden(self.backbone(pixels))
        with torch.no_grad():
            seen = self.backbone(pixels)
        return self.hidden(seen)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Logits (n, values) per head."""
        seen = self.features(pixels)
        return {head: layer(seen) for head, layer in self.heads.items()}

    def train(self, mode: bool = True) -> Classifier:
        """Batch statistics of a frozen backbone stay what they are."""
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self


class Classifying:
    """Trains a classifier by the sum of its heads' cross-entropies; see `course.Task`.

    Args:
        session: of the run.
        network: the classifier.
        rate: highest learning rate, of AdamW.
        train: rows that are trained on.
        unseen: rows that are measured after every epoch.
        augment: whether photos are varied.
    """

    def __init__(
        self,
        session: Session,
        network: Classifier,
        rate: float,
        train: Rows,
        unseen: Rows,
        *,
        augment: bool = True,
    ) -> None:
        device = session.precision.device
        self._session, self.table = session, session.data.table
        self._network = network.to(device)
        learnt = [weight for weight in network.parameters() if weight.requires_grad]
        self._optimizer = torch.optim.AdamW(learnt, lr=rate, weight_decay=0.05)
        self._rate, self._train = rate, train
        self._unseen = unseen[:_MOST_MEASURED]
        self.views = Views(session.data.cache, session.side_px, device, augment=augment)
        self._labels = torch.from_numpy(self.table.labels)

    @property
    def network(self) -> Classifier:
        """With its backbone."""
        return self._network

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """AdamW."""
        return self._optimizer

    def order(self, rng: np.random.Generator) -> Rows:
        """The training part, shuffled."""
        return rng.permutation(self._train)

    def losses(self, rows: Rows, rng: np.random.Generator) -> dict[str, Tensor]:
        """Cross-entropy of every head over the photos whose label is known."""
        pixels = self.views.varied(rows, rng)
        with self._session.precision.autocast():
            logits = self._network(pixels)
        labels = self._labels[torch.from_numpy(rows)].to(pixels.device)
        return {
            head: _known_cross_entropy(said.float(), labels[:, self.table.heads.index(head)])
            for head, said in logits.items()
        }

    def set_rate(self, progress: float) -> None:
        """Warm up, then down to nothing in a straight line."""
        share = min(1.0, (progress + 1e-3) / _WARMUP) * (1 - progress)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * share

    def measure(self) -> dict[str, float]:
        """Accuracies on unseen groups, and on as many photos that are trained on."""
        found: dict[str, float] = {}
        for part, rows in (("unseen", self._unseen), ("train", self._train[: len(self._unseen)])):
            if len(rows):
                logits, _ = answers(self._network, self.views, rows, self._session)
                for head, said in logits.items():
                    accuracy = accuracy_of(said, self.table, head, rows)
                    if accuracy is not None:
                        found[f"{part}_{head}"] = accuracy
        return found


@torch.no_grad()
def answers(
    network: Classifier, views: Views, rows: Rows, session: Session
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """Logits per head (n, values), and features (n, n_features), of photos as they are."""
    network.eval()
    logits: dict[str, list[NDArray[np.float32]]] = {head: [] for head in network.heads}
    features: list[NDArray[np.float32]] = []
    for start in range(0, len(rows), _BATCH):
        with session.precision.autocast():
            seen = network.features(views.plain(rows[start : start + _BATCH]))
            said = {head: layer(seen) for head, layer in network.heads.items()}
        features.append(seen.float().cpu().numpy())
        for head, values in said.items():
            logits[head].append(values.float().cpu().numpy())
    if not len(rows):
        return {}, np.empty((0, network.n_features), np.float32)
    return {head: np.concatenate(parts) for head, parts in logits.items()}, np.concatenate(features)


def accuracy_of(logits: NDArray[np.float32], table: Table, head: str, rows: Rows) -> float | None:
    """Share of right answers among the rows whose label is known; None where none is."""
    labels = table.labels[rows, table.heads.index(head)]
    known = labels >= 0
    return float((logits.argmax(1) == labels)[known].mean()) if known.any() else None


def chosen_values(table: Table, heads: Sequence[str]) -> dict[str, Sequence[str]]:
    """Head -> values, of those heads that the table has."""
    return {head: table.values[head] for head in heads if head in table.values}


def _known_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    known = labels >= 0
    if not bool(known.any()):
        return logits.sum() * 0
    return functional.cross_entropy(logits[known], labels[known])
