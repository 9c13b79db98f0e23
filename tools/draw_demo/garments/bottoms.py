"""Jeans, trousers, shorts, track pants and leggings: two legs, a waistband and what is sewn on."""

from dataclasses import dataclass

import skia
from tools.draw_demo.artwork import Art, Fold, crease
from tools.draw_demo.colours import RGB, darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.fastenings import button
from tools.draw_demo.geometry import CORNER, Knot, line, polygon, rounded, spline, symmetric

BRASS: RGB = (0.75, 0.58, 0.33)
JEANS_THREAD: RGB = (0.80, 0.58, 0.30)


@dataclass(frozen=True)
class LegCut:
    """The cut of trousers, in design units; the waist lies at y = 0."""

    waist_half: float = 112
    hip_half: float = 156
    crotch_y: float = 215
    knee_half: float = 63
    hem_half: float = 54
    hem_y: float = 780
    spread: float = 92
    waistband: str = "jeans"
    pockets: str = "jeans"
    crease: bool = False
    cuff: str = "hem"
    side_stripe: bool = False
    ripped: bool = False
    faded: bool = False
    pleats: bool = False
    knee_seam: bool = False


@dataclass(frozen=True)
class LegCloths:
    """What trousers are made of; `trim` is used for ribs, stripes and drawstrings."""

    body: Cloth
    trim: Cloth
    thread: RGB | None = None
    button: RGB = BRASS


def _leg_path(cut: LegCut) -> skia.Path:
    knee_y = cut.crotch_y + (cut.hem_y - cut.crotch_y) * 0.48
    knots: list[Knot] = [
        (-3, 4, CORNER),
        (cut.waist_half, 0, CORNER),
        (cut.hip_half, cut.crotch_y * 0.72),
    ]
    if cut.hem_y > 480:
        knots.append((cut.spread + cut.knee_half + 2, knee_y))
    knots += [
        (cut.spread + cut.hem_half, cut.hem_y, CORNER),
        (cut.spread, cut.hem_y + 4),
        (cut.spread - cut.hem_half, cut.hem_y, CORNER),
    ]
    if cut.hem_y > 480:
        knots.append((cut.spread - cut.knee_half, knee_y))
    knots += [(8, cut.crotch_y + 14), (-3, cut.crotch_y, CORNER)]
    return spline(knots)


def _leg_folds(cut: LegCut) -> list[Fold]:
    crotch = (4.0, cut.crotch_y - 6)
    folds = [
        crease(crotch, (cut.hip_half * 0.66, cut.crotch_y - 66), 8, 18, -4.5),
        crease((6, cut.crotch_y + 16), (cut.hip_half * 0.8, cut.crotch_y - 10), 10, 20, -4),
        crease((10, cut.crotch_y + 44), (cut.hip_half * 0.85, cut.crotch_y + 62), 8, 18, -3),
    ]
    if cut.hem_y > 480:
        knee_y = cut.crotch_y + (cut.hem_y - cut.crotch_y) * 0.48
        left, right = cut.spread - cut.knee_half, cut.spread + cut.knee_half
        for dy, depth in ((-34, -3.5), (-6, 4), (22, -4.5), (54, -2.5)):
            folds.append(crease((left, knee_y + dy), (right - 26, knee_y + dy + 14), 7, 18, depth))
        for dy, depth in ((-70, -3), (-42, -4)):
            end = (cut.spread + cut.hem_half * 0.4, cut.hem_y + dy + 8)
            folds.append(crease((cut.spread - cut.hem_half, cut.hem_y + dy), end, 6, 15, depth))
    return folds


def _leg_extras(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    body = cloths.body
    if cut.faded:
        thigh = spline(
            [
                (cut.spread - 24, cut.crotch_y),
                (cut.spread + 34, cut.crotch_y - 10),
                (cut.spread + 26, cut.crotch_y + 250),
                (cut.spread - 18, cut.crotch_y + 250),
            ]
        )
        art.shade(thigh, lighter(body.colour, 0.7), 0.4, 24)
    if cut.crease:
        crease = line((cut.spread + 6, 50, CORNER), (cut.spread, cut.hem_y, CORNER))
        art.mark(crease, lighter(body.colour, 0.3), 2.2, 0.5, lift=2.5)
    if cut.pleats:
        for x in (46, 70):
            art.seam(line((x, 30, CORNER), (x + 4, 130)), body, 2.4, 4)
    if cut.side_stripe:
        outer = _outer_edge(cut, 10)
        art.mark(outer, cloths.trim.colour, 11, 1)
        art.mark(_outer_edge(cut, 26), cloths.trim.colour, 5, 1)
    else:
        art.stitches(_outer_edge(cut, 7), body, cloths.thread)
    if cut.knee_seam:
        y = cut.crotch_y + (cut.hem_y - cut.crotch_y) * 0.36
        art.seam(line((cut.spread - 90, y), (cut.spread + 90, y + 8)), body)
        art.seam(line((cut.spread - 90, y + 84), (cut.spread + 90, y + 92)), body)
    if cut.ripped:
        y = cut.crotch_y + (cut.hem_y - cut.crotch_y) * 0.42
        hole = spline(
            [
                (cut.spread - 30, y),
                (cut.spread, y - 8),
                (cut.spread + 34, y + 2),
                (cut.spread + 4, y + 15),
            ]
        )
        art.mark(hole, lighter(body.colour, 0.2), None, 1)
        for k in range(5):
            art.mark(
                line((cut.spread - 26, y + 1 + k * 2.4), (cut.spread + 30, y - 2 + k * 3)),
                (0.95, 0.95, 0.93),
                1.6,
                0.95,
            )


def _outer_edge(cut: LegCut, inset: float) -> skia.Path:
    knee_y = cut.crotch_y + (cut.hem_y - cut.crotch_y) * 0.48
    knots: list[Knot] = [(cut.waist_half - inset, 0), (cut.hip_half - inset, cut.crotch_y * 0.72)]
    if cut.hem_y > 480:
        knots.append((cut.spread + cut.knee_half + 2 - inset, knee_y))
    knots.append((cut.spread + cut.hem_half - inset, cut.hem_y))
    return spline(knots, closed=False)


def _leg_pocket(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    body, waist = cloths.body, cut.waist_half
    if cut.pockets == "jeans":
        opening = line((waist - 50, 34), (waist - 40, 74), (cut.hip_half + 2, 92))
        art.seam(opening, body, 3, 2)
        for inset in (6, 12):
            shifted = line(
                (waist - 50 - inset, 34),
                (waist - 42 - inset * 0.8, 80 + inset * 0.6),
                (cut.hip_half + 2, 92 + inset),
            )
            art.stitches(shifted, body, cloths.thread)
    elif cut.pockets == "slant":
        art.seam(line((waist - 44, 32, CORNER), (waist + 14, 128, CORNER)), body, 3.4, 3)
    elif cut.pockets == "zip":
        art.seam(line((waist - 20, 44, CORNER), (waist + 16, 130, CORNER)), body, 6, 3)
        art.mark(line((waist - 20, 44, CORNER), (waist + 16, 130, CORNER)), (0.75, 0.75, 0.77), 2.4)
    elif cut.pockets == "cargo":
        art.seam(line((waist - 44, 32, CORNER), (waist + 14, 128, CORNER)), body, 3.4, 3)
        x, y = cut.spread + 32, cut.crotch_y + 76
        art.panel(
            polygon((x - 34, y), (x + 42, y), (x + 40, y + 104), (x - 36, y + 104)),
            body,
            puff=4,
            round_off=6,
            applied=True,
            shadow=0.4,
        )
        art.stitches(
            polygon((x - 28, y + 6), (x + 36, y + 6), (x + 34, y + 98), (x - 30, y + 98)), body
        )
        art.panel(
            polygon((x - 38, y - 10), (x + 46, y - 10), (x + 46, y + 26), (x - 38, y + 26)),
            body,
            puff=3,
            round_off=5,
            applied=True,
            shadow=0.45,
        )
        button(art, x + 4, y + 14, 6, darker(body.colour, 0.4))


def _leg_hem(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    left, right, y = cut.spread - cut.hem_half, cut.spread + cut.hem_half, cut.hem_y
    if cut.cuff == "rib":
        path = spline(
            [
                (left + 3, y - 8, CORNER),
                (right - 3, y - 8, CORNER),
                (right - 9, y + 42, CORNER),
                (cut.spread, y + 46),
                (left + 9, y + 42, CORNER),
            ]
        )
        art.panel(path, cloths.trim, puff=6, round_off=9, drape=0.3)
    elif cut.cuff == "rolled":
        path = spline(
            [
                (left - 5, y - 34, CORNER),
                (cut.spread, y - 30),
                (right + 5, y - 34, CORNER),
                (right + 4, y + 6, CORNER),
                (cut.spread, y + 11),
                (left - 4, y + 6, CORNER),
            ]
        )
        art.panel(
            path,
            Cloth(cloths.body.fabric, lighter(cloths.body.colour, 0.35)),
            puff=5,
            round_off=7,
            drape=0.3,
            shadow=0.4,
        )
    elif cut.cuff == "raw":
        for k in range(int(cut.hem_half * 2 / 4)):
            x = left + 3 + k * 4
            art.mark(
                line((x, y - 3), (x + (k % 3 - 1) * 2, y + 8 + (k * 7 % 5))),
                lighter(cloths.body.colour, 0.55),
                1.4,
                0.8,
                clipped=False,
            )
    else:
        art.stitches(
            line((left, y - 14), (cut.spread, y - 11), (right, y - 14)), cloths.body, cloths.thread
        )


def _waistband(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    half, body = cut.waist_half, cloths.body
    if cut.waistband in ("jeans", "tailored", "paperbag"):
        path = symmetric([(0, 0), (half + 1, -5, CORNER), (half + 3, 33, CORNER), (0, 40)])
        art.panel(
            path,
            body,
            puff=3.5,
            round_off=6,
            drape=0.2,
            shadow=0.3,
            grain_deg=90 if body.pattern else 0,
        )
        if cut.waistband == "jeans":
            art.stitches(line((-half, 1), (0, 7), (half, 1)), body, cloths.thread)
            art.stitches(line((-half, 27), (0, 33), (half, 27)), body, cloths.thread)
        for x in (-half * 0.82, -half * 0.4, half * 0.4, half * 0.82):
            lift = 5 * (1 - abs(x) / half)
            art.rigid(rounded(x - 6, -8 + lift, x + 6, 42 + lift, 2), body, 2.4, 3, 0.5)
        button(art, 0, 20, 10, cloths.button)
    else:
        rib = cloths.trim if cut.waistband != "wide" else body
        depth = 62 if cut.waistband == "wide" else 38
        path = symmetric(
            [(0, 2), (half, -4, CORNER), (half + 4, depth - 4, CORNER), (0, depth + 2)]
        )
        art.panel(path, rib, puff=6, round_off=9, drape=0.3)
        if cut.waistband == "drawstring":
            for k in range(12):
                x = -half + 10 + k * (2 * half - 20) / 11
                art.seam(line((x, 2), (x + 3, depth)), rib, 1.8, 3)
            for side in (-1, 1):
                string = line((side * 7, 22), (side * 14, 66), (side * (20 + side * 4), 122))
                art.mark(string, darker(cloths.trim.colour, 0.5), 7.5, 0.3, clipped=False)
                art.mark(string, lighter(cloths.trim.colour, 0.6), 5, 1, clipped=False)


def _fly(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    low = cut.crotch_y - 62
    art.seam(line((0, 36, CORNER), (0, cut.crotch_y, CORNER)), cloths.body, 3, 2)
    if cut.waistband in ("jeans", "tailored"):
        curve = line((27, 38, CORNER), (27, low - 26), (18, low), (2, low + 16))
        art.stitches(curve, cloths.body, cloths.thread)
        if cut.waistband == "jeans":
            art.stitches(
                line((21, 38, CORNER), (21, low - 28), (13, low - 6), (1, low + 8)),
                cloths.body,
                cloths.thread,
            )


def draw_legs(art: Art, cut: LegCut, cloths: LegCloths) -> None:
    """Draw trousers of any length."""
    half = cut.waist_half
    inside = Cloth(cloths.body.fabric, darker(cloths.body.colour, 0.34))
    art.rigid(
        symmetric([(0, -12), (half - 3, -5, CORNER), (half - 3, 30, CORNER), (0, 34)]), inside, 2, 6
    )
    art.rigid(
        rounded(-17, -6, 17, 8, 2),
        Cloth("leather", (0.62, 0.42, 0.25))
        if cut.waistband == "jeans"
        else Cloth("poplin", (0.93, 0.92, 0.89)),
        1,
        2,
    )
    first = len(art.steps)
    art.panel(
        _leg_path(cut), cloths.body, puff=11, round_off=26, folds=_leg_folds(cut), grain_deg=0
    )
    _leg_extras(art, cut, cloths)
    _leg_pocket(art, cut, cloths)
    _leg_hem(art, cut, cloths)
    art.mirror_from(first)
    whole = symmetric(
        [(0, 4), (half, 0, CORNER), (half * 0.4, cut.crotch_y * 0.5), (0, cut.crotch_y - 8, CORNER)]
    )
    art.panel(whole, cloths.body, puff=0, round_off=30, applied=True, shadow=0, drape=0)
    _fly(art, cut, cloths)
    _waistband(art, cut, cloths)
