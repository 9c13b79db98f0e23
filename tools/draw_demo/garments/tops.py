"""Tops of every kind: T-shirts, shirts, knitwear, sweatshirts, jackets, blazers, kurtas."""

import skia
from tools.draw_demo.artwork import Art, Fold, Mark, crease
from tools.draw_demo.colours import darker, lighter, mix, thread_on
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.collars import draw_collar, hood_behind
from tools.draw_demo.garments.cut import (
    NECK_Y,
    TopCloths,
    TopCut,
    back_neckline,
    back_path,
    body_path,
    hem_knots,
    neckline,
    quilt_bands,
    shoulder,
)
from tools.draw_demo.garments.fastenings import draw_front, draw_pockets
from tools.draw_demo.garments.graphics import draw_graphic
from tools.draw_demo.garments.sleeves import draw_sleeves
from tools.draw_demo.geometry import CORNER, Knot, band, flip, line, placed, spline, symmetric


def _body_folds(cut: TopCut) -> list[Fold]:
    pit_x, pit_y, hem = cut.chest_half, cut.armpit_y, cut.hem_y
    folds = []
    for side in (-1, 1):
        folds += [
            crease(
                (side * (pit_x - 4), pit_y + 6),
                (side * pit_x * 0.42, pit_y + 60),
                side * 12,
                24,
                -5,
            ),
            crease(
                (side * (pit_x - 2), pit_y + 26),
                (side * pit_x * 0.5, pit_y + 130),
                side * 14,
                24,
                -4,
            ),
            crease(
                (side * pit_x * 0.62, pit_y + 150),
                (side * pit_x * 0.5, hem - 16),
                side * -10,
                26,
                -4,
            ),
            crease(
                (side * pit_x * 0.86, pit_y + 120), (side * pit_x * 0.78, hem - 30), side * 6, 22, 4
            ),
        ]
    return folds


def _rib_hem(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    half, y = cut.hem_half * 0.93, cut.hem_y
    path = symmetric([(0, y), (half + 4, y - 7, CORNER), (half, y + 40, CORNER), (0, y + 46)])
    art.panel(path, cloths.trim, puff=6, round_off=9, drape=0.3)


def _neck_rib(art: Art, cut: TopCut, cloths: TopCloths, width: float) -> None:
    edge = neckline(cut)
    whole = spline([*flip(edge)[:-1], *edge], closed=False)
    art.rigid(band(whole, width), cloths.trim, 3.5, 5, 0.28)


def draw_top(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """Draw a whole top."""
    inner = Cloth(cloths.body.fabric, darker(cloths.body.colour, 0.3 if not cut.lining else 0.1))
    if cut.lining:
        inner = Cloth("satin", mix(darker(cloths.body.colour, 0.25), cloths.button, 0.25))
    if cut.collar == "hood":
        hood_behind(art, cut, cloths)
    if cut.sleeve == "strap":
        _straps(art, cut, cloths, inner)
    else:
        art.panel(back_path(cut), inner, puff=2, round_off=8, drape=0.4)
        art.shade(back_path(cut), (0.03, 0.03, 0.06), 0.14, 14)
        if cut.collar in ("none", "band", "hood"):
            back = back_neckline(cut)
            rim = band(spline([*flip(back)[:-1], *back], closed=False), 15)
            art.rigid(rim, cloths.trim, 2.5, 5, 0.2)
        art.rigid(
            skia.Path.Rect(skia.Rect.MakeLTRB(-15, 124, 15, 142)),
            Cloth("poplin", lighter(cloths.body.colour, 0.75)),
            1,
            2,
            0.2,
        )
    draw_sleeves(art, cut, cloths)
    path = body_path(cut)
    if cut.padded:
        for piece in quilt_bands(path):
            art.panel(piece, cloths.body, puff=15, round_off=20, shadow=0.4)
    else:
        art.panel(path, cloths.body, puff=10, round_off=26, folds=_body_folds(cut))
    if cut.graphic != "none":
        draw_graphic(art, cut.graphic, cloths.graphic_inks, 0, cut.armpit_y + 40, 1.0)
    if not cut.rib_hem and not cut.padded:
        edge = hem_knots(cut)
        lifted: list[Knot] = [placed(knot, knot[0], knot[1] - 15) for knot in edge]
        art.stitches(spline([*lifted, *flip(lifted)[1:]], closed=False), cloths.body)
    _yoke(art, cut, cloths)
    if cut.rib_hem:
        _rib_hem(art, cut, cloths)
    draw_pockets(art, cut, cloths)
    if cut.collar == "none" and cut.sleeve != "strap":
        _neck_rib(art, cut, cloths, 18 if cut.neck != "boat" else 11)
    elif cut.collar == "none":
        _neck_rib(art, cut, cloths, 8)
    draw_front(art, cut, cloths)
    draw_collar(art, cut, cloths)


def _straps(art: Art, cut: TopCut, cloths: TopCloths, inner: Cloth) -> None:
    """Straps that rise from the front, turn over, and come down to the back behind it."""
    width = cut.shoulder_half - cut.neck_half
    middle = cut.neck_half + width / 2
    low = NECK_Y + cut.neck_drop * 0.55
    back = symmetric(
        [(0, low), (middle * 0.8, low - 14), (middle * 0.86, low + 50, CORNER), (0, low + 90)]
    )
    art.panel(back, inner, puff=2, round_off=8, drape=0.4)
    for side in (-1, 1):
        top = (side * (middle - 14), NECK_Y - 66)
        behind = line((side * (middle - 4), low + 20), (side * (middle - 12), NECK_Y - 10), top)
        art.rigid(band(behind, width * 0.9), inner, 2, 4)
        front = line((side * middle, NECK_Y + 14), (side * (middle - 2), NECK_Y - 30), top)
        art.rigid(band(front, width, round_ends=True), cloths.body, 3, 5)


def _yoke(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    tip = shoulder(cut)
    if cut.yoke == "shirt":
        for side in (-1, 1):
            seam = line((side * cut.neck_half, NECK_Y + 16), (side * tip[0], tip[1] + 18))
            art.steps.append(_relined(seam, cloths.body))
    elif cut.yoke == "western":
        for side in (-1, 1):
            seam = line(
                (side * 6, NECK_Y + 96, CORNER),
                (side * 62, NECK_Y + 120, CORNER),
                (side * (tip[0] + 2), NECK_Y + 98, CORNER),
            )
            art.seam(seam, cloths.body)
            art.stitches(seam, cloths.body)
    elif cut.yoke == "raglan":
        for side in (-1, 1):
            art.seam(
                line(
                    (side * cut.neck_half, NECK_Y + 4),
                    (side * 96, 215),
                    (side * cut.chest_half, cut.armpit_y),
                ),
                cloths.body,
            )


def _relined(path: skia.Path, cloth: Cloth) -> Mark:
    return Mark(path, thread_on(cloth.colour), 1.6, 0.7, lift=-1)
