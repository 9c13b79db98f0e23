"""The losses; each takes tensors of one batch and returns a scalar."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from vitrine.train.towers import PREFIXES

_NEVER = -1e4


def tag_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.1, least: int = 16) -> Tensor:
    """Cross-entropy with label smoothing (Szegedy 2016) over the labelled rows.

    Args:
        logits: (n, values).
        labels: (n,), -1 where the label is missing.
        smoothing: how much of the target is spread over all values.
        least: fewer labelled rows than this count for proportionally less.
    """
    known = labels >= 0
    n = int(known.sum())
    if not n:
        return logits.sum() * 0
    total = functional.cross_entropy(
        logits[known], labels[known], label_smoothing=smoothing, reduction="sum"
    )
    return total / max(n, least)


def prefixes(vectors: Tensor) -> list[Tensor]:
    """The unit vectors of the first 64, 128 and 256 dimensions (Matryoshka, Kusupati 2022)."""
    return [functional.normalize(vectors[:, :dim], dim=1) for dim in PREFIXES]


def supervised_contrast(vectors: Tensor, kinds: Tensor, heat: float = 0.1) -> Tensor:
    """Pull together rows of the same kind, on every prefix (Khosla 2020, sum outside the log).

    Args:
        vectors: (n, dim).
        kinds: (n,), -1 for no kind.
        heat: temperature of the softmax.
    """
    rows = torch.nonzero(kinds >= 0)[:, 0]
    vectors, kinds = vectors[rows], kinds[rows]
    own = torch.eye(len(rows), dtype=torch.bool, device=vectors.device)
    same = (kinds[:, None] == kinds[None]) & ~own
    asked = same.any(1)
    if not bool(asked.any()):
        return vectors.sum() * 0
    losses: list[Tensor] = []
    for unit in prefixes(vectors):
        logits = (unit @ unit.T / heat).masked_fill(own, _NEVER)
        likely = logits - logits.logsumexp(1, keepdim=True)
        losses.append(-((likely * same).sum(1)[asked] / same.sum(1)[asked]).mean())
    return torch.stack(losses).mean()


def view_contrast(vectors: Tensor, first: Tensor, second: Tensor, heat: float = 0.1) -> Tensor:
    """Two views of one photo find each other in the batch, on every prefix (SimCLR, Chen 2020).

    Args:
        vectors: (n, dim).
        first: rows of the first views.
        second: rows of the second views of the same photos.
        heat: temperature of the softmax.
    """
    if not len(first):
        return vectors.sum() * 0
    losses: list[Tensor] = []
    for unit in prefixes(vectors):
        logits = (unit @ unit.T / heat).fill_diagonal_(_NEVER)
        losses.append(functional.cross_entropy(logits[first], second))
        losses.append(functional.cross_entropy(logits[second], first))
    return torch.stack(losses).mean()


def image_text(images: Tensor, texts: Tensor, match: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """Sigmoid image-text loss (SigLIP, Zhai 2023) plus a softmax over matches, on every prefix.

    Args:
        images: (n, dim).
        texts: (m, dim).
        match: (n, m) bool; a row or column without a match is only a source of non-matches.
        scale: log of the sigmoid's slope.
        bias: the sigmoid's offset.
    """
    losses: list[Tensor] = []
    for image, text in zip(prefixes(images), prefixes(texts), strict=True):
        near = image @ text.T
        logits = near * scale.exp() + bias
        sigmoid = -functional.logsigmoid(torch.where(match, logits, -logits)).sum() / len(images)
        soft = near * 16
        losses.append(0.5 * sigmoid + 0.5 * (_picked(soft, match) + _picked(soft.T, match.T)))
    return torch.stack(losses).mean()


def imitate(guess: Tensor, teacher: Tensor) -> Tensor:
    """Distillation: one minus the cosine of predicted and true features (FitNets, Romero 2015).

    Args:
        guess: (n, t).
        teacher: (n, t), centred.
    """
    return 1 - functional.cosine_similarity(guess, teacher, dim=1).mean()


def imitate_order(student: Tensor, teacher: Tensor, heat: float = 0.1) -> Tensor:
    """Distillation: every prefix orders the batch as the teacher does (after SEED, Fang 2021).

    Args:
        student: (n, dim).
        teacher: (n, t), centred.
        heat: temperature of both softmaxes.
    """
    wanted = functional.normalize(teacher, dim=1)
    own = torch.eye(len(student), dtype=torch.bool, device=student.device)
    target = (wanted @ wanted.T / heat).masked_fill(own, _NEVER).softmax(1)
    losses: list[Tensor] = []
    for unit in prefixes(student):
        likely = (unit @ unit.T / heat).masked_fill(own, _NEVER).log_softmax(1)
        losses.append((target * (target.clamp_min(1e-9).log() - likely)).sum(1).mean())
    return torch.stack(losses).mean()


def _picked(logits: Tensor, match: Tensor) -> Tensor:
    asked = match.any(1)
    if not bool(asked.any()):
        return logits.sum() * 0
    likely = logits[asked].log_softmax(1)
    wanted = match[asked].float()
    return -((likely * wanted).sum(1) / wanted.sum(1)).mean()
