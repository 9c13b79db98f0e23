"""The recipe "gradient descent into style" (Papadopoulos, KSU 2025), on any encoder's vectors.

A small head is trained to tell apart the clusters that k-means finds in what the head gives, over
and over (DeepCluster; Caron et al., 2018). Samples that are far from every cluster gather in a
buffer, and 80 of them add a cluster. The published backbone is an EfficientNet-B3 of 1536
dimensions; here the vectors are those of the shop's encoder, and stay as they are.

One thing differs: the paper augments photos while it trains; a shop's vectors are of photos as they
are. Where it is silent: 20 rounds of one epoch each; a classifier that is new each round, since
numbers of clusters are (as DeepCluster has it); a nudged copy of the largest cluster in place of an
empty one; and a sample that is novel in several rounds counts in each.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.errors import DataError, UsageError, missing_extra, unknown
from vitrine.styles import RECIPES, Found, Layer, Limits, Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

NAME = "gradient-descent-into-style"
WIDTH = 256
"""Of the paper's embedding."""
FIRST_K, LAST_K = 10, 25
N_ROUNDS = 20
_MOST_WIDE = 4096
_BLOCK = 16_384
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

    width: int = WIDTH
    n_rounds: int = N_ROUNDS

    @property
    def name(self) -> str:
        """With the width behind a colon where it is another than the paper's."""
        return NAME if self.width == WIDTH else f"{NAME}:{self.width}"

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
            groups, centroids, n_novel = _clusters(training.embedded(), n_clusters, seed + number)
            n_waiting += n_novel
            if k is None and n_waiting >= _BUFFER and n_clusters < LAST_K:
                n_clusters, n_waiting = n_clusters + 1, 0
            training.one_epoch(groups, len(centroids))
        moved = training.embedded()
        _, centroids, _ = _clusters(moved, n_clusters, seed + self.n_rounds)
        limits = _limits(_distances(moved, centroids))
        return Found(centroids.astype(np.float32), limits, training.layers())


def recipe_called(name: str) -> Recipe:
    """A recipe by its name; behind a colon the width of the embedding, where it has one.

    Raises:
        UsageError: there is none of that name, or the width is none.

    Example:
        >>> recipe_called("gradient-descent-into-style:128").width
        128
    """
    plain, _, width = name.partition(":")
    if plain in RECIPES and not width:
        return RECIPES[plain]
    if plain != NAME:
        raise UsageError(unknown("recipe", name, [NAME, *RECIPES]))
    if not width:
        return GradientDescentIntoStyle()
    if not width.isdecimal() or not 2 <= int(width) <= _MOST_WIDE:
        raise UsageError(f"{name}: an embedding has 2 to {_MOST_WIDE} numbers, as in {NAME}:128")
    return GradientDescentIntoStyle(width=int(width))


class _Training:
    """The head and its optimiser."""

    def __init__(self, vectors: Vectors, width: int, seed: int) -> None:
        try:
            import torch
        except ImportError as error:
            raise missing_extra(f"the recipe {NAME}", "torch", "train") from error
        self._torch = torch
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
            self._random = torch.get_rng_state()
        self._optimiser = self._adam(self._head)
        self._width = width
        self._vectors = torch.from_numpy(np.ascontiguousarray(vectors, dtype=np.float32))

    def embedded(self) -> NDArray[np.float32]:
        """What the head gives for every vector, (n, width)."""
        self._head.eval()
        out = np.empty((len(self._vectors), self._width), dtype=np.float32)
        with self._torch.no_grad():
            for start in range(0, len(out), _BLOCK):
                rows = slice(start, start + _BLOCK)
                out[rows] = self._head(self._vectors[rows]).numpy()
        return out

    def one_epoch(self, groups: Rows, n_groups: int) -> None:
        """Teach the head, and a classifier that is new each time, to tell the groups apart."""
        torch = self._torch
        labels = torch.from_numpy(groups)
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._random)
            classifier = torch.nn.Linear(self._width, n_groups)
            optimisers = (self._optimiser, self._adam(classifier))
            self._head.train()
            for rows in torch.randperm(len(labels)).split(_TRAIN_BATCH):
                if len(rows) < 2:  # nothing to normalise a batch by
                    continue
                scores = classifier(self._head(self._vectors[rows]))
                loss = torch.nn.functional.cross_entropy(scores, labels[rows])
                for optimiser in optimisers:
                    optimiser.zero_grad()
                loss.backward()
                for optimiser in optimisers:
                    optimiser.step()
            self._random = torch.get_rng_state()

    def _adam(self, part: Any) -> Any:
        return self._torch.optim.Adam(
            part.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY
        )

    def layers(self) -> tuple[Layer, ...]:
        """The head as it is at rest: normalisation folded into the layer before it."""
        parts: list[Any] = list(self._head)
        return tuple(_folded(parts[at], parts[at + 1]) for at in (0, 4))


def _folded(linear: Any, norm: Any) -> Layer:
    scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach()
    weight = (linear.weight.detach() * scale[:, None]).numpy()
    bias = ((linear.bias - norm.running_mean) * scale + norm.bias).detach().numpy()
    return Layer(weight.astype(np.float32), bias.astype(np.float32))


def _clusters(
    moved: NDArray[np.float32], k: int, seed: int
) -> tuple[Rows, NDArray[np.float32], int]:
    """The cluster of each sample, the centroids, none of them empty, and how many are novel."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    fitted = MiniBatchKMeans(k, batch_size=_CLUSTER_BATCH, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(moved)
    centroids = np.asarray(fitted.cluster_centers_, dtype=np.float32)
    distances = _distances(moved, centroids)
    groups = distances.argmin(axis=1)
    sizes = np.bincount(groups, minlength=k)
    rng = np.random.default_rng(seed)
    for empty in np.flatnonzero(sizes == 0).tolist():
        largest = centroids[int(sizes.argmax())]
        centroids[empty] = largest * (1 + _NUDGE * rng.standard_normal(len(largest)))
        distances = _distances(moved, centroids)
        groups = distances.argmin(axis=1)
        sizes = np.bincount(groups, minlength=k)
    return groups.astype(np.int64), centroids, _n_novel(distances)


def _distances(moved: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.einsum("ij,ij->i", moved, moved)
    squares = lengths[:, None] + (centroids**2).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * moved @ centroids.T, 0))


def _limits(distances: NDArray[np.float32]) -> Limits:
    nearest = distances.min(axis=1)
    return Limits(
        sharpness=0.0,
        novel_from=float(nearest.mean() + _FAR * nearest.std()),
        furthest=max(float(distances.max()), 1e-9),
        unsure_below=_UNSURE_BELOW,
    )


def _n_novel(distances: NDArray[np.float32]) -> int:
    limits, nearest = _limits(distances), distances.min(axis=1)
    unsure = 1 - nearest / limits.furthest < limits.unsure_below
    return int(np.count_nonzero((nearest > limits.novel_from) | unsure))
