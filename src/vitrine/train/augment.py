"""Batches of photos bent towards what shoppers take, as torch operations on the whole batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

_WHITE = 0.94
_COARSE_PX = (40, 30)
_FLOOD_STEPS = 40


@dataclass(frozen=True, slots=True)
class Strength:
    """How far a photo may be bent; every figure is the largest deviation."""

    zoom: float
    turn_deg: float
    shift: float
    aspect: float
    perspective: float
    light: float
    tint: float


CATALOGUE = Strength(
    zoom=0.18, turn_deg=6, shift=0.06, aspect=0.1, perspective=0.03, light=0.12, tint=0.02
)
SHOPPER = Strength(
    zoom=0.4, turn_deg=20, shift=0.14, aspect=0.15, perspective=0.12, light=0.35, tint=0.06
)


def catalogue_view(photos: Tensor, side_px: tuple[int, int]) -> Tensor:
    """Vary each photo lightly.

    Args:
        photos: (n, h, w, 3) uint8.
        side_px: height and width wanted.

    Returns:
        (n, 3, height, width) float32 in 0..1.
    """
    pixels = _as_float(photos)
    # turned inside out, so that what the warp leaves empty is white
    bent = 1 - _warp(1 - pixels, CATALOGUE, side_px, "zeros")
    return _some(_light(bent, CATALOGUE), 0.15, _coarse)


def shopper_view(photos: Tensor, backgrounds: Tensor, side_px: tuple[int, int]) -> Tensor:
    """Imitate a shopper's photo of the same thing: other background, crop, light, JPEG.

    Args:
        photos: (n, h, w, 3) uint8.
        backgrounds: (n, h, w, 3) uint8, pasted behind 60 % of the photos where they are white.
        side_px: height and width wanted.

    Returns:
        (n, 3, height, width) float32 in 0..1.
    """
    pixels = _as_float(photos)
    behind = functional.interpolate(_as_float(backgrounds), pixels.shape[2:], mode="bilinear")
    chosen = torch.rand(len(pixels), 1, 1, 1, device=pixels.device) < 0.6
    pixels = pixels + chosen * background_mask(pixels) * (behind - pixels)
    bent = _light(_warp(pixels, SHOPPER, side_px, "border"), SHOPPER)
    bent = _some(bent, 0.3, _coarse)
    bent = _some(bent, 0.3, lambda x: (x + 0.03 * torch.randn_like(x)).clamp(0, 1))
    return _some(bent, 0.4, jpeg)


def recolour(pixels: Tensor) -> Tensor:
    """The same design in another colour, as siblings in a shop differ.

    Hue turns around the grey axis, at times light and dark are swapped; the white around a
    product stays white.

    Args:
        pixels: (n, 3, h, w) in 0..1.
    """
    n, device = len(pixels), pixels.device
    angle = (torch.rand(n, device=device) * 1.4 + 0.3) * math.pi
    cos, sin = torch.cos(angle), torch.sin(angle)
    third, root = (1 - cos) / 3, sin / math.sqrt(3)
    a, b, c = cos + third, third - root, third + root
    matrix = torch.stack([a, b, c, c, a, b, b, c, a], 1).view(-1, 3, 3)
    turned = torch.einsum("nij,njhw->nihw", matrix, pixels).clamp(0, 1)
    swapped = (torch.rand(n, 1, 1, 1, device=device) < 0.4).float()
    changed = turned + swapped * (0.95 - 0.9 * turned - turned)
    around = background_mask(pixels)
    return around * pixels + (1 - around) * changed


def background_mask(pixels: Tensor) -> Tensor:
    """1 where white is joined to the frame's edge, soft at borders: (n, 1, h, w).

    Args:
        pixels: (n, 3, h, w) in 0..1.
    """
    white = (pixels.amin(1, keepdim=True) > _WHITE).float()
    coarse = (functional.interpolate(white, _COARSE_PX, mode="area") > 0.9).float()
    seen = torch.zeros_like(coarse)
    seen[..., 0, :], seen[..., -1, :], seen[..., 0], seen[..., -1] = 1, 1, 1, 1
    seen *= coarse
    for _ in range(_FLOOD_STEPS):
        seen = functional.max_pool2d(seen, 3, 1, 1) * coarse
    wider = functional.max_pool2d(seen, 3, 1, 1)
    return white * functional.interpolate(wider, pixels.shape[2:], mode="bilinear")


def jpeg(pixels: Tensor) -> Tensor:
    """The look of JPEG: 8 x 8 cosine blocks, rounded more coarsely at high frequencies.

    Args:
        pixels: (n, c, h, w) in 0..1.
    """
    height, width = pixels.shape[2:]
    padded = functional.pad(pixels, (0, -width % 8, 0, -height % 8), mode="replicate")
    n, c, h, w = padded.shape
    basis, table = _cosines().to(pixels.device), _quantisation().to(pixels.device)
    blocks = padded.view(n, c, h // 8, 8, w // 8, 8).transpose(3, 4)
    step = table * (torch.rand(n, 1, 1, 1, 1, 1, device=pixels.device) * 0.8 + 0.2)
    rounded = torch.round(basis @ blocks @ basis.T / step) * step
    back = (basis.T @ rounded @ basis).transpose(3, 4).reshape(n, c, h, w)
    return back[..., :height, :width].clamp(0, 1)


@lru_cache
def _cosines() -> Tensor:
    k, x = torch.arange(8.0)[:, None], torch.arange(8.0)[None]
    basis = torch.cos((2 * x + 1) * k * math.pi / 16) * 0.5
    basis[0] /= math.sqrt(2)
    return basis


@lru_cache
def _quantisation() -> Tensor:
    i = torch.arange(8.0)
    return (16 + 10 * (i[:, None] + i[None])) / 255


def _as_float(photos: Tensor) -> Tensor:
    return photos.permute(0, 3, 1, 2).float().div_(255)


def _some(pixels: Tensor, share: float, change: Callable[[Tensor], Tensor]) -> Tensor:
    rows = torch.nonzero(torch.rand(len(pixels), device=pixels.device) < share)[:, 0]
    if len(rows):
        pixels[rows] = change(pixels[rows])
    return pixels


def _coarse(pixels: Tensor) -> Tensor:
    small = functional.avg_pool2d(pixels, 2, ceil_mode=True)
    return functional.interpolate(small, pixels.shape[2:], mode="bilinear")


def _warp(pixels: Tensor, strength: Strength, side_px: tuple[int, int], padding: str) -> Tensor:
    matrix = _perspectives(len(pixels), strength, pixels.shape[2] / pixels.shape[3], pixels.device)
    height, width = side_px
    y = (torch.arange(height, device=pixels.device) + 0.5) / height * 2 - 1
    x = (torch.arange(width, device=pixels.device) + 0.5) / width * 2 - 1
    points = torch.stack(
        [x.repeat(height), y.repeat_interleave(width), torch.ones_like(y).repeat_interleave(width)]
    )
    u, v, w = (matrix @ points).unbind(1)
    grid = torch.stack([u / w, v / w], -1).view(len(pixels), height, width, 2)
    return functional.grid_sample(
        pixels, grid, mode="bilinear", padding_mode=padding, align_corners=False
    )


def _perspectives(n: int, strength: Strength, frame: float, device: torch.device) -> Tensor:
    """Random maps from wanted to given coordinates: (n, 3, 3); `frame` is height / width."""

    def within(reach: float) -> Tensor:
        return (torch.rand(n, device=device) * 2 - 1) * reach

    turn = torch.deg2rad(within(strength.turn_deg))
    zoom, stretch = 1 + within(strength.zoom), 1 + within(strength.aspect)
    flip = torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    shift, tilt = strength.shift, strength.perspective
    rows = [
        *(cos * stretch * flip, -sin * frame, within(shift)),
        *(sin / frame * flip, cos / stretch, within(shift)),
        *(within(tilt), within(tilt), torch.ones(n, device=device)),
    ]
    return torch.stack(rows, 1).view(n, 3, 3)


def _light(pixels: Tensor, strength: Strength) -> Tensor:
    n = len(pixels)

    def within(reach: float, n_channels: int) -> Tensor:
        drawn = torch.rand(n, n_channels, 1, 1, device=pixels.device)
        return (drawn * 2 - 1) * reach

    gain = (1 + within(strength.light, 1)) * (1 + within(strength.tint, 3))
    return (pixels * gain + within(strength.light / 4, 1)).clamp_(0, 1)
