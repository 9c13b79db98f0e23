"""The recipe "gradient descent into style" (Papadopoulos, KSU 2025), on any encoder's vectors.

A small head is trained to tell apart the clusters that k-means finds in what the head gives, over
and over (DeepCluster; Caron et al., 2018). Samples that are far from every cluster gather in a
buffer, and 80 of them add a cluster. The published backbone is an EfficientNet-B3 of 1536
dimensions; here the vectors are those of the shop's encoder, and stay as they are.

Two things differ. The paper augments photos while it trains; a shop's vectors are of photos as they
are. And it does not say how long it alternates, nor what becomes of an empty cluster: 20 rounds
here, and a nudged copy of the largest one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.errors import DataError, UsageError, missing_extra
from vitrine.styles import Found, Layer, Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

NAME = "gradient-descent-into-style"
FIRST_K, LAST_K = 10, 25
N_ROUNDS = 20
_CLUSTER_BATCH = 512
_TRAIN_BATCH = 256
_HIDDEN = 512
_DROPOUT = 0.2
_LEARNING_RATE = 1e-4
_WEIGHT_DECAY = 1e-5
_FAR = 2.0  # standard deviations beyond the mean distance
_UNSURE_BELOW = 0.6
_BUFFER = 80
_NUDGE = 1e-3


@dataclass(frozen=True, slots=True)
class GradientDescentIntoStyle:
    """Finds styles as paper E does.

    Args:
        width: of the embedding; the paper takes 256.
        n_rounds: of clustering and training in turn.
    """

    width: int = 256
    n_rounds: int = N_ROUNDS
    name: str = NAME

    def find(self, vectors: Vectors, k: int | None = None, *, seed: int = 0) -> Found:
        """Find styles; without k, from 10 on, growing to 25 at most.

        Raises:
            DataError: fewer products than clusters.
            UsageError: k is below 2.
            MissingExtraError: torch is not installed.
        """
        if k is not None and k < 2:
            raise UsageError(f"k is {k}; there are at least 2 styles")
        if len(vectors) < (k or FIRST_K):
            raise DataError(
                f"{len(vectors)} products have a photo; this recipe needs {k or FIRST_K}"
            )
        training = _Training(vectors, self.width, seed)
        n_clusters, n_waiting = k or FIRST_K, 0
        for number in range(self.n_rounds):
            moved = training.embedded()
            groups, centroids = _clusters(moved, n_clusters, seed + number)
            n_waiting += int(np.count_nonzero(_novel(moved, centroids)))
            if k is None and n_waiting >= _BUFFER and n_clusters < LAST_K:
                n_clusters, n_waiting = n_clusters + 1, 0
            training.one_epoch(groups, len(centroids))
        moved = training.embedded()
        _, centroids = _clusters(moved, n_clusters, seed + self.n_rounds)
        limits = _limits(_distances(moved, centroids))
        return Found(centroids.astype(np.float32), limits, training.layers())


class _Training:
    """The head and its optimiser."""

    def __init__(self, vectors: Vectors, width: int, seed: int) -> None:
        try:
            import torch
        except ImportError as error:
            raise missing_extra(f"the recipe {NAME}", "torch", "train") from error
        self._torch = torch
        self._generator = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._head = torch.nn.Sequential(
                torch.nn.Linear(vectors.shape[1], _HIDDEN),
                torch.nn.BatchNorm1d(_HIDDEN),
                torch.nn.ReLU(),
                torch.nn.Dropout(_DROPOUT),
                torch.nn.Linear(_HIDDEN, width),
                torch.nn.BatchNorm1d(width),
                torch.nn.ReLU(),
            )
        self._width = width
        self._seed = seed
        self._vectors = torch.from_numpy(np.ascontiguousarray(vectors, dtype=np.float32))

    def embedded(self) -> NDArray[np.float32]:
        """What the head gives for every vector, (n, width)."""
        self._head.eval()
        with self._torch.no_grad():
            return self._head(self._vectors).numpy()

    def one_epoch(self, groups: Rows, n_groups: int) -> None:
        """Teach the head, and a classifier that is new each time, to tell the groups apart."""
        torch = self._torch
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed)
            classifier = torch.nn.Linear(self._width, n_groups)
            parameters = [*self._head.parameters(), *classifier.parameters()]
            optimiser = torch.optim.Adam(parameters, lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
            labels = torch.from_numpy(groups)
            self._head.train()
            order = torch.randperm(len(labels), generator=self._generator)
            for rows in order.split(_TRAIN_BATCH):
                if len(rows) < 2:  # nothing to normalise a batch by
                    continue
                scores = classifier(self._head(self._vectors[rows]))
                loss = torch.nn.functional.cross_entropy(scores, labels[rows])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()

    def layers(self) -> tuple[Layer, ...]:
        """The head as it is at rest: normalisation folded into the layer before it."""
        parts: list[Any] = list(self._head)
        return tuple(_folded(parts[at], parts[at + 1]) for at in (0, 4))


def _folded(linear: Any, norm: Any) -> Layer:
    scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach()
    weight = (linear.weight.detach() * scale[:, None]).numpy()
    bias = ((linear.bias - norm.running_mean) * scale + norm.bias).detach().numpy()
    return Layer(weight.astype(np.float32), bias.astype(np.float32))


def _clusters(moved: NDArray[np.float32], k: int, seed: int) -> tuple[Rows, NDArray[np.float32]]:
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    fitted = MiniBatchKMeans(k, batch_size=_CLUSTER_BATCH, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(moved)
    centroids = np.asarray(fitted.cluster_centers_, dtype=np.float32)
    groups = _distances(moved, centroids).argmin(axis=1)
    sizes = np.bincount(groups, minlength=k)
    rng = np.random.default_rng(seed)
    for empty in np.flatnonzero(sizes == 0).tolist():
        largest = centroids[int(sizes.argmax())]
        centroids[empty] = largest * (1 + _NUDGE * rng.standard_normal(len(largest)))
        groups = _distances(moved, centroids).argmin(axis=1)
        sizes = np.bincount(groups, minlength=k)
    return groups.astype(np.int64), centroids


def _distances(moved: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    squares = (moved**2).sum(axis=1)[:, None] + (centroids**2).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * moved @ centroids.T, 0))


def _limits(distances: NDArray[np.float32]) -> Limits:
    nearest = distances.min(axis=1)
    return Limits(
        sharpness=0.0,
        novel_from=float(nearest.mean() + _FAR * nearest.std()),
        furthest=max(float(distances.max()), 1e-9),
        unsure_below=_UNSURE_BELOW,
    )


def _novel(moved: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.bool_]:
    distances = _distances(moved, centroids)
    limits, nearest = _limits(distances), distances.min(axis=1)
    unsure = 1 - nearest / limits.furthest < limits.unsure_below
    return (nearest > limits.novel_from) | unsure
