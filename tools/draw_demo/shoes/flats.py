"""Ballet flats, mules, sandals and flip flops."""

import math

import skia
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    Knot,
    band,
    ellipse,
    flip,
    inset,
    line,
    moved,
    spline,
    trace,
    turned,
)
from tools.draw_demo.shoes.parts import ShoeCloths, bow, buckle, opening, sole, upper


def ballerina(art: Art, shoe: ShoeCloths, strap: bool = False) -> None:
    """A ballet flat with a bow, or with a buckled strap."""
    opening(art, trace("-240,-108 -100,-60 60,-50 110,-80 40,-96 -120,-96"), shoe.lining)
    tip = 264.0
    knots: list[Knot] = [
        (-240, -16, CORNER),
        (-252, -60),
        (-244, -116, CORNER),
        (-190, -92),
        (-90, -62),
        (30, -54),
        (90, -86, CORNER),
        (160, -78),
        (232, -62),
        (tip, -18),
        (tip - 14, -8, CORNER),
    ]
    upper(art, knots, shoe.upper, 22)
    art.stitches(line(*trace("-236,-104 -190,-84 -90,-54 34,-46 88,-76")), shoe.upper)
    if strap:
        path = line((-130, -70), (-96, -136), (-30, -142), (6, -60))
        art.rigid(band(path, 15, True), shoe.upper, 4, 5)
        buckle(art, -100, -128, 20, 22, shoe.lace, -60)
    else:
        bow(art, 92, -80, shoe.second.colour, 0.85)
    sole(
        art,
        [(-248, -16, CORNER), (0, -10), (tip, -14, CORNER), (tip - 20, 2), (0, 4), (-240, 4)],
        shoe.sole,
        puff=2,
    )


def mule(art: Art, shoe: ShoeCloths) -> None:
    """A backless flat with a snaffle."""
    sole(
        art,
        trace("-250,-22* 0,-16 270,-18* 262,2 0,4 -244,4"),
        shoe.sole,
        puff=3,
        fabric="leather",
    )
    opening(art, trace("-246,-26 -246,-40 -100,-34 40,-60 40,-20"), shoe.lining)
    upper(
        art,
        trace("-60,-18* -34,-100 -6,-150* 80,-126 190,-84 262,-44 268,-18*"),
        shoe.upper,
        28,
    )
    art.seam(line((10, -112), (120, -92), (210, -60)), shoe.upper, 4, 3)
    for x in (-14, 20, 54):
        art.rigid(ellipse(x, -116 + (x + 14) * 0.15, 15, 9), Cloth("metal", shoe.lace), 4, 5, 0.5)


FOOTBED: list[Knot] = trace(
    "-24,-236 40,-228 84,-160 78,-50 62,40 66,130 46,208 -8,228 -60,204 "
    "-70,120 -66,20 -90,-80 -84,-170"
)


def footbed(art: Art, shoe: ShoeCloths) -> None:
    """A pair of cork-footbed sandals with two broad buckled straps, seen from above."""
    for side in (-1, 1):
        x = side * 112
        base = moved(turned(spline(FOOTBED if side == 1 else flip(FOOTBED)), side * 4), x, 0)
        art.rigid(moved(base, 2, 10), Cloth("suede", darker(shoe.sole, 0.5)), 4, 8)
        art.rigid(base, Cloth("suede", shoe.sole), 9, 16)
        art.rigid(inset(base, 13), Cloth("suede", shoe.lining), -5, 22, 0.15)
        for y, half in ((-120, 104), (2, 88)):
            strap: list[Knot] = [
                (x - half, y - 34, CORNER),
                (x, y - 54),
                (x + half, y - 34, CORNER),
                (x + half - 5, y + 36, CORNER),
                (x, y + 18),
                (x - half + 5, y + 36, CORNER),
            ]
            art.rigid(spline(strap), shoe.upper, 16, 26, 0.5)
            edge = line((x - half, y - 26), (x, y - 46), (x + half, y - 26))
            art.stitches(edge, shoe.upper)
            art.stitches(moved(edge, 0, 56), shoe.upper)
            buckle(art, x + side * 46, y - 12, 40, 44, shoe.lace, side * 8)


def gladiator(art: Art, shoe: ShoeCloths) -> None:
    """A flat sandal with many straps up to the ankle."""
    sole(
        art,
        trace("-250,-24* 0,-18 262,-20* 256,2 0,4 -244,4"),
        shoe.sole,
        puff=3,
        fabric="leather",
    )
    upper(
        art,
        trace("-246,-22* -254,-130 -232,-206* -206,-200 -196,-100 -176,-20*"),
        shoe.upper,
        12,
    )
    for k, (foot, top) in enumerate(
        (
            ((-150, -20), (-100, -172)),
            ((-76, -20), (-34, -140)),
            ((0, -18), (36, -112)),
            ((78, -18), (110, -90)),
            ((150, -18), (176, -72)),
        )
    ):
        end = (foot[0] + 74 - k * 4, -20)
        path = spline(
            [
                foot,
                ((foot[0] + top[0]) / 2 - 10, (foot[1] + top[1]) / 2 - 14),
                top,
                (end[0] - 6, -70),
                end,
            ],
            closed=False,
        )
        art.rigid(band(path, 15, True), shoe.upper, 5, 6, 0.4)
    ankle = line(*trace("-226,-196 -150,-214 -92,-190 -110,-172 -170,-184 -222,-184"))
    art.rigid(band(ankle, 15, True), shoe.upper, 5, 6)
    art.rigid(band(line((-104, -176), (0, -126), (140, -80)), 13, True), shoe.second, 5, 6)
    buckle(art, -150, -198, 24, 26, shoe.lace, 0)


def sport_sandal(art: Art, shoe: ShoeCloths) -> None:
    """A webbing sandal on a ridged rubber sole."""
    sole(
        art,
        trace("-256,-64* -100,-50 60,-46 266,-56* 280,-24 258,0 -240,3 -264,-20"),
        shoe.sole,
        puff=9,
    )
    art.mark(line((-260, -34), (0, -26), (272, -32)), shoe.second.colour, 5, 0.9)
    for k in range(13):
        x = -232 + k * 38
        art.mark(line((x, -12, CORNER), (x, 4, CORNER)), darker(shoe.sole, 0.7), 5, 0.6, lift=-2)
    for knots, cloth in (
        ([(-240, -60), (-250, -130), (-232, -180)], shoe.upper),
        (trace("-234,-176 -150,-196 -92,-176 -120,-160 -226,-162"), shoe.upper),
        ([(-180, -54), (-120, -150), (-96, -170)], shoe.second),
        (trace("40,-48 76,-120 140,-124 190,-50"), shoe.upper),
        ([(-40, -48), (20, -110), (84, -118)], shoe.second),
        ([(-100, -168), (0, -130), (90, -116)], shoe.upper),
    ):
        art.rigid(
            band(spline(knots, closed=False), 24, True),
            Cloth("canvas", cloth.colour, cloth.pattern, cloth.inks, 0.5),
            5,
            7,
            0.4,
        )
    buckle(art, -150, -184, 30, 30, shoe.lace, -4)
    buckle(art, 110, -122, 28, 30, shoe.lace, 4)


def flip_flops(art: Art, shoe: ShoeCloths) -> None:
    """A pair of flip flops seen from above."""
    outline: list[Knot] = trace(
        "-30,-230 30,-226 74,-160 66,-60 50,30 56,130 40,206 -10,226 -56,200 "
        "-62,120 -58,20 -84,-80 -80,-170"
    )
    for side in (-1, 1):
        base = moved(
            turned(spline(outline if side == 1 else flip(outline)), side * 5), side * 106, 0
        )
        art.rigid(moved(base, 3, 9), Cloth("rubber", darker(shoe.sole, 0.25)), 5, 8)
        art.rigid(
            base,
            Cloth("rubber", shoe.sole, shoe.upper.pattern, shoe.upper.inks, shoe.upper.scale),
            4,
            8,
        )
        for k in range(9):
            y = -180 + k * 46
            art.mark(
                line((side * 106 - 60, y), (side * 106, y - 6), (side * 106 + 60, y)),
                darker(shoe.sole, 0.5),
                2,
                0.16,
                lift=-1,
            )
        toe = (side * 106 - side * 12, -126.0)
        for foot in ((side * 106 - 66, 10.0), (side * 106 + 58, 14.0)):
            strap = line(
                toe, ((toe[0] + foot[0]) / 2 + math.copysign(16, foot[0] - toe[0]), -70), foot
            )
            art.rigid(band(strap, 21, True), shoe.second, 8, 8, 0.5)
        art.rigid(
            skia.Path.Circle(*toe, 12),
            Cloth("rubber", lighter(shoe.second.colour, 0.15)),
            6,
            7,
            0.4,
        )


def slides(art: Art, shoe: ShoeCloths) -> None:
    """A pair of pool slides seen from above."""
    outline: list[Knot] = trace(
        "-30,-230 34,-226 78,-160 70,-60 56,30 60,130 42,206 -10,226 -58,200 "
        "-66,120 -62,20 -86,-80 -80,-170"
    )
    for side in (-1, 1):
        base = moved(
            turned(spline(outline if side == 1 else flip(outline)), side * 4), side * 108, 0
        )
        art.rigid(moved(base, 3, 10), Cloth("rubber", darker(shoe.sole, 0.25)), 5, 8)
        art.rigid(base, Cloth("rubber", shoe.sole), 4, 9)
        for k in range(7):
            art.mark(
                line((side * 108 - 50, 60 + k * 22), (side * 108 + 50, 60 + k * 22)),
                darker(shoe.sole, 0.5),
                3,
                0.2,
                lift=-1.5,
            )
        x = side * 108
        rounder = spline(
            [
                (x - 98, -130, CORNER),
                (x, -152),
                (x + 96, -130, CORNER),
                (x + 84, 2, CORNER),
                (x, -14),
                (x - 84, 2, CORNER),
            ]
        )
        art.rigid(rounder, shoe.upper, 18, 30, 0.5)
        art.mark(line((x - 92, -100), (x, -120), (x + 90, -100)), shoe.second.colour, 10, 1)
        art.mark(line((x - 88, -30), (x, -46), (x + 86, -30)), shoe.second.colour, 10, 1)
