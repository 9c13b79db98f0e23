"""Words put back in their place after the photos' projection has changed."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from vitrine.train.batches import Batches
from vitrine.train.losses import image_text
from vitrine.train.student import Student
from vitrine.types import Rows

STEPS = 1500
_BATCH = 512
_PEAK_RATE = 1e-3
_DECAY = 0.02
_RIDGE = 1e-3

Floats = NDArray[np.float32]


def with_projection(
    student: Student,
    projection: Floats,
    rows: Rows,
    features: Floats,
    batches: Batches,
    on_share: Callable[[float], None] | None = None,
) -> Student:
    """A student whose photos are projected otherwise, and whose words have moved along.

    The text tower is first turned as the old vectors turn into the new ones, then learns on, with
    the photos' vectors fixed.

    Args:
        student: in evaluation mode, on any device.
        projection: (dim, features).
        rows: of the table, photos to align words by.
        features: (len(rows), features) of these.
        batches: gives titles and phrases.
        on_share: called with the share that is done.
    """
    student = copy.deepcopy(student)
    device = student.scale.device
    before = torch.from_numpy(features).to(device) @ student.image.project.weight.detach().T
    with torch.no_grad():
        student.image.project.weight.copy_(torch.from_numpy(projection))
    after = torch.from_numpy(features).to(device) @ student.image.project.weight.detach().T
    _turn(student, functional.normalize(before, dim=1), functional.normalize(after, dim=1))
    _learn(student, rows, after, batches, on_share)
    return student


@torch.no_grad()
def _turn(student: Student, before: Tensor, after: Tensor) -> None:
    """Put the linear map that takes old vectors nearest to new ones behind the text tower."""
    square = before.T @ before + _RIDGE * len(before) / len(before.T) * torch.eye(len(before.T)).to(
        before
    )
    turn = torch.linalg.solve(square, before.T @ after)
    text = student.text
    text.skip.weight.copy_(turn.T @ text.skip.weight)
    text.out.weight.copy_(turn.T @ text.out.weight)
    text.out.bias.copy_(turn.T @ text.out.bias)


def _learn(
    student: Student,
    rows: Rows,
    vectors: Tensor,
    batches: Batches,
    on_share: Callable[[float], None] | None,
) -> None:
    learning = [*student.text.parameters(), student.scale, student.bias]
    for weight in learning:
        weight.requires_grad_(True)
    optimizer = torch.optim.AdamW(learning, lr=_PEAK_RATE, weight_decay=_DECAY, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for step in range(STEPS):
        at = batches.rng.choice(len(rows), min(_BATCH, len(rows)), replace=False)
        token_ids, match = batches.texts(rows[at], rows[at])
        texts = student.text(token_ids.to(vectors.device))
        loss = image_text(
            vectors[torch.from_numpy(at)],
            texts,
            match.to(vectors.device),
            student.scale,
            student.bias,
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if on_share:
            on_share((step + 1) / STEPS)
    for weight in learning:
        weight.requires_grad_(False)
