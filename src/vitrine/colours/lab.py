"""sRGB and CIELAB (D65 white, 2 degree observer), and how far apart two colours look."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Pixels

    Lab: TypeAlias = NDArray[np.float32]
    """(..., 3) float32: L 0..100, a (green to red) and b (blue to yellow) about -128..127."""

# IEC 61966-2-1, rows scaled by the D65 white so that (1, 1, 1) is X = Y = Z = 1
_TO_XYZ = np.array(
    [
        [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883],
    ]
)
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27


def lab_from_rgb(pixels: Pixels) -> Lab:
    """Convert sRGB bytes to CIELAB.

    Args:
        pixels: (..., 3) uint8.

    Returns:
        (..., 3) float32.

    Example:
        >>> lab_from_rgb(np.array([255, 255, 255], np.uint8)).round().tolist()
        [100.0, 0.0, 0.0]
    """
    xyz = _linear_light()[pixels] @ _TO_XYZ.T.astype(np.float32)
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA / 116) * xyz + 16 / 116)
    lab = np.empty_like(f, dtype=np.float32)
    lab[..., 0] = 116 * f[..., 1] - 16
    lab[..., 1] = 500 * (f[..., 0] - f[..., 1])
    lab[..., 2] = 200 * (f[..., 1] - f[..., 2])
    return lab


def rgb_from_lab(lab: Lab) -> Pixels:
    """Convert CIELAB to sRGB bytes; what a screen cannot show is clipped.

    Example:
        >>> rgb_from_lab(np.array([100.0, 0.0, 0.0], np.float32)).tolist()
        [255, 255, 255]
    """
    wide = lab.astype(np.float64)
    fy = (wide[..., 0] + 16) / 116
    f = np.stack([fy + wide[..., 1] / 500, fy, fy - wide[..., 2] / 200], axis=-1)
    xyz = np.where(f**3 > _EPSILON, f**3, (116 * f - 16) / _KAPPA)
    linear = np.clip(xyz @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    rgb = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return np.rint(rgb * 255).astype(np.uint8)


def ciede2000(first: Lab, second: Lab) -> NDArray[np.float32]:
    """Tell how different two colours look; 1 is just noticeable, 100 is black to white.

    Follows Sharma, Wu and Dalal (2005), with all weights 1.

    Args:
        first: (..., 3), broadcast against `second`.
        second: (..., 3).

    Returns:
        (...) float32, >= 0.
    """
    l1, a1, b1 = np.moveaxis(first.astype(np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(second.astype(np.float64), -1, 0)
    stretch = 1.5 - 0.5 * _pull((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, h2 - h1)
    turn += 360.0 * (turn < -180) - 360.0 * (turn > 180)
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = np.where(grey, h1 + h2, h1 + turn / 2) % 360
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * _hue_weight(h_mean)
    d_l = (l2 - l1) / s_l
    d_c = (c2 - c1) / s_c
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / s_h
    cone = np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2))))
    squared = d_l**2 + d_c**2 + d_h**2 - 2 * _pull(c_mean) * cone * d_c * d_h
    return np.sqrt(np.maximum(squared, 0)).astype(np.float32)


def _pull(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _hue_weight(h: NDArray[np.float64]) -> NDArray[np.float64]:
    weight = np.ones_like(h)
    for size, times, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)):
        weight += size * np.cos(np.radians(times * h + shift))
    return weight


@cache
def _linear_light() -> NDArray[np.float32]:
    encoded = np.arange(256) / 255
    linear = np.where(encoded > 0.04045, ((encoded + 0.055) / 1.055) ** 2.4, encoded / 12.92)
    return linear.astype(np.float32)
