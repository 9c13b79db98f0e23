"""Sleeves and cuffs."""

import skia
from tools.draw_demo.artwork import Art, Fold, crease
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.cut import TopCloths, TopCut, quilt_bands, shoulder
from tools.draw_demo.geometry import CORNER, Point, between, line, spline


def sleeve_frame(cut: TopCut) -> tuple[Point, Point, Point, Point]:
    """Shoulder, outer cuff, inner cuff, armpit of the right sleeve."""
    import math

    turn = math.radians(cut.sleeve_deg)
    down = (math.sin(turn), math.cos(turn))
    out = (math.cos(turn), -math.sin(turn))
    tip = shoulder(cut)
    pit = (cut.chest_half - 3, cut.armpit_y)
    root = ((tip[0] + pit[0]) / 2, (tip[1] + pit[1]) / 2)
    end = (root[0] + down[0] * cut.sleeve_length, root[1] + down[1] * cut.sleeve_length)
    outer = (end[0] + out[0] * cut.cuff_half, end[1] + out[1] * cut.cuff_half)
    inner = (end[0] - out[0] * cut.cuff_half, end[1] - out[1] * cut.cuff_half)
    return tip, outer, inner, pit


def _sleeve_path(cut: TopCut) -> skia.Path:
    tip, outer, inner, pit = sleeve_frame(cut)
    swell = 9.0
    if cut.sleeve == "puff":
        swell = 34.0
    elif cut.sleeve == "bell":
        swell = -10.0
    inside = (tip[0] - 34, tip[1] + 14)
    upper = between(tip, outer, -swell, 4)[1:-1]
    lower = between(inner, pit, -swell * (0.8 if cut.sleeve == "puff" else 0.5), 4)[1:-1]
    return spline(
        [
            (*inside, CORNER),
            (*tip, CORNER),
            *upper,
            (*outer, CORNER),
            (*inner, CORNER),
            *lower,
            (*pit, CORNER),
            (pit[0] - 40, pit[1] - 20, CORNER),
        ]
    )


def _sleeve_folds(cut: TopCut) -> list[Fold]:
    tip, outer, inner, pit = sleeve_frame(cut)
    folds = [
        crease((pit[0] - 6, pit[1] - 14), (tip[0] + 26, tip[1] + 60), 8, 22, -5),
        crease((pit[0] + 4, pit[1] - 2), (tip[0] + 48, tip[1] + 104), 10, 20, -4),
    ]
    if cut.sleeve_length > 240:
        for share, depth in ((0.42, -6), (0.5, 5), (0.57, -6), (0.72, -3)):
            low = (
                inner[0] + (pit[0] - inner[0]) * (1 - share),
                inner[1] + (pit[1] - inner[1]) * (1 - share),
            )
            high = (
                tip[0] + (outer[0] - tip[0]) * (share - 0.06),
                tip[1] + (outer[1] - tip[1]) * (share - 0.06),
            )
            end = (low[0] + (high[0] - low[0]) * 0.75, low[1] + (high[1] - low[1]) * 0.75)
            folds.append(crease(low, end, 9, 20, depth))
    if cut.sleeve == "puff":
        for share in (0.15, 0.35, 0.55, 0.75, 0.9):
            low = (
                inner[0] + (outer[0] - inner[0]) * share,
                inner[1] + (outer[1] - inner[1]) * share,
            )
            high = (low[0] + (tip[0] - low[0]) * 0.6, low[1] + (tip[1] - low[1]) * 0.6)
            folds.append(crease(low, high, 6, 16, -6))
    return folds


def _cuff(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    import math

    _, outer, inner, _ = sleeve_frame(cut)
    turn = math.radians(cut.sleeve_deg)
    down = (math.sin(turn), math.cos(turn))

    def strip(depth: float, grow: float, start: float = 0.0) -> skia.Path:
        ax, ay = outer[0] - inner[0], outer[1] - inner[1]
        a = (outer[0] + ax * grow, outer[1] + ay * grow)
        b = (inner[0] - ax * grow, inner[1] - ay * grow)
        return spline(
            [
                (a[0] + down[0] * start, a[1] + down[1] * start, CORNER),
                (a[0] + down[0] * depth, a[1] + down[1] * depth, CORNER),
                (b[0] + down[0] * depth, b[1] + down[1] * depth, CORNER),
                (b[0] + down[0] * start, b[1] + down[1] * start, CORNER),
            ]
        )

    grain = -cut.sleeve_deg
    if cut.cuff == "rib":
        art.panel(
            strip(46, -0.05, -4), cloths.trim, puff=6, round_off=8, grain_deg=grain, drape=0.3
        )
    elif cut.cuff == "shirt":
        art.panel(
            strip(50, 0.03, -6), cloths.sleeve, puff=5, round_off=6, grain_deg=grain, drape=0.3
        )
        for depth in (1.0, 43.0):
            a, b = outer, inner
            art.stitches(
                line(
                    (a[0] + down[0] * depth, a[1] + down[1] * depth, CORNER),
                    (b[0] + down[0] * depth, b[1] + down[1] * depth, CORNER),
                ),
                cloths.sleeve,
            )
        spot = (
            inner[0] + (outer[0] - inner[0]) * 0.35 + down[0] * 22,
            inner[1] + (outer[1] - inner[1]) * 0.35 + down[1] * 22,
        )
        art.rigid(skia.Path.Circle(*spot, 7), Cloth("rubber", cloths.button), 2, 3)
    elif cut.cuff == "band":
        art.panel(strip(22, 0.02, -4), cloths.trim, puff=4, round_off=5, grain_deg=grain, drape=0.2)
    elif cut.cuff == "turn-up":
        art.panel(
            strip(4, 0.05, -34), cloths.sleeve, puff=5, round_off=6, grain_deg=grain, drape=0.3
        )
    elif cut.cuff == "hem":
        offset = -14.0
        art.stitches(
            line(
                (outer[0] + down[0] * offset, outer[1] + down[1] * offset, CORNER),
                (inner[0] + down[0] * offset, inner[1] + down[1] * offset, CORNER),
            ),
            cloths.sleeve,
        )


def draw_sleeves(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """Draw both sleeves with their cuffs; the body is laid over them afterwards."""
    if cut.sleeve in ("none", "strap"):
        return
    first = len(art.steps)
    bands = quilt_bands(_sleeve_path(cut)) if cut.padded else []
    if bands:
        for piece in bands:
            art.panel(
                piece, cloths.sleeve, puff=15, round_off=18, grain_deg=-cut.sleeve_deg, shadow=0.4
            )
    else:
        art.panel(
            _sleeve_path(cut),
            cloths.sleeve,
            puff=10,
            round_off=22,
            grain_deg=-cut.sleeve_deg,
            folds=_sleeve_folds(cut),
        )
    _cuff(art, cut, cloths)
    art.mirror_from(first)
