"""Skirts, and dresses as a bodice with a skirt."""

from dataclasses import dataclass, replace

import skia
from tools.draw_demo.artwork import Art, Fold, crease
from tools.draw_demo.colours import RGB, darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.cut import TopCloths, TopCut
from tools.draw_demo.garments.fastenings import button
from tools.draw_demo.garments.tops import draw_top
from tools.draw_demo.geometry import CORNER, Knot, line, polygon, rounded, spline, symmetric


@dataclass(frozen=True)
class SkirtCut:
    """The cut of a skirt, in design units; `top_y` is the seam at its waist."""

    top_y: float = 0
    waist_half: float = 108
    hip_half: float = 150
    hem_half: float = 220
    length: float = 420
    shape: str = "flared"
    waistband: str = "plain"
    detail: str = "none"
    tiers: int = 1


def _skirt_path(cut: SkirtCut) -> skia.Path:
    hem = cut.top_y + cut.length
    knots: list[Knot] = [(0, cut.top_y + 4), (cut.waist_half, cut.top_y, CORNER)]
    if cut.shape in ("pencil", "straight", "denim"):
        knots += [(cut.hip_half, cut.top_y + 130), (cut.hem_half, hem, CORNER), (0, hem + 6)]
        return symmetric(knots)
    knots.append(((cut.waist_half + cut.hem_half) / 2 - 12, cut.top_y + cut.length * 0.4))
    knots.append((cut.hem_half, hem - 12, CORNER))
    n = 5
    for k in range(1, n):
        x = cut.hem_half * (1 - k / n)
        wave = (5, -3, 4, -1)[k - 1]
        knots.append((x, hem + 6 * (1 - abs(x) / cut.hem_half) + wave))
    knots.append((0, hem + 15))
    return symmetric(knots)


def _radial(cut: SkirtCut, share: float, start: float, width: float, depth: float) -> Fold:
    """A fold that fans out from the waist and is broadest near the hem."""
    top = (cut.waist_half * share * 0.96, cut.top_y + cut.length * start)
    end = (cut.hem_half * share * 1.3, cut.top_y + cut.length * 1.75)
    return crease(top, end, share * -10, width, depth, n=5)


def _skirt_folds(cut: SkirtCut) -> list[Fold]:
    if cut.shape == "pleated":
        return []
    if cut.shape in ("pencil", "straight", "denim"):
        return [
            crease(
                (s * cut.hip_half * 0.95, cut.top_y + 90),
                (s * 20, cut.top_y + 150),
                s * 10,
                22,
                -3.5,
            )
            for s in (-1, 1)
        ]
    shares = (-0.85, -0.6, -0.38, -0.14, 0.1, 0.34, 0.56, 0.82)
    width = cut.hem_half * 0.2
    folds = []
    for k, share in enumerate(shares):
        folds.append(_radial(cut, share, 0.02 + 0.09 * (k % 3), width * 0.8, -22 if k % 2 else -15))
        folds.append(_radial(cut, share + 0.12, 0.1 + 0.07 * (k % 2), width * 0.8, 13))
    return folds


def _pleats(art: Art, cut: SkirtCut) -> None:
    n = 15
    for k in range(n + 1):
        share = -1 + 2 * k / n
        top = (cut.waist_half * share, cut.top_y)
        foot = (cut.hem_half * share, cut.top_y + cut.length + 20)
        art.mark(line((*top, CORNER), (*foot, CORNER)), (0.05, 0.04, 0.08), 3, 0.2, lift=-2.6)
        art.mark(
            line((top[0] + 4, top[1], CORNER), (foot[0] + 9, foot[1], CORNER)),
            (1, 1, 1),
            3,
            0.08,
            lift=1.8,
        )


def _tiers(art: Art, cut: SkirtCut, cloth: Cloth) -> None:
    """Each tier is gathered under the one above; the lowest is painted first."""
    n = cut.tiers
    for k in reversed(range(n)):
        foot = (k + 1) / n
        head = k / n
        top_half = cut.waist_half + (cut.hem_half - cut.waist_half) * head * 0.9
        tier = replace(
            cut,
            tiers=1,
            top_y=cut.top_y + cut.length * head,
            length=cut.length * (foot - head) + 6,
            waist_half=top_half,
            hem_half=cut.waist_half + (cut.hem_half - cut.waist_half) * foot,
        )
        gathers = []
        for j in range(17):
            share = -0.96 + j * 0.12
            top = (tier.waist_half * share, tier.top_y - 2)
            end = (
                tier.hem_half * share * 1.04,
                tier.top_y + tier.length * (0.75 if j % 2 else 1.1),
            )
            gathers.append(crease(top, end, 3, 13, -6))
        art.panel(_skirt_path(tier), cloth, puff=8, round_off=16, folds=gathers, shadow=0.4)
        art.seam(
            line(
                (-tier.waist_half, tier.top_y + 1),
                (0, tier.top_y + 5),
                (tier.waist_half, tier.top_y + 1),
            ),
            cloth,
        )


def draw_skirt(art: Art, cut: SkirtCut, cloth: Cloth, trim: Cloth, metal: RGB) -> None:
    """Draw the skirt alone, its waistband included."""
    if cut.tiers > 1:
        _tiers(art, cut, cloth)
    else:
        art.panel(_skirt_path(cut), cloth, puff=10, round_off=24, folds=_skirt_folds(cut))
        if cut.shape == "pleated":
            _pleats(art, cut)
    _details(art, cut, cloth, metal)
    _skirt_waist(art, cut, cloth, trim, metal)


def _details(art: Art, cut: SkirtCut, cloth: Cloth, metal: RGB) -> None:
    top, hem = cut.top_y, cut.top_y + cut.length
    if cut.detail == "wrap":
        edge = line(
            (cut.waist_half * 0.6, top, CORNER),
            (cut.hem_half * 0.25, top + cut.length * 0.55),
            (cut.hem_half * 0.02, hem + 30),
        )
        art.seam(edge, cloth, 5, 4)
    elif cut.detail == "slit":
        art.seam(
            line(
                (cut.hem_half * 0.45, hem - cut.length * 0.42, CORNER),
                (cut.hem_half * 0.5, hem + 10, CORNER),
            ),
            cloth,
            5,
            5,
        )
    elif cut.detail == "buttons":
        art.panel(
            polygon((-17, top), (17, top), (19, hem + 6), (-19, hem + 6)),
            cloth,
            puff=2,
            round_off=3,
            applied=True,
            drape=0,
        )
        n = max(5, int(cut.length / 62))
        for k in range(n):
            button(art, 0, top + 34 + k * (cut.length - 60) / (n - 1), 9.5, metal)
    elif cut.detail == "lace hem":
        art.mark(
            line((-cut.hem_half, hem - 34), (0, hem - 16), (cut.hem_half, hem - 34)),
            darker(cloth.colour, 0.3),
            3,
            0.6,
            lift=-2,
        )
        for k in range(24):
            x = -cut.hem_half + 10 + k * (2 * cut.hem_half - 20) / 23
            art.mark(
                skia.Path.Circle(x, hem - 14 + 14 * (1 - abs(x) / cut.hem_half), 5),
                darker(cloth.colour, 0.35),
                1.8,
                0.8,
            )
    if cut.shape == "denim":
        thread = (0.80, 0.58, 0.30)
        art.seam(line((0, top + 30, CORNER), (0, hem, CORNER)), cloth, 2.4, 2)
        for side in (-1, 1):
            art.seam(
                line(
                    (side * (cut.waist_half - 48), top + 32),
                    (side * (cut.waist_half - 36), top + 76),
                    (side * cut.hip_half, top + 96),
                ),
                cloth,
                3,
                2,
            )
            art.stitches(
                line(
                    (side * (cut.waist_half - 55), top + 32),
                    (side * (cut.waist_half - 42), top + 84),
                    (side * cut.hip_half, top + 104),
                ),
                cloth,
                thread,
            )
        art.stitches(
            line((-cut.hem_half, hem - 14), (0, hem - 9), (cut.hem_half, hem - 14)), cloth, thread
        )


def _skirt_waist(art: Art, cut: SkirtCut, cloth: Cloth, trim: Cloth, metal: RGB) -> None:
    half, top = cut.waist_half, cut.top_y
    if cut.waistband == "none":
        return
    if cut.waistband == "elastic":
        art.panel(
            symmetric(
                [
                    (0, top - 14),
                    (half - 2, top - 18, CORNER),
                    (half + 2, top + 18, CORNER),
                    (0, top + 24),
                ]
            ),
            trim,
            puff=6,
            round_off=9,
            drape=0.2,
        )
        for k in range(18):
            x = -half + 6 + k * (2 * half - 12) / 17
            art.seam(line((x, top - 16), (x + 1, top + 22)), trim, 1.6, 3)
        return
    art.panel(
        symmetric(
            [(0, top - 12), (half, top - 17, CORNER), (half + 3, top + 22, CORNER), (0, top + 28)]
        ),
        trim,
        puff=3.5,
        round_off=6,
        drape=0.1,
    )
    if cut.waistband == "jeans":
        for x in (-half * 0.75, -half * 0.35, half * 0.35, half * 0.75):
            art.rigid(rounded(x - 6, top - 18, x + 6, top + 32, 2), cloth, 2.4, 3, 0.5)
        button(art, 0, top + 8, 10, metal)
    elif cut.waistband == "belted":
        art.rigid(rounded(-24, top - 16, 24, top + 32, 6), Cloth("metal", metal), 4, 5, 0.5)
        art.rigid(rounded(-15, top - 7, 15, top + 23, 3), trim, 1, 3, 0.3)
    elif cut.waistband == "tie":
        first = len(art.steps)
        art.panel(
            spline([(6, top + 4, CORNER), (44, top - 16), (64, top + 4), (40, top + 26)]),
            cloth,
            puff=6,
            round_off=9,
            shadow=0.45,
        )
        art.panel(
            spline(
                [
                    (6, top + 10, CORNER),
                    (30, top + 80),
                    (40, top + 150, CORNER),
                    (10, top + 156, CORNER),
                    (12, top + 80),
                ]
            ),
            cloth,
            puff=4,
            round_off=8,
            shadow=0.4,
        )
        art.mirror_from(first)
        art.panel(rounded(-12, top - 8, 12, top + 20, 8), cloth, puff=6, round_off=8, shadow=0.5)


def draw_dress(art: Art, bodice: TopCut, skirt: SkirtCut, cloths: TopCloths, metal: RGB) -> None:
    """Draw a dress: the skirt hangs from the bodice's hem."""
    joined = replace(skirt, top_y=bodice.hem_y - 4, waist_half=bodice.hem_half)
    first_of_skirt = replace(joined, waistband="none")
    draw_skirt(art, first_of_skirt, cloths.body, cloths.trim, metal)
    draw_top(art, bodice, cloths)
    seam = line(
        (-bodice.hem_half, bodice.hem_y), (0, bodice.hem_y + 7), (bodice.hem_half, bodice.hem_y)
    )
    art.seam(seam, cloths.body, 3, 2)
    _skirt_waist(art, joined, cloths.body, cloths.trim, metal)
