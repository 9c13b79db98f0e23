"""Everything that learns, and the losses of one batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from vitrine.train.batches import Batch
from vitrine.train.losses import (
    image_text,
    imitate,
    imitate_order,
    supervised_contrast,
    tag_loss,
    view_contrast,
)
from vitrine.train.precision import Precision
from vitrine.train.table import Table
from vitrine.train.towers import DIM, ImageTower, Shape, TextTower

HEAD_WEIGHTS = {
    "gender": 1.0,
    "master_category": 0.4,
    "sub_category": 0.8,
    "article_type": 1.5,
    "base_colour": 1.0,
    "season": 0.7,
    "usage": 0.7,
    "pattern": 0.4,
    "sleeve": 0.3,
    "neckline": 0.3,
}
LOSS_WEIGHTS = {
    "tags": 1.0,
    "shopper": 0.5,
    "kind": 0.1,
    "view": 1.0,
    "text": 0.4,
    "feature": 2.0,
    "teacher": 1.5,
    "order": 1.0,
}


class Student(nn.Module):
    """Both towers and what only training needs.

    That is a head for shoppers' own labels, two guesses of the teacher's features, and the slope
    and offset of the image-text loss.

    Args:
        table: says which heads there are.
        n_ids: of the tokenizer.
        shape: of the image tower.
        side_px: height and width of the photos in the end.
        teacher_dim: features of the teacher; 0 for none.
    """

    def __init__(
        self,
        table: Table,
        n_ids: int,
        shape: Shape,
        side_px: tuple[int, int],
        teacher_dim: int,
    ) -> None:
        super().__init__()
        n_values = {head: len(v) for head, v in table.values.items()}
        self.image = ImageTower(n_values, shape, side_px)
        self.text = TextTower(n_ids)
        # at least one row, so that a checkpoint has the same parts whatever the data
        self.shopper = nn.Linear(shape.features, max(1, int(table.shopper.max(initial=-1)) + 1))
        self.imitation = nn.Linear(DIM, max(1, teacher_dim))
        self.feature = nn.Linear(shape.features, max(1, teacher_dim))
        self.scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.bias = nn.Parameter(torch.tensor(-7.0))


def batch_losses(
    student: Student, batch: Batch, teacher: Tensor | None, precision: Precision
) -> dict[str, Tensor]:
    """Every loss of one batch that the data allow, unweighted.

    Args:
        student: in training mode.
        batch: on the student's device.
        teacher: (photos, t) centred features of every photo of the table, or None.
        precision: of the feature map; everything after it is float32.
    """
    with precision.autocast():
        last = student.image.map(batch.pixels)
    feature = student.image.feature(batch.pixels, last)
    pooled = feature[:, : student.image.n_map]
    raw = student.image.project(feature)
    kept = ~batch.recoloured
    losses = {"tags": _tag_losses(student, feature, batch.labels)}
    if bool((batch.shopper >= 0).any()):
        losses["shopper"] = tag_loss(student.shopper(pooled), batch.shopper)
    losses["kind"] = supervised_contrast(raw, batch.kinds)
    second = torch.arange(batch.n, len(raw), device=raw.device)
    losses["view"] = view_contrast(raw, second - batch.n, second)
    if bool(batch.match.any()):
        texts = student.text(batch.token_ids)
        losses["text"] = image_text(
            raw[kept], texts, batch.match[kept], student.scale, student.bias
        )
    if teacher is not None:
        wanted = teacher[batch.rows[kept].to(teacher.device)].to(raw.device).float()
        losses["feature"] = imitate(student.feature(pooled[kept]), wanted)
        losses["teacher"] = imitate(student.imitation(raw[kept]), wanted)
        losses["order"] = imitate_order(raw[kept], wanted)
    return losses


def _tag_losses(student: Student, feature: Tensor, labels: Tensor) -> Tensor:
    total = feature.sum() * 0
    for column, (name, head) in enumerate(student.image.heads.items()):
        total = total + HEAD_WEIGHTS[name] * tag_loss(head(feature), labels[:, column])
    return total
