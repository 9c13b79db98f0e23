"""The three losses of the two-branch network, and how they are weighed."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from vitrine.train.research.two_branch import Looks


@dataclass(frozen=True, slots=True)
class TwoBranchWeights:
    """The thesis' constants."""

    diversity: float = 0.01
    localisation: float = 0.01
    anchor: float = 0.01
    positive: float = 0.1
    alpha: float = 0.5
    """Scales above it are punished: a region must not be everything."""
    beta: float = 0.1
    """Scales below it are punished: a region must not vanish or be mirrored."""


def multi_label_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """Squared distance between softmax scores and labels that share 1 evenly (Wang 2017, eq. 11).

    Args:
        scores: (n, labels).
        labels: (n, labels) 0 or 1; a row without any is left out.
    """
    known = labels.sum(1) > 0
    if not bool(known.any()):
        return scores.sum() * 0
    wanted = labels[known] / labels[known].sum(1, keepdim=True)
    return (scores[known].softmax(1) - wanted).square().sum(1).mean()


def diversity_loss(maps: Tensor) -> Tensor:
    """How much successive looks overlap: mean over steps of the maps' inner product.

    Args:
        maps: (n, steps, rows, columns), each adding up to 1.
    """
    if maps.shape[1] < 2:
        return maps.sum() * 0
    return (maps[:, 1:] * maps[:, :-1]).sum((-2, -1)).mean()


def scale_loss(regions: Tensor, alpha: float) -> Tensor:
    """Square of what scales exceed `alpha` by, over both axes, mean over looks: (n, steps, 4)."""
    return (regions[..., :2].abs() - alpha).clamp_min(0).square().sum(-1).mean()


def anchor_loss(regions: Tensor, anchors: Tensor) -> Tensor:
    """Half the squared distance between centres and their anchors (steps, 2), mean over looks."""
    return 0.5 * (regions[..., 2:] - anchors).square().sum(-1).mean()


def positive_loss(regions: Tensor, beta: float) -> Tensor:
    """What scales fall short of `beta` by, over both axes, mean over looks: (n, steps, 4)."""
    return (beta - regions[..., :2]).clamp_min(0).sum(-1).mean()


def two_branch_losses(
    looks: Looks, labels: Tensor, anchors: Tensor, weights: TwoBranchWeights
) -> dict[str, Tensor]:
    """The parts, each times its weight; their sum is what is minimised.

    Args:
        looks: what the network says.
        labels: (n, labels) 0 or 1.
        anchors: (steps, 2).
        weights: constants.
    """
    found = {"labels": multi_label_loss(looks.scores, labels)}
    if looks.regions.shape[1]:
        scale = scale_loss(looks.regions, weights.alpha)
        anchor = anchor_loss(looks.regions, anchors)
        positive = positive_loss(looks.regions, weights.beta)
        where = scale + weights.anchor * anchor + weights.positive * positive
        found["diversity"] = weights.diversity * diversity_loss(looks.maps)
        found["localisation"] = weights.localisation * where
    return found
