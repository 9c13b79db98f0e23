"""Losses of metric learning, from pytorch-metric-learning, behind one name each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from vitrine.errors import UsageError, missing_extra

LOSSES = ("supcon", "triplet", "proxy-anchor", "arcface")
"""Khosla 2020; Schroff 2015 with semi-hard mining; Kim 2020; Deng 2019."""

Loss: TypeAlias = Callable[[Tensor, Tensor], Tensor]


class MetricLoss(nn.Module):
    """Embeddings (n, dim) and classes (n,) to a scalar; proxies, where there are any, are learnt.

    Args:
        name: of `LOSSES`.
        n_classes: that occur in training.
        dim: of the embeddings.

    Raises:
        UsageError: an unknown name.
        MissingExtraError: pytorch-metric-learning is not installed.
    """

    def __init__(self, name: str, n_classes: int, dim: int) -> None:
        super().__init__()
        if name not in LOSSES:
            raise UsageError(f"there is no loss {name!r}; known are {', '.join(LOSSES)}")
        if find_spec("pytorch_metric_learning") is None:
            raise missing_extra("metric learning", "pytorch-metric-learning", "train")
        from pytorch_metric_learning import losses, miners

        made: Mapping[str, Callable[[], Any]] = {
            "supcon": lambda: losses.SupConLoss(temperature=0.1),
            "triplet": lambda: losses.TripletMarginLoss(margin=0.1),
            "proxy-anchor": lambda: losses.ProxyAnchorLoss(n_classes, dim, margin=0.1, alpha=32),
            "arcface": lambda: losses.ArcFaceLoss(n_classes, dim, margin=28.6, scale=32),
        }
        self.loss: Any = made[name]()
        mines = name == "triplet"
        self.miner: Any = miners.TripletMarginMiner(0.1, "semihard") if mines else None

    def forward(self, embeddings: Tensor, classes: Tensor) -> Tensor:
        """The loss of one batch."""
        if self.miner is None:
            return self.loss(embeddings, classes)
        return self.loss(embeddings, classes, self.miner(embeddings, classes))


def classes_in_turn(classes: Tensor, per_class: int, generator: torch.Generator) -> Tensor:
    """Rows in an order in which `per_class` of one class stand together, classes shuffled.

    A class with fewer rows is left out; each row is there at most once.

    Args:
        classes: (n,), -1 for rows that have none.
        per_class: rows that stand together.
        generator: of the shuffling.

    Returns:
        (m,) rows.
    """
    order = torch.randperm(len(classes), generator=generator)
    order = order[classes[order] >= 0]
    order = order[torch.argsort(classes[order], stable=True)]
    chunks: list[Tensor] = []
    for group in torch.split(
        order, torch.unique_consecutive(classes[order], return_counts=True)[1].tolist()
    ):
        n_whole = len(group) // per_class * per_class
        chunks += group[:n_whole].split(per_class)
    shuffled = torch.randperm(len(chunks), generator=generator).tolist()
    return torch.cat([chunks[i] for i in shuffled]) if chunks else order[:0]
