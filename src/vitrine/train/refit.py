"""The tag heads once more, on what the finished graph sees of photos as they are.

While the network trains, its heads follow a moving target and only ever see bent photos. Fitting
them again on fixed features (Kang 2020, "Decoupling Representation and Classifier") is a convex
problem of some seconds, and worth one to five points of accuracy: see docs/experiments.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

LEAST_LABELS = 5000
"""With fewer, the head that grew with the network generalises better and is kept."""
_DECAY = 3e-3
_SMOOTHING = 0.05
_STEPS = 40

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear layer: logits = features @ weight.T + bias."""

    weight: Floats
    """(values, features)."""
    bias: Floats
    """(values,)."""

    def logits(self, features: Floats) -> Floats:
        """(n, values)."""
        return features @ self.weight.T + self.bias


def refit_head(head: Head, features: Floats, labels: NDArray[np.int64], counts: Floats) -> Head:
    """Fit a head on fixed features, held near what it was.

    Args:
        head: to begin with.
        features: (n, features) of training photos.
        labels: (n,), -1 where the label is missing; not worth it below `LEAST_LABELS`.
        counts: (n,) how much a photo counts.
    """
    known = labels >= 0
    given, truth = torch.from_numpy(features[known]), torch.from_numpy(labels[known])
    share = torch.from_numpy(counts[known] / counts[known].sum())
    mean, spread = given.mean(0), given.std(0) + 1e-3
    scaled, before = (given - mean) / spread, torch.from_numpy(head.logits(features[known]))
    weight = torch.zeros(head.weight.shape, requires_grad=True)
    bias = torch.zeros(len(head.bias), requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=_STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = before + scaled @ weight.T + bias
        each = functional.cross_entropy(logits, truth, reduction="none", label_smoothing=_SMOOTHING)
        total = (each * share).sum() + _DECAY * weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    change = (weight / spread).detach()
    shift = (bias - change @ mean).detach()
    return Head(head.weight + change.numpy(), head.bias + shift.numpy())
