"""Collars and hoods, laid on top of a finished body."""

import skia
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.cut import TopCloths, TopCut
from tools.draw_demo.geometry import CORNER, Knot, ellipse, inset, line, spline, symmetric

NECK_Y = 110.0


def draw_collar(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """Draw the collar that the cut names."""
    draw = {
        "shirt": _shirt,
        "button-down": _shirt,
        "polo": _polo,
        "camp": _camp,
        "band": _band,
        "turtleneck": _turtleneck,
        "notch": _lapels,
        "peak": _lapels,
        "shawl": _shawl,
        "biker": _lapels,
        "stand": _stand,
        "bow": _bow,
        "hood": _hood,
        "peter pan": _peter_pan,
        "rib stand": _stand,
    }.get(cut.collar)
    if draw:
        draw(art, cut, cloths)


def _back_roll(art: Art, cut: TopCut, cloths: TopCloths, rise: float) -> None:
    """The part of a collar that runs behind the neck, seen from inside."""
    half = cut.neck_half
    inside = Cloth(
        cloths.body.fabric,
        darker(cloths.body.colour, 0.16),
        cloths.body.pattern,
        cloths.body.inks,
        cloths.body.scale,
    )
    path = symmetric(
        [
            (0, NECK_Y - rise),
            (half * 0.75, NECK_Y - rise + 2),
            (half + 8, NECK_Y + 2, CORNER),
            (half * 0.6, NECK_Y + 22),
            (0, NECK_Y + 26),
        ]
    )
    art.rigid(path, inside, 3, 8, 0.3)
    seam = line((-half * 0.8, NECK_Y - 4), (0, NECK_Y - 2), (half * 0.8, NECK_Y - 4))
    art.seam(seam, inside, 1.6)


def _leaf(art: Art, knots: list[Knot], cloth: Cloth, grain: float, stitched: bool = True) -> None:
    """A pair of collar leaves, given the right one."""
    first = len(art.steps)
    path = spline(knots)
    art.panel(path, cloth, puff=5, round_off=8, grain_deg=grain, drape=0.2, shadow=0.42)
    if stitched:
        art.stitches(inset(path, 7), cloth)
    art.mirror_from(first)


def _shirt(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 20)
    knots: list[Knot] = [
        (2, low + 2, CORNER),
        (half * 0.62, low + 46, CORNER),
        (half + 36, NECK_Y + 30, CORNER),
        (half + 10, NECK_Y - 8),
        (half * 0.72, NECK_Y - 19, CORNER),
        (half * 0.72, NECK_Y + 2),
        (half * 0.42, low - 18),
    ]
    _leaf(art, knots, cloths.body, -35)
    if cut.collar == "button-down":
        for side in (-1, 1):
            art.rigid(
                skia.Path.Circle(side * (half * 0.62 + 3), low + 33, 4.5),
                Cloth("rubber", cloths.button),
                1.5,
                2,
            )


def _polo(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 14)
    knots: list[Knot] = [
        (3, low + 6, CORNER),
        (half * 0.7, low + 36, CORNER),
        (half + 30, NECK_Y + 28, CORNER),
        (half + 8, NECK_Y - 6),
        (half * 0.74, NECK_Y - 13, CORNER),
        (half * 0.74, NECK_Y + 6),
        (half * 0.4, low - 14),
    ]
    _leaf(art, knots, cloths.trim, -35, stitched=False)


def _camp(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 10)
    knots: list[Knot] = [
        (0, low + 10, CORNER),
        (half * 0.95, low - 6, CORNER),
        (half * 1.0, low - 22, CORNER),
        (half + 44, low - 26, CORNER),
        (half + 22, NECK_Y + 8),
        (half * 0.82, NECK_Y - 10, CORNER),
        (half * 0.6, NECK_Y + 34),
    ]
    _leaf(art, knots, cloths.body, -25)


def _peter_pan(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 8)
    knots: list[Knot] = [
        (1, low, CORNER),
        (10, low + 30),
        (half * 0.7, low + 36),
        (half + 34, NECK_Y + 44),
        (half + 16, NECK_Y + 4),
        (half * 0.86, NECK_Y - 6, CORNER),
        (half * 0.7, low - 20),
    ]
    _leaf(art, knots, cloths.trim, -25)


def _band(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    knots: list[Knot] = [
        (1, low + 4, CORNER),
        (half * 0.6, low - 8),
        (half + 9, NECK_Y + 6, CORNER),
        (half - 2, NECK_Y - 17, CORNER),
        (half * 0.72, NECK_Y + 6),
        (half * 0.42, low - 26),
        (3, low - 24, CORNER),
    ]
    _back_roll(art, cut, cloths, 17)
    _leaf(art, knots, cloths.trim, -10)


def _stand(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 38)
    knots: list[Knot] = [
        (0, low + 8, CORNER),
        (half * 0.7, low - 6),
        (half + 10, NECK_Y + 4, CORNER),
        (half + 4, NECK_Y - 36, CORNER),
        (half * 0.66, NECK_Y - 12),
        (half * 0.3, low - 46),
        (0, low - 42, CORNER),
    ]
    _leaf(art, knots, cloths.trim, 0, stitched=cut.collar == "stand")


def _turtleneck(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half = cut.neck_half
    top = NECK_Y - 62
    path = symmetric(
        [
            (0, top + 5),
            (half - 6, top, CORNER),
            (half + 3, NECK_Y + 4, CORNER),
            (half * 0.6, NECK_Y + 20),
            (0, NECK_Y + 25),
        ]
    )
    art.panel(path, cloths.trim, puff=9, round_off=16, drape=0.5, shadow=0.4)
    opening = ellipse(0, top + 4, half - 8, 6)
    art.mark(opening, darker(cloths.body.colour, 0.5), None, 0.8)
    fold = symmetric(
        [(0, top + 6), (half - 5, top + 1, CORNER), (half + 2, top + 44, CORNER), (0, top + 52)]
    )
    art.panel(fold, cloths.trim, puff=8, round_off=12, drape=0.3, shadow=0.4)
    art.mark(opening, darker(cloths.body.colour, 0.45), None, 0.75)


def _lapels(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    wide = cut.shoulder_half * (0.72 if cut.collar != "biker" else 0.8)
    gorge = NECK_Y + 74
    notch = {
        "notch": (wide, gorge + 8),
        "peak": (wide + 16, gorge - 22),
        "biker": (wide + 10, gorge + 2),
    }[cut.collar]
    _back_roll(art, cut, cloths, 22)
    lapel: list[Knot] = [
        (0, low, CORNER),
        (notch[0] * 0.66, low - (low - notch[1]) * 0.42),
        (*notch, CORNER),
        (half + 14, gorge - 8, CORNER),
        (half * 0.82, NECK_Y - 6, CORNER),
        (half * 0.62, NECK_Y + (low - NECK_Y) * 0.4),
    ]
    _leaf(art, lapel, cloths.body, -18)
    collar: list[Knot] = [
        (half * 0.62, NECK_Y - 22, CORNER),
        (half + 12, NECK_Y - 6),
        (wide + 6, gorge - 30, CORNER),
        (wide - 6, gorge - 4, CORNER),
        (half + 8, gorge - 2, CORNER),
        (half * 0.86, NECK_Y + 40),
    ]
    _leaf(art, collar, cloths.body, -40)


def _shawl(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    _back_roll(art, cut, cloths, 24)
    knots: list[Knot] = [
        (0, low + 4, CORNER),
        (half * 0.9, low - (low - NECK_Y) * 0.36),
        (half + 34, NECK_Y + 66),
        (half + 16, NECK_Y),
        (half * 0.66, NECK_Y - 23, CORNER),
        (half * 0.66, NECK_Y + 40),
        (half * 0.3, low - (low - NECK_Y) * 0.3),
    ]
    _leaf(art, knots, cloths.trim, -20, stitched=False)


def _bow(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    low = NECK_Y + cut.neck_drop
    _band(art, cut, cloths)
    first = len(art.steps)
    art.panel(
        spline(
            [
                (4, low, CORNER),
                (30, low + 70),
                (22, low + 150, CORNER),
                (56, low + 142, CORNER),
                (40, low + 50),
            ]
        ),
        cloths.trim,
        puff=5,
        round_off=10,
        shadow=0.4,
    )
    art.panel(
        spline(
            [(2, low - 2, CORNER), (36, low - 28), (66, low - 16), (58, low + 16), (30, low + 16)]
        ),
        cloths.trim,
        puff=9,
        round_off=14,
        shadow=0.45,
    )
    art.mirror_from(first)
    art.panel(ellipse(0, low + 1, 13, 15), cloths.trim, puff=6, round_off=10, shadow=0.5)


def hood_behind(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """The back of a hood, drawn before the body."""
    half = cut.neck_half
    path = symmetric(
        [
            (0, NECK_Y - 96),
            (half * 0.8, NECK_Y - 82),
            (half + 36, NECK_Y - 20),
            (half + 30, NECK_Y + 40, CORNER),
            (0, NECK_Y + 60),
        ]
    )
    art.panel(path, cloths.body, puff=9, round_off=22)


def _hood(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    inside = Cloth(cloths.body.fabric, darker(cloths.body.colour, 0.36))
    hollow = symmetric(
        [
            (0, NECK_Y - 66),
            (half * 0.7, NECK_Y - 54),
            (half + 4, NECK_Y - 4),
            (half * 0.7, low - 10),
            (0, low + 4, CORNER),
        ]
    )
    art.panel(hollow, inside, puff=-4, round_off=16, shadow=0)
    art.shade(ellipse(0, NECK_Y + 10, half * 0.8, 46), (0.02, 0.02, 0.04), 0.25, 16)
    knots: list[Knot] = [
        (0, low + 26, CORNER),
        (half * 0.8, low + 4),
        (half + 34, NECK_Y + 20),
        (half + 34, NECK_Y - 24),
        (half * 0.8, NECK_Y - 80),
        (0, NECK_Y - 96, CORNER),
        (0, NECK_Y - 66, CORNER),
        (half * 0.7, NECK_Y - 50),
        (half + 2, NECK_Y - 2),
        (half * 0.6, low - 16),
        (0, low + 2, CORNER),
    ]
    _leaf(art, knots, cloths.body, -20, stitched=True)
    cord = cloths.trim.colour
    for side in (-1, 1):
        cable = line(
            (side * half * 0.5, low - 2),
            (side * half * 0.46, low + 50),
            (side * (half * 0.5 - 6), low + 104),
        )
        art.mark(cable, darker(cord, 0.5), 8, 0.35, clipped=False)
        art.mark(cable, cord, 5.5, 1, clipped=False)
        art.mark(
            line(
                (side * (half * 0.5 - 6), low + 104, CORNER),
                (side * (half * 0.5 - 7), low + 118, CORNER),
            ),
            (0.75, 0.73, 0.7),
            7,
            1,
            clipped=False,
        )
