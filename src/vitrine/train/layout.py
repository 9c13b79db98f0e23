"""Where edges run in which direction: what a design keeps when its colour changes.

The convolutions learn what a thing is; two shirts of one type and colour look the same to them.
Histograms of edge directions by place, after Dalal and Triggs (2005), tell cut and print apart,
cost a tenth of the network's time, and need no training: see docs/experiments.md.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

_DIRECTIONS = 8
_FLOOR = 0.1
"""Share of the mean cell's edges that every cell is taken to have, so that noise stays small."""
_TINY = 1e-8


class EdgeLayout(nn.Module):
    """Edge directions by cell, with no weights to learn.

    Args:
        grid: rows and columns of cells.
        side_px: height and width of the photos; others are resized to it.
    """

    n_directions = _DIRECTIONS

    def __init__(self, grid: tuple[int, int], side_px: tuple[int, int]) -> None:
        super().__init__()
        self.grid, self.side_px = grid, side_px
        turns = torch.arange(_DIRECTIONS) * math.pi / _DIRECTIONS
        buffers = {
            "across": torch.cos(turns).view(1, -1, 1, 1),
            "along": torch.sin(turns).view(1, -1, 1, 1),
            "down": _tents(grid[0], -(-side_px[0] // 2)),
            "right": _tents(grid[1], -(-side_px[1] // 2)).T.contiguous(),
        }
        for name, buffer in buffers.items():
            self.register_buffer(name, buffer, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) in 0..1 -> (n, directions, rows, columns), of length 1 per photo."""
        x, y = self._slopes(pixels)
        square = x * x + y * y + _TINY
        along = x * self._buffer("across") + y * self._buffer("along")
        near = along * along / square
        near = near * near * near
        edges = near * near * square.sqrt()  # cos^12: each direction answers to its own
        cells = self._buffer("down") @ edges @ self._buffer("right")
        strength = (cells * cells).sum(1, keepdim=True).sqrt()
        floor = _FLOOR * strength.mean((2, 3), keepdim=True) + 1e-6
        shape = (cells / (strength + floor)).sqrt()
        shape = shape - shape.mean((2, 3), keepdim=True)
        length = (shape * shape).sum((1, 2, 3), keepdim=True).sqrt()
        return shape / (length + 1e-6)

    def _slopes(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """How brightness changes to the right and downwards, at every other pixel of both sides."""
        grey = pixels.mean(1, keepdim=True)
        if grey.shape[2:] != self.side_px:
            grey = functional.interpolate(grey, self.side_px, mode="bilinear", antialias=True)
        framed = functional.pad(grey, (1, 1, 1, 1), mode="replicate")
        right = framed[:, :, 1:-1:2, 2::2] - framed[:, :, 1:-1:2, :-2:2]
        down = framed[:, :, 2::2, 1:-1:2] - framed[:, :, :-2:2, 1:-1:2]
        return right, down

    def _buffer(self, name: str) -> Tensor:
        return cast(Tensor, getattr(self, name))


def _tents(n_cells: int, n_places: int) -> Tensor:
    """Overlapping weights of the places along a side for each cell, (n_cells, n_places)."""
    place = (torch.arange(n_places) + 0.5) / n_places * n_cells - 0.5
    return (1 - (place - torch.arange(n_cells)[:, None]).abs()).clamp_min(0)
