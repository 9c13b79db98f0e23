"""The two-branch retrieval network of Le's thesis (RIT), paper B of our feature table.

A plain convolutional branch sees the whole photo. Over its last map, a recurrent branch looks at
one region after another: an LSTM proposes where (Wang et al., ICCV 2017), a spatial transformer
samples there (Jaderberg et al., 2015), and a texture encoding layer describes what is seen (Zhang
et al., CVPR 2017). Labels are the maximum over the looks; features of both branches are joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.train.research.backbones import Backbone

_WIDTHS = (64, 128, 256)
_DROPOUT = 0.25
_EDGE = 10.0
"""How sharply a region ends, when it is drawn as a map of attention."""
_LEAST_SCALE = 0.05


@dataclass(frozen=True, slots=True)
class TwoBranchShape:
    """What the thesis leaves to choose, and the values that it names."""

    steps: int = 5
    """Looks at regions, besides the one at everything."""
    region: tuple[int, int] = (6, 4)
    """Rows and columns sampled from a region."""
    codewords: int = 16
    hidden: int = 256
    attention: bool = True
    """Without it, the plain branch alone."""
    texture: bool = True
    """Without it, a region is described by the mean of what is sampled."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What the network says of a batch of n photos."""

    scores: Tensor
    """(n, labels)"""
    features: Tensor
    """(n, n_features) what photos are compared by."""
    regions: Tensor
    """(n, steps, 4): scales sx, sy and centres tx, ty, in -1..1 of the photo."""
    maps: Tensor
    """(n, steps, rows, columns) where each look goes, adding up to 1."""
    glimpses: Tensor
    """(n, steps, hidden) what is seen in each region by itself, before it is remembered."""


class PlainBranch(nn.Sequential):
    """The thesis' table: 3 x 3 convolutions in pairs, padding 1, with two poolings by 4.

    384 x 256 px become a map of 24 x 16 cells with 256 channels.
    """

    def __init__(self) -> None:
        first, second, third = _WIDTHS
        super().__init__(
            *_pair(3, first),
            *(nn.Dropout(_DROPOUT), nn.MaxPool2d(4), nn.BatchNorm2d(first)),
            *_pair(first, second),
            *(nn.Dropout(_DROPOUT), nn.MaxPool2d(4), nn.BatchNorm2d(second)),
            *_pair(second, third),
        )


class _MapOf(nn.Module):
    """A backbone's last map in the place of the plain branch's."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, channels, rows, columns)."""
        return self.backbone.map(pixels)


class TextureEncoding(nn.Module):
    """Residuals to learnt codewords, weighted softly and summed: the layer of Deep TEN.

    Args:
        n_channels: of what is encoded.
        n_codewords: learnt centres.
    """

    def __init__(self, n_channels: int, n_codewords: int) -> None:
        super().__init__()
        reach = (n_channels * n_codewords) ** -0.5
        self.codewords = nn.Parameter(torch.empty(n_codewords, n_channels).uniform_(-reach, reach))
        self.smoothing = nn.Parameter(torch.empty(n_codewords).uniform_(0, 1))

    def forward(self, cells: Tensor) -> Tensor:
        """(n, cells, channels) -> (n, codewords, channels)."""
        residuals = cells[:, :, None] - self.codewords
        weights = (-self.smoothing * residuals.square().sum(-1)).softmax(-1)
        return (weights[..., None] * residuals).sum(1)


class AttentionBranch(nn.Module):
    """Looks at regions of a map one after the other, remembering what it saw.

    Args:
        n_channels: of the map.
        n_labels: what each look votes for.
        shape: how often and how closely it looks.
    """

    def __init__(self, n_channels: int, n_labels: int, shape: TwoBranchShape) -> None:
        super().__init__()
        self.shape = shape
        self.texture = TextureEncoding(n_channels, shape.codewords) if shape.texture else None
        n_seen = n_channels * (shape.codewords if shape.texture else 1)
        self.reduce = nn.Linear(n_seen, shape.hidden)
        self.memory = nn.LSTMCell(shape.hidden, shape.hidden)
        self.locate = nn.Linear(shape.hidden, 4)
        nn.init.zeros_(self.locate.weight)
        self.locate.bias.data.copy_(torch.tensor([0.5, 0.5, 0.0, 0.0]))
        self.anchors = nn.Parameter(_spread(shape.steps))
        self.vote = nn.Linear(shape.hidden + n_channels, n_labels)

    def forward(self, last: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Map (n, channels, h, w) -> votes (n, steps, labels), memory, regions, glimpses."""
        whole = last.mean((2, 3))
        none = whole[:, :1] * 0  # of this batch's size, in the exported graph too
        hidden = cell = none.expand(-1, self.shape.hidden)
        region = none + last.new_tensor([1.0, 1.0, 0.0, 0.0])
        votes: list[Tensor] = []
        regions: list[Tensor] = []
        glimpses: list[Tensor] = []
        for step in range(self.shape.steps + 1):
            glimpse = self._describe(sample(last, region, self.shape.region))
            hidden, cell = self.memory(glimpse, (hidden, cell))
            if step:
                votes.append(self.vote(torch.cat([hidden, whole], 1)))
                regions.append(region)
                glimpses.append(glimpse)
            if step < self.shape.steps:
                shift = torch.cat(
                    [torch.zeros_like(self.anchors[:1]), self.anchors[step : step + 1]], 1
                )
                region = self.locate(hidden) + shift
        stacked, where, what = (torch.stack(many, 1) for many in (votes, regions, glimpses))
        return stacked, hidden, where, what

    def _describe(self, sampled: Tensor) -> Tensor:
        cells = sampled.flatten(2).transpose(1, 2)
        seen = cells.mean(1) if self.texture is None else self.texture(cells).flatten(1)
        return functional.relu(self.reduce(functional.normalize(seen, dim=1)))


class TwoBranch(nn.Module):
    """Both branches.

    Args:
        n_labels: item labels, colours left out.
        shape: of the attention branch.
        backbone: whose map replaces that of the plain branch; None is the thesis' own.
    """

    def __init__(
        self,
        n_labels: int,
        shape: TwoBranchShape | None = None,
        backbone: Backbone | None = None,
    ) -> None:
        super().__init__()
        self.shape = shape or TwoBranchShape()
        n_channels = _WIDTHS[-1] if backbone is None else backbone.n_features
        self.plain = PlainBranch() if backbone is None else _MapOf(backbone)
        self.vote = nn.Linear(n_channels, n_labels)
        attends = self.shape.attention
        self.attention = AttentionBranch(n_channels, n_labels, self.shape) if attends else None
        self.n_features = n_channels + (self.shape.hidden if attends else 0)

    def forward(self, pixels: Tensor) -> Looks:
        """Pixels (n, 3, h, w) in 0..1 -> what is seen."""
        last = self.plain(pixels).float()
        with torch.autocast(pixels.device.type, enabled=False):  # places need all their digits
            return self._look(last)

    def _look(self, last: Tensor) -> Looks:
        whole = last.mean((2, 3))
        if self.attention is None:
            none = last.new_zeros(len(last), 0, 4)
            maps = last.new_zeros(len(last), 0, *last.shape[2:])
            glimpses = last.new_zeros(len(last), 0, self.shape.hidden)
            return Looks(self.vote(whole), whole, none, maps, glimpses)
        votes, seen, regions, glimpses = self.attention(last)
        scores = votes.amax(1) + self.vote(whole)
        rows, columns = last.shape[2:]
        maps = attention_maps(regions, rows, columns)
        return Looks(scores, torch.cat([whole, seen], 1), regions, maps, glimpses)

    @property
    def anchors(self) -> Tensor:
        """(steps, 2) where looks are drawn to; empty without attention."""
        return self.attention.anchors if self.attention is not None else torch.empty(0, 2)


def sample(last: Tensor, region: Tensor, size: tuple[int, int]) -> Tensor:
    """Sample a region bilinearly (the spatial transformer, rotation and shear left out).

    Args:
        last: (n, channels, h, w).
        region: (n, 4) scales sx, sy and centres tx, ty in -1..1.
        size: rows and columns wanted.

    Returns:
        (n, channels, rows, columns); 0 outside the map.
    """
    rows, columns = size
    v = _centres(rows, last).view(1, rows, 1)
    u = _centres(columns, last).view(1, 1, columns)
    sx, sy, tx, ty = (part.view(-1, 1, 1) for part in region.unbind(1))
    x = (sx * u + tx).expand(-1, rows, -1)
    y = (sy * v + ty).expand(-1, -1, columns)
    return functional.grid_sample(last, torch.stack([x, y], -1), align_corners=False)


def attention_maps(regions: Tensor, rows: int, columns: int) -> Tensor:
    """Draw regions (n, steps, 4) softly: (n, steps, rows, columns), each adding up to 1."""
    sx, sy, tx, ty = (part[..., None] for part in regions.unbind(-1))
    across = 1 - ((_centres(columns, regions) - tx) / sx.abs().clamp_min(_LEAST_SCALE)).abs()
    down = 1 - ((_centres(rows, regions) - ty) / sy.abs().clamp_min(_LEAST_SCALE)).abs()
    inside = torch.sigmoid(_EDGE * down)[..., None] * torch.sigmoid(_EDGE * across)[..., None, :]
    return inside / inside.sum((-2, -1), keepdim=True).clamp_min(1e-9)


def region_boxes(regions: Tensor, width: int, height: int) -> list[list[tuple[int, int, int, int]]]:
    """Regions (n, steps, 4) as boxes left, top, right, bottom in pixels, cut to the photo."""
    sx, sy, tx, ty = regions.detach().float().cpu().unbind(-1)
    sides = (
        ((tx - sx.abs()) + 1) / 2 * width,
        ((ty - sy.abs()) + 1) / 2 * height,
        ((tx + sx.abs()) + 1) / 2 * width,
        ((ty + sy.abs()) + 1) / 2 * height,
    )
    most = (width, height, width, height)
    cut = [side.clamp(0, end).round().long() for side, end in zip(sides, most, strict=True)]
    stacked = torch.stack(cut, -1).tolist()
    return [[cast("tuple[int, int, int, int]", tuple(box)) for box in photo] for photo in stacked]


def _pair(n_in: int, n_out: int) -> tuple[nn.Module, ...]:
    return (
        *(nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(n_out, n_out, 3, padding=1), nn.ReLU(inplace=True)),
    )


def _centres(n: int, like: Tensor) -> Tensor:
    """Middles of n equal parts of -1..1."""
    return (torch.arange(n, device=like.device, dtype=like.dtype) + 0.5) / n * 2 - 1


def _spread(n: int) -> Tensor:
    """Points to begin with: one in the middle, the others down the body, left and right in turn."""
    y = torch.linspace(-0.6, 0.6, n)
    x = torch.tensor([0.0, -0.3, 0.3])[torch.arange(n) % 3]
    return torch.stack([x, y], 1)
