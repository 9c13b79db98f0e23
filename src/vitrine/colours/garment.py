"""What belongs to a garment on a plain background, and its main colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.colours.lab import lab_from_rgb, rgb_from_lab
from vitrine.colours.names import name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.colours.lab import Lab

_SIDE_PX = 96
_NOTICEABLE = 4.0
_CERTAIN = 12.0
_TRACE = 1e-6
_SPREAD = 0.2
_RADIUS = 14.0
_STEPS = 3
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class GarmentColour:
    """One of the main colours of a photo's garment."""

    name: str
    lab: tuple[float, float, float]
    rgb: tuple[int, int, int]
    share: float
    """Of the garment, 0..1, its middle counting most."""


def dominant_colours(image: Image.Image, k: int = 5) -> list[GarmentColour]:
    """Find the main colours of a garment on a plain background, the largest first.

    Args:
        image: RGB.
        k: most colours to give; there are fewer where the rest is under 5 % each.
    """
    small = image.copy()
    small.thumbnail((_SIDE_PX, _SIDE_PX))
    lab = lab_from_rgb(np.asarray(small))[None]
    weights = garment_weights(lab) * centre_weights(small.height, small.width)
    total = float((weights + _TRACE).sum())
    found: list[GarmentColour] = []
    for _ in range(k):
        colour, near = _peak(lab, weights)
        share = float(((weights + _TRACE) * near).sum()) / total
        if found and share < _LEAST_SHARE:
            break
        found.append(_garment_colour(colour[0], share))
        weights = np.where(near, -_TRACE, weights)
    return found


def dominant_lab(lab: Lab, weights: NDArray[np.float32]) -> tuple[Lab, NDArray[np.float32]]:
    """Find the colour that most of each photo's weight lies around.

    Args:
        lab: (n, height, width, 3).
        weights: (n, height, width), >= 0; where all are 0 every pixel counts the same.

    Returns:
        (n, 3) colours and (n,) shares of the weight within a radius of 14 in CIELAB.
    """
    colour, near = _peak(lab, weights)
    held = weights + np.float32(_TRACE)
    return colour, (held * near).sum((1, 2)) / held.sum((1, 2))


def garment_weights(lab: Lab) -> NDArray[np.float32]:
    """Tell the garment from a plain background, which is the median of the photo's rim.

    A busy background cannot be told apart and counts as garment.

    Args:
        lab: (n, height, width, 3).

    Returns:
        (n, height, width): 0 background, 1 garment, between where the colours are close.
    """
    rim = np.concatenate([lab[:, 0], lab[:, -1], lab[:, :, 0], lab[:, :, -1]], axis=1)
    background = np.median(rim, axis=1)[:, None, None]
    distance = np.linalg.norm(lab - background, axis=-1)
    return np.clip((distance - _NOTICEABLE) / (_CERTAIN - _NOTICEABLE), 0, 1).astype(np.float32)


def centre_weights(height: int, width: int) -> NDArray[np.float32]:
    """Weigh the middle of a photo most: (height, width), a Gaussian."""
    y = (np.arange(height) + 0.5) / height - 0.5
    x = (np.arange(width) + 0.5) / width - 0.5
    return np.exp(-(y[:, None] ** 2 + x**2) / (2 * _SPREAD**2)).astype(np.float32)


def _peak(lab: Lab, weights: NDArray[np.float32]) -> tuple[Lab, NDArray[np.bool_]]:
    """Mean shift from the fullest coarse bin: the colour, and which pixels are near it."""
    n, height, width, _ = lab.shape
    flat = lab.reshape(n, height * width, 3)
    held = weights.reshape(n, height * width) + np.float32(_TRACE)
    near = _fullest_bin(flat, held)
    centre = _mean(flat, held * near)
    for _ in range(_STEPS):
        near = np.linalg.norm(flat - centre[:, None], axis=-1) < _RADIUS
        # nothing near: the mean fell between two colours of one bin, and stays
        centre = np.where(near.any(1, keepdims=True), _mean(flat, held * near), centre)
    return centre, near.reshape(n, height, width)


def _fullest_bin(flat: Lab, held: NDArray[np.float32]) -> NDArray[np.bool_]:
    low, step = np.array([0, -75, -75], np.float32), np.array([20, 15, 15], np.float32)
    cell = np.clip((flat - low) // step, 0, [4, 9, 9]).astype(np.int64)
    row = cell @ np.array([100, 10, 1])
    n = len(flat)
    full = np.bincount((row + 500 * np.arange(n)[:, None]).ravel(), held.ravel(), 500 * n)
    return row == full.reshape(n, 500).argmax(1)[:, None]


def _mean(flat: Lab, held: NDArray[np.float32]) -> Lab:
    total = np.maximum(held.sum(1, keepdims=True), np.float32(1e-12))
    return (flat * held[..., None]).sum(1) / total


def _garment_colour(lab: Lab, share: float) -> GarmentColour:
    lightness, a, b = (float(value) for value in lab)
    red, green, blue = (int(value) for value in rgb_from_lab(lab))
    return GarmentColour(name_of(lab)[0], (lightness, a, b), (red, green, blue), share)
