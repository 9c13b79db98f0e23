"""Watches, laid flat."""

import math
from collections.abc import Callable
from dataclasses import replace

import skia
from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker, lighter, lightness
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    Knot,
    circle,
    ellipse,
    inset,
    line,
    polygon,
    rounded,
    spline,
)
from tools.draw_demo.pens import fill
from tools.draw_demo.shoes.parts import buckle


def _strap(art: Art, small: SmallCloths, half: float, linked: bool) -> None:
    for side in (-1, 1):
        knots: list[Knot] = [
            (half, side * 100, CORNER),
            (half * 0.86, side * 240),
            (half * 0.8, side * 262, CORNER),
            (-half * 0.8, side * 262, CORNER),
            (-half * 0.86, side * 240),
            (-half, side * 100, CORNER),
        ]
        path = spline(knots)
        if not linked:
            art.rigid(path, small.main, 9, 14)
            art.stitches(inset(path, 8), small.main)
            for k in range(5):
                if side == 1:
                    art.mark(
                        ellipse(0, 158 + k * 20, 4, 6),
                        darker(small.main.colour, 0.7),
                        None,
                        0.8,
                        lift=-2,
                    )
            if side == 1:
                continue
            art.rigid(rounded(-half - 2, -214, half + 2, -194, 5), small.main, 4, 5, 0.5)
            continue
        for k in range(7):
            y = side * (106 + k * 23)
            shrink = 1 - 0.02 * k
            for x1, x2 in ((-1.0, -0.42), (-0.4, 0.4), (0.42, 1.0)):
                link = rounded(
                    x1 * half * shrink,
                    min(y, y + side * 21),
                    x2 * half * shrink,
                    max(y, y + side * 21),
                    4,
                )
                tone = small.main.colour if abs(x1 + x2) > 0.1 else lighter(small.main.colour, 0.25)
                art.rigid(link, Cloth("metal", tone), 5, 5, 0.25)
    if not linked:
        buckle(art, 0, -268, 34, half * 2.1, small.metal, 90)


def _hands(art: Art, small: SmallCloths, reach: float) -> None:
    for degrees, length, width in ((-60, 0.52, 7), (52, 0.78, 5), (170, 0.82, 2)):
        a = math.radians(degrees - 90)
        tip = (reach * length * math.cos(a), reach * length * math.sin(a))
        art.mark(line((0, 0, CORNER), (*tip, CORNER)), small.detail, width, 1, lift=1)
    art.rigid(circle(0, 0, 7), Cloth("metal", small.metal), 3, 4)


def _markers(art: Art, small: SmallCloths, reach: float, numerals: bool) -> None:
    for k in range(12):
        a = math.radians(k * 30)
        inner, outer = (0.74, 0.9) if k % 3 == 0 or numerals else (0.82, 0.9)
        path = line(
            (reach * inner * math.cos(a), reach * inner * math.sin(a), CORNER),
            (reach * outer * math.cos(a), reach * outer * math.sin(a), CORNER),
        )
        art.mark(path, small.detail, 6 if k % 3 == 0 else 3.4)


def watch(
    art: Art, small: SmallCloths, shape: str = "round", linked: bool = False, subdials: bool = False
) -> None:
    """A wristwatch laid flat."""
    if linked:
        small = replace(small, metal=small.main.colour)
    _strap(art, small, 52 if shape != "square" else 62, linked)
    reach = 104.0
    for side in (-1, 1):
        lugs = polygon((-62, side * 84), (62, side * 84), (52, side * 124), (-52, side * 124))
        art.rigid(lugs, Cloth("metal", small.metal), 8, 9)
    art.rigid(rounded(reach + 8, -15, reach + 32, 15, 6), Cloth("metal", small.metal), 7, 7)
    if shape == "round":
        case, glass = circle(0, 0, reach + 16), circle(0, 0, reach)
    else:
        case, glass = rounded(-100, -118, 100, 118, 30), rounded(-84, -102, 84, 102, 18)
        reach = 84
    art.rigid(case, Cloth("metal", small.metal), 18, 16)
    art.rigid(glass, Cloth("silk", small.second.colour), -3, 6, 0.5)
    _markers(art, small, reach, shape == "round")
    if subdials:
        for x, y in ((-42, 0), (42, 0), (0, 44)):
            art.mark(
                circle(x, y, 24),
                darker(small.second.colour, 0.2)
                if lightness(small.second.colour) > 0.4
                else lighter(small.second.colour, 0.2),
                None,
                1,
                lift=-1,
            )
            art.mark(circle(x, y, 24), small.detail, 2, 0.7)
            art.mark(line((x, y, CORNER), (x + 9, y - 15, CORNER)), small.detail, 2.4)
    _hands(art, small, reach)
    art.motif(_glass_glint(reach))


def _glass_glint(reach: float) -> Callable[[skia.Canvas], None]:
    def paint(canvas: skia.Canvas) -> None:
        shape = polygon(
            (-reach, -reach * 0.2),
            (reach * 0.1, -reach * 1.1),
            (reach * 0.5, -reach * 1.1),
            (-reach, reach * 0.5),
        )
        canvas.drawPath(shape, fill((1, 1, 1), 0.1))

    return paint


def digital_watch(art: Art, small: SmallCloths) -> None:
    """A sports watch with a digital face."""
    _strap(art, small, 60, False)
    art.rigid(rounded(-112, -124, 112, 124, 44), small.main, 16, 22)
    art.rigid(rounded(-88, -96, 88, 96, 26), Cloth("rubber", darker(small.main.colour, 0.5)), 4, 6)
    art.rigid(rounded(-70, -52, 70, 52, 10), Cloth("silk", (0.72, 0.77, 0.68)), -2, 5)
    segments = {"1": "cf", "0": "abcdef", "8": "abcdefg", "4": "fgbc"}
    place = {
        "a": (0, 0, 1, 0),
        "b": (1, 0, 1, 1),
        "c": (1, 1, 1, 2),
        "d": (0, 2, 1, 2),
        "e": (0, 1, 0, 2),
        "f": (0, 0, 0, 1),
        "g": (0, 1, 1, 1),
    }
    for k, digit in enumerate("1048"):
        left = -56 + k * 27 + (8 if k > 1 else 0)
        for segment in segments[digit]:
            x1, y1, x2, y2 = place[segment]
            art.mark(
                line(
                    (left + x1 * 17, -26 + y1 * 26, CORNER), (left + x2 * 17, -26 + y2 * 26, CORNER)
                ),
                (0.15, 0.18, 0.16),
                5,
            )
    for y in (-60, 60):
        for x in (-122, 122):
            art.rigid(rounded(x - 12, y - 15, x + 12, y + 15, 6), Cloth("metal", small.metal), 5, 6)
    art.mark(line((-60, 74), (60, 74)), small.second.colour, 7)
