"""Shares over time as small charts: lines and bands that a template draws as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitrine.shop.trending import ValueTrend

WIDTH, HEIGHT = 320, 120
_ABOVE = 1.15  # room over the largest share


@dataclass(frozen=True, slots=True)
class Chart:
    """One value's shares, in a box of 320 by 120, 0 at the bottom."""

    line: str
    """Points of a polyline."""
    band: str
    """Points of a polygon: the 95 % intervals, cut off at the top."""
    dots: tuple[tuple[float, float], ...]
    most: float
    """The share at the top."""


def chart_of(value: ValueTrend) -> Chart:
    """Draw one value; periods stand at equal steps."""
    most = max(_ABOVE * max(value.shares), 1e-6)
    dots = _points(value.shares, most)
    around = (*_points(value.high, most), *reversed(_points(value.low, most)))
    return Chart(_said(dots), _said(around), dots, most)


def _points(shares: Sequence[float], most: float) -> tuple[tuple[float, float], ...]:
    step = WIDTH / max(1, len(shares) - 1)
    return tuple(
        (round(n * step, 1), round(HEIGHT * (1 - min(share / most, 1.0)), 1))
        for n, share in enumerate(shares)
    )


def _said(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
