from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from vitrine.train.research.two_branch import Looks
from vitrine.train.research.two_branch_losses import (
    TwoBranchWeights,
    anchor_loss,
    diversity_loss,
    multi_label_loss,
    positive_loss,
    scale_loss,
    two_branch_losses,
)

REGIONS = torch.tensor([[[0.7, 0.5, 0.2, 0.0], [0.05, -0.1, -0.2, 0.4]]])
ANCHORS = torch.tensor([[0.0, 0.0], [0.0, 0.0]])


def test_labels_by_hand() -> None:
    scores = torch.tensor([[math.log(2.0), 0.0, 0.0], [9.0, 9.0, 9.0]])
    labels = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    # softmax (.5, .25, .25) against (.5, .5, 0); the second row has no label
    assert float(multi_label_loss(scores, labels)) == pytest.approx(0.125)
    assert float(multi_label_loss(scores, torch.zeros(2, 3))) == 0.0


def test_diversity_by_hand() -> None:
    maps = torch.tensor([[[[0.5, 0.5]], [[0.5, 0.5]], [[1.0, 0.0]]]])
    assert float(diversity_loss(maps)) == pytest.approx((0.5 + 0.5) / 2)
    assert float(diversity_loss(maps[:, :1])) == 0.0


def test_localisation_by_hand() -> None:
    assert float(scale_loss(REGIONS, 0.5)) == pytest.approx(0.2**2 / 2)
    assert float(anchor_loss(REGIONS, ANCHORS)) == pytest.approx((0.04 + 0.04 + 0.16) / 4)
    assert float(positive_loss(REGIONS, 0.1)) == pytest.approx((0.05 + 0.2) / 2)


def test_the_sum_has_the_thesis_weights() -> None:
    maps = torch.full((1, 2, 1, 2), 0.5)
    looks = Looks(torch.zeros(1, 2), torch.zeros(1, 1), REGIONS, maps, torch.zeros(1, 2, 1))
    found = two_branch_losses(looks, torch.tensor([[1.0, 0.0]]), ANCHORS, TwoBranchWeights())
    assert float(found["labels"]) == pytest.approx(0.5)
    assert float(found["diversity"]) == pytest.approx(0.01 * 0.5)
    where = 0.02 + 0.01 * 0.06 + 0.1 * 0.125
    assert float(found["localisation"]) == pytest.approx(0.01 * where)


def test_gradients() -> None:
    torch.manual_seed(0)
    scores = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    regions = torch.rand(2, 3, 4, dtype=torch.float64, requires_grad=True)
    maps = torch.rand(2, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    anchors = torch.rand(3, 2, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([[1.0, 0, 1, 0], [0, 1, 0, 0], [1, 1, 1, 0]], dtype=torch.float64)

    def by_scores(given: Tensor) -> Tensor:
        return multi_label_loss(given, labels)

    def by_regions(given: Tensor) -> Tensor:
        return scale_loss(given, 0.31) + positive_loss(given, 0.17)

    assert torch.autograd.gradcheck(by_scores, (scores,))
    assert torch.autograd.gradcheck(by_regions, (regions,))
    assert torch.autograd.gradcheck(anchor_loss, (regions, anchors))
    assert torch.autograd.gradcheck(diversity_loss, (maps,))
