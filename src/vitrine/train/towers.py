"""The two towers: a plain residual CNN beside edge layout for photos, word vectors for words.

Plain 3 x 3 convolutions with BatchNorm train about 30 times faster per multiply-add on a CPU than
depthwise ones, and fold into one convolution each for inference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.errors import UsageError, unknown
from vitrine.train.layout import EdgeLayout
from vitrine.train.precision import Precision

DIM = 256
PREFIXES = (64, 128, 256)
"""Lengths at which a vector is trained to be usable (Matryoshka, Kusupati 2022)."""
_STRIDE = 16
_LAYOUT_SCALE = 10.0
"""Length of the layout's part of a feature, about twice that of the map's mean."""
_MEAN = (0.79, 0.77, 0.76)
_STD = (0.28, 0.29, 0.29)


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths and depths of the image tower; the last map has stride 16."""

    stem: int = 32
    widths: tuple[int, int, int] = (64, 128, 256)
    depths: tuple[int, int, int] = (1, 2, 2)
    features: int = 768


TOWERS: Mapping[str, Shape] = {
    "small": Shape(16, (32, 64, 128), (1, 1, 1), 384),
    "default": Shape(),
    "large": Shape(48, (96, 192, 384), (1, 2, 3), 1024),
}
"""Image towers by name; `default` is that of the encoder that vitrine ships."""


def tower_shape(name: str) -> Shape:
    """Widths and depths of a tower by its name.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in TOWERS:
        of_timm = "; networks of timm go with tagger, retrieval, two-branch and last-layer"
        raise UsageError(unknown("tower", name, TOWERS) + of_timm * name.startswith("timm/"))
    return TOWERS[name]


class Normed(nn.Sequential):
    """Convolution, BatchNorm and, unless told otherwise, ReLU."""

    def __init__(
        self, n_in: int, n_out: int, side: int = 3, stride: int = 1, relu: bool = True
    ) -> None:
        conv = nn.Conv2d(n_in, n_out, side, stride, side // 2, bias=False)
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        super().__init__(conv, nn.BatchNorm2d(n_out), *([nn.ReLU(inplace=True)] if relu else []))


class Block(nn.Module):
    """Two 3 x 3 convolutions and a shortcut (He 2016); a striding one pools first (He 2019)."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.first = Normed(n_in, n_out, stride=stride)
        self.second = Normed(n_out, n_out, relu=False)
        nn.init.constant_(cast(nn.BatchNorm2d, self.second[1]).weight, 0.2)
        self.shortcut = (
            nn.Sequential(nn.AvgPool2d(2, ceil_mode=True), Normed(n_in, n_out, side=1, relu=False))
            if stride > 1
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_in, h, w) -> (n, n_out, h / stride, w / stride)."""
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


class ImageTower(nn.Module):
    """Pixels to a feature map and edge layout; these to an embedding and to logits, all linear.

    Args:
        n_values: head -> number of values.
        shape: widths and depths.
        side_px: height and width of the photos; smaller ones are understood, less well.
    """

    def __init__(self, n_values: dict[str, int], shape: Shape, side_px: tuple[int, int]) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        n_in = shape.stem
        for width, depth in zip(shape.widths, shape.depths, strict=True):
            for i in range(depth):
                blocks.append(Block(n_in if i == 0 else width, width, 2 if i == 0 else 1))
            n_in = width
        self.stem = Normed(3, shape.stem, stride=2)
        self.body = nn.Sequential(*blocks, Normed(n_in, shape.features, side=1))
        rows, columns = (-(-side // _STRIDE) for side in side_px)
        self.layout = EdgeLayout((rows, columns), side_px)
        self.n_map = shape.features
        self.n_features = shape.features + EdgeLayout.n_directions * rows * columns
        self.project = nn.Linear(self.n_features, DIM, bias=False)
        heads = {head: nn.Linear(self.n_features, n) for head, n in n_values.items()}
        self.heads = nn.ModuleDict(cast(dict[str, nn.Module], heads))
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(_STD).view(1, 3, 1, 1))

    def map(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> the last feature map (n, n_map, h / 16, w / 16)."""
        mean, std = cast(Tensor, self.mean), cast(Tensor, self.std)
        return self.body(self.stem((pixels - mean) / std))

    def edges(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> layout (n, directions, rows, columns)."""
        return self.layout(pixels) * _LAYOUT_SCALE

    def feature(self, pixels: Tensor, last: Tensor) -> Tensor:
        """What vectors and logits are linear in, (n, n_features) float32.

        Args:
            pixels: (n, 3, h, w) in 0..1.
            last: their feature map.
        """
        return torch.cat([last.float().mean((2, 3)), self.edges(pixels).flatten(1)], 1)

    @torch.no_grad()
    def see(self, pixels: Tensor, precision: Precision) -> Tensor:
        """Features (n, n_features) of pixels (n, 3, h, w) in 0..1, nothing to be learnt by."""
        with precision.autocast():
            last = self.map(pixels.contiguous(memory_format=torch.channels_last))
        return self.feature(pixels, last)

    def cells(self, last: Tensor, edges: Tensor) -> Tensor:
        """(n, DIM, rows, columns), whose mean over cells is the projected feature.

        Args:
            last: the feature map, of the layout's grid.
            edges: the layout.
        """
        rows, columns = self.layout.grid
        weight = self.project.weight
        by_place = weight[:, self.n_map :].view(DIM, -1, rows * columns).permute(2, 1, 0)
        placed = edges.flatten(2).permute(2, 0, 1) @ (by_place * (rows * columns))
        seen = functional.conv2d(last, weight[:, : self.n_map, None, None])
        return seen + placed.permute(1, 2, 0).reshape(-1, DIM, rows, columns)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Feature (n, n_features), embedding before scaling (n, DIM), logits per head."""
        feature = self.feature(pixels, self.map(pixels))
        return feature, self.project(feature), {h: head(feature) for h, head in self.heads.items()}


class TextTower(nn.Module):
    """Numbers of words to an embedding: a gated mean of word vectors, then a small residual MLP."""

    def __init__(self, n_ids: int, width: int = 256) -> None:
        super().__init__()
        self.table = nn.Embedding(n_ids, width, padding_idx=0)
        nn.init.normal_(self.table.weight, std=0.3)
        self.gate = nn.Linear(width, 1)
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, 2 * width)
        self.out = nn.Linear(2 * width, DIM)
        self.skip = nn.Linear(width, DIM, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """(n, tokens) int64 -> (n, DIM), not yet of length 1."""
        known = (ids > 0).float()
        table = self.table(ids)
        weight = torch.exp(self.gate(table)[..., 0].clamp(-8, 8)) * known
        pooled = (weight[..., None] * table).sum(1) / (weight.sum(1, keepdim=True) + 1e-6)
        return self.skip(pooled) + self.out(functional.gelu(self.hidden(self.norm(pooled))))
