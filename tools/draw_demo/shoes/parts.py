"""What shoes are made of, and the parts that many of them share.

A shoe is seen from its outer side, the toe to the right; the ground is y = 0, the length about
520 units from x = -260 (heel) to x = 260 (toe).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import skia
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import RGB, darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    Knot,
    band,
    circle,
    inset,
    line,
    minus,
    rounded,
    spline,
    turned,
)


@dataclass(frozen=True)
class ShoeCloths:
    """Materials of a shoe: the upper, its second tone, sole, laces or straps' metal, lining."""

    upper: Cloth
    second: Cloth
    sole: RGB
    lace: RGB
    lining: RGB


def upper(
    art: Art, knots: Sequence[Knot], cloth: Cloth, puff: float = 26, grain_deg: float = 0
) -> skia.Path:
    """The main shape of a shoe, strongly rounded; its path comes back for the parts on it."""
    path = spline(knots)
    art.panel(path, cloth, puff=puff, round_off=52, grain_deg=grain_deg, drape=0.5, shadow=0.3)
    return path


def overlay(art: Art, knots: Sequence[Knot], cloth: Cloth, stitched: bool = True) -> skia.Path:
    """A piece sewn onto the upper, following its roundness."""
    path = spline(knots)
    art.panel(path, cloth, puff=1.8, round_off=4, applied=True, drape=0, shadow=0.3)
    if stitched:
        art.stitches(inset(path, 5), cloth)
    return path


def sole(
    art: Art, knots: Sequence[Knot], colour: RGB, puff: float = 7, fabric: str = "rubber"
) -> None:
    """The sole, with a line along its upper edge."""
    path = spline(knots)
    art.rigid(path, Cloth(fabric, colour), puff, 12, 0.35)


def sole_line(
    art: Art, y_heel: float, y_mid: float, y_toe: float, colour: RGB, width: float = 3
) -> None:
    """A line that runs along the side of the sole."""
    art.mark(line((-262, y_heel), (0, y_mid), (200, y_mid + 1), (268, y_toe)), colour, width, 0.9)


def opening(art: Art, knots: Sequence[Knot], colour: RGB) -> None:
    """The lined inside of a shoe, seen past its edge; drawn before the upper."""
    path = spline(knots)
    art.rigid(path, Cloth("suede", colour), -2, 14, 0.1)
    art.shade(path, darker(colour, 0.8), 0.25, 16)


def laces(
    art: Art, rows: Sequence[tuple[float, float, float, float]], colour: RGB, width: float = 9
) -> None:
    """Lace rows, each from an eyelet (x1, y1) over the tongue to (x2, y2)."""
    for x1, y1, x2, y2 in rows:
        art.rigid(circle(x1, y1, 5.5), Cloth("metal", darker(colour, 0.35)), 1, 3, 0.3)
        middle = ((x1 + x2) / 2 + 3, (y1 + y2) / 2 - 6)
        path = line((x1, y1), middle, (x2, y2))
        art.rigid(band(path, width, round_ends=True), Cloth("canvas", colour), 3, 4, 0.5)


def bow(art: Art, x: float, y: float, colour: RGB, size: float = 1.0) -> None:
    """A tied lace."""
    cloth = Cloth("canvas", colour)
    for knots in (
        [(x, y), (x - 26 * size, y - 30 * size), (x - 44 * size, y - 14 * size), (x, y)],
        [(x, y), (x + 24 * size, y - 22 * size), (x + 40 * size, y - 4 * size), (x, y)],
        [(x, y), (x - 20 * size, y + 18 * size), (x - 24 * size, y + 40 * size)],
        [(x, y), (x + 18 * size, y + 20 * size), (x + 30 * size, y + 36 * size)],
    ):
        art.rigid(band(spline(knots, closed=False), 6 * size, round_ends=True), cloth, 2.5, 3, 0.45)
    art.rigid(circle(x, y, 6 * size), cloth, 3, 4, 0.4)


def buckle(
    art: Art, x: float, y: float, width: float, height: float, metal: RGB, degrees: float = 0
) -> None:
    """A framed buckle with its pin."""
    outer = rounded(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 4)
    hole = rounded(x - width / 2 + 5, y - height / 2 + 5, x + width / 2 - 5, y + height / 2 - 5, 2)
    frame = turned(minus(outer, hole), degrees, (x, y))
    art.rigid(frame, Cloth("metal", metal), 2.4, 3, 0.5)
    pin = turned(line((x - width / 2, y, CORNER), (x + width / 2 - 2, y, CORNER)), degrees, (x, y))
    art.mark(pin, lighter(metal, 0.3), 3.4, 1, clipped=False)


def tread(art: Art, start: float, end: float, n: int, colour: RGB, top: float = -12) -> None:
    """Grooves cut into the lower edge of the last panel, a sole."""
    for k in range(n):
        x = start + (end - start) * k / (n - 1)
        art.mark(
            line((x, top, CORNER), (x - 2, 6, CORNER)), darker(colour, 0.6), 3.4, 0.55, lift=-2
        )
