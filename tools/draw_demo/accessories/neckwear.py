"""Scarves and ties."""

from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art, crease
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    Knot,
    band,
    inset,
    line,
    mirrored,
    overlap,
    polygon,
    rounded,
    spline,
    trace,
    turned,
)


def long_scarf(art: Art, small: SmallCloths) -> None:
    """A fringed scarf folded once over itself."""
    ends = [
        trace("-116,60* 16,40* 36,356* -112,372*"),
        trace("-8,30* 124,50* 146,322* 2,330*"),
    ]
    for knots in ends:
        left, right = knots[3], knots[2]
        for k in range(15):
            t = k / 14
            x, y = left[0] + (right[0] - left[0]) * t, left[1] + (right[1] - left[1]) * t
            tassel = line((x, y - 6), (x + (k % 3 - 1) * 3, y + 26), (x + (k % 2) * 5 - 2, y + 52))
            art.rigid(
                band(tassel, 5.5),
                Cloth("wool", darker(small.second.colour, 0.08 * (k % 2))),
                2,
                3,
                0.2,
            )
        art.panel(spline(knots), small.main, puff=9, round_off=18, drape=1.6, grain_deg=-2)
    loop: list[Knot] = trace(
        "-150,30 -176,-90 -120,-212 0,-250 120,-212 176,-90 150,30 110,96 56,104 "
        "88,0 96,-90 60,-150 0,-168 -60,-150 -96,-90 -88,0 -52,104 -106,98"
    )
    folds = [
        crease((s * 140, 20), (s * 40, -210), s * -60, 28, d, n=5) for s in (-1, 1) for d in (-10,)
    ]
    art.panel(spline(loop), small.main, puff=16, round_off=26, drape=1.8, folds=folds, shadow=0.45)
    knot: list[Knot] = trace("-88,64 -40,30 40,28 90,60 80,120 0,138 -80,122")
    art.panel(spline(knot), small.main, puff=20, round_off=26, drape=1.6, grain_deg=70, shadow=0.5)


def square_scarf(art: Art, small: SmallCloths) -> None:
    """A silk square, folded to a triangle over another corner, with a rolled border."""
    under = polygon((-196, -196), (204, -206), (196, 196), (-206, 204))
    art.panel(turned(under, 6), small.main, puff=5, round_off=10, drape=1.2)
    art.mark(turned(inset(under, 18), 6), small.second.colour, 24, 1)
    art.mark(turned(inset(under, 40), 6), small.detail, 4, 0.9)
    over = spline(trace("-214,-150* 180,-216* 150,60 60,150 -214,-150*")[:4])
    folded = overlap(over, turned(under, 6))
    art.panel(
        folded,
        Cloth(
            small.main.fabric,
            darker(small.main.colour, 0.1),
            small.main.pattern,
            small.main.inks,
            small.main.scale,
        ),
        puff=9,
        round_off=16,
        grain_deg=35,
        drape=1.6,
        shadow=0.5,
    )
    art.mark(line((150, 60), (60, 150), (-70, 0), (-214, -150)), small.second.colour, 30, 1)


def necktie(art: Art, small: SmallCloths, width: float = 62) -> None:
    """A tie, knotted."""
    tail = spline(
        [
            (-8, -250, CORNER),
            (14, -250, CORNER),
            (width * 0.62, 250, CORNER),
            (14, 290, CORNER),
            (-10, 250, CORNER),
        ]
    )
    art.panel(
        tail,
        Cloth(
            small.main.fabric,
            darker(small.main.colour, 0.15),
            small.main.pattern,
            small.main.inks,
            small.main.scale,
        ),
        puff=5,
        round_off=8,
        grain_deg=38,
        drape=0.2,
    )
    blade = spline(
        [
            (-22, -250, CORNER),
            (22, -250, CORNER),
            (width * 0.72, 60),
            (width, 300, CORNER),
            (0, 360, CORNER),
            (-width, 300, CORNER),
            (-width * 0.72, 60),
        ]
    )
    art.panel(
        blade,
        small.main,
        puff=10,
        round_off=18,
        grain_deg=38,
        drape=0.6,
        shadow=0.45,
        folds=[crease((0, -240), (14, -90), 6, 14, -8)],
    )
    knot = spline(trace("-44,-330* 0,-340 44,-330* 24,-240* 0,-234 -24,-240*"))
    collar = line((-60, -390), (-120, -350), (-40, -318))
    for path in (collar, mirrored(collar)):
        art.panel(band(path, 26, True), small.main, puff=5, round_off=9, grain_deg=60, drape=0.3)
    art.panel(knot, small.main, puff=14, round_off=18, grain_deg=-38, drape=0.3, shadow=0.5)


def bow_tie(art: Art, small: SmallCloths) -> None:
    """A tied bow tie on its band."""
    ring = line(*trace("-60,-10 -220,-70 -190,-160 0,-186 190,-160 220,-70 60,-10"))
    art.rigid(band(ring, 26, True), Cloth(small.main.fabric, darker(small.main.colour, 0.2)), 5, 8)
    first = len(art.steps)
    back = spline(trace("10,0* 110,-60 226,-84* 222,80* 110,58"))
    art.panel(
        back,
        Cloth(
            small.main.fabric,
            darker(small.main.colour, 0.12),
            small.main.pattern,
            small.main.inks,
            small.main.scale,
        ),
        puff=10,
        round_off=18,
        drape=0.3,
    )
    wing = spline(trace("8,-20* 90,-74 200,-96* 206,96* 90,74 8,20*"))
    folds = [crease((14, y * 0.2), (130, y), 6, 18, -9) for y in (-26, 0, 28)]
    art.panel(wing, small.main, puff=16, round_off=24, drape=0.4, folds=folds, shadow=0.45)
    art.mirror_from(first)
    art.panel(
        rounded(-34, -46, 34, 46, 14),
        small.main,
        puff=14,
        round_off=18,
        grain_deg=90,
        drape=0.3,
        shadow=0.5,
    )
