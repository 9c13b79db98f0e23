"""Caps, hats, beanies."""

import math

from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art, crease
from tools.draw_demo.colours import darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.graphics import draw_graphic
from tools.draw_demo.geometry import (
    Knot,
    circle,
    ellipse,
    line,
    moved,
    rounded,
    spline,
    symmetric,
    trace,
)


def baseball_cap(
    art: Art, small: SmallCloths, mesh_back: bool = False, emblem: str = "none"
) -> None:
    """A six-panel cap seen from the front quarter."""
    crown: list[Knot] = trace("-190,60* -196,-40 -140,-150 -10,-196 130,-150 192,-40 190,56* 0,92")
    art.panel(spline(crown), small.main, puff=34, round_off=80, drape=0.6)
    if mesh_back:
        back = spline(trace("70,-178 150,-130 194,-40 190,58* 96,82* 108,-60"))
        art.panel(
            back,
            Cloth("mesh", small.second.colour),
            puff=1,
            round_off=6,
            applied=True,
            drape=0,
            shadow=0.2,
        )
    for x in (-108, 0, 108):
        seam = line((x * 0.08, -194), (x * 1.0, -70), (x * 1.06, 84))
        art.seam(seam, small.main)
        art.stitches(moved(seam, 6, 0), small.main)
    art.rigid(ellipse(0, -196, 18, 9), small.second, 6, 8)
    for x in (-70, 70):
        art.mark(circle(x, -124, 6), darker(small.main.colour, 0.5), 3, 0.9)
    brim: list[Knot] = trace(
        "-190,58* -100,38 0,32 100,38 190,56* 224,120 150,178 0,196 -150,178 -226,122"
    )
    art.rigid(spline(brim), small.second, 14, 26, 0.5)
    for k in range(1, 5):
        y = 50 + k * 26
        art.stitches(
            line(
                (-200 - k * 3, 70 + k * 13),
                (-100, y + 4 + k * 4),
                (0, y + k * 7),
                (100, y + 4 + k * 4),
                (200 + k * 3, 70 + k * 13),
            ),
            small.second,
        )
    if emblem != "none":
        art.panel(
            rounded(-58, -104, 58, 4, 10),
            Cloth("canvas", lighter(small.detail, 0.75)),
            puff=2,
            round_off=4,
            applied=True,
            drape=0,
            shadow=0.25,
        )
        draw_graphic(
            art, emblem, (small.detail, small.metal, lighter(small.detail, 0.4)), 0, -50, 0.56
        )


def bucket_hat(art: Art, small: SmallCloths) -> None:
    """A bucket hat with a stitched brim."""
    brim = symmetric(trace("0,40 130,30 196,60 250,168 160,206 0,220"))
    art.panel(brim, small.main, puff=16, round_off=34, drape=0.6)
    for k in range(5):
        t = k / 5
        art.stitches(
            line(
                (-196 - 48 * t, 76 + 84 * t),
                (-120, 92 + 100 * t),
                (0, 100 + 104 * t),
                (120, 92 + 100 * t),
                (196 + 48 * t, 76 + 84 * t),
            ),
            small.main,
        )
    crown = symmetric(trace("0,-178 96,-166 140,-132 184,66* 100,96 0,104"))
    art.panel(crown, small.main, puff=28, round_off=60, drape=0.8, shadow=0.4)
    art.seam(line((-142, -128), (0, -106), (142, -128)), small.main, 3, 3)
    art.stitches(line((-142, -120), (0, -98), (142, -120)), small.main)
    art.panel(
        symmetric(trace("0,72 100,64 180,38* 184,66* 100,96 0,104")),
        small.second,
        puff=3,
        round_off=6,
        applied=True,
        drape=0,
    )


def beanie(art: Art, small: SmallCloths, pompom: bool = False) -> None:
    """A knitted hat with a turned-up rib."""
    if pompom:
        ball = [
            (
                96 * math.cos(a) * (1 + 0.07 * (k % 2)),
                -250 + 88 * math.sin(a) * (1 + 0.07 * (k % 2)),
            )
            for k, a in enumerate(i * math.pi / 14 for i in range(28))
        ]
        art.rigid(spline(ball), Cloth("boucle", small.second.colour), 34, 60)
    crown = symmetric(trace("0,-186 90,-172 162,-90 184,60* 0,74"))
    art.panel(
        crown,
        small.main,
        puff=34,
        round_off=70,
        drape=0.4,
        folds=[crease((x * 0.2, -180), (x, 60), x * 0.16, 26, -6) for x in (-130, -70, 0, 70, 130)],
    )
    art.panel(
        symmetric(trace("0,20 190,4* 196,120* 0,140")),
        Cloth("rib", small.main.colour if small.main.pattern is None else small.second.colour),
        puff=14,
        round_off=24,
        drape=0.2,
        shadow=0.45,
    )
    art.rigid(rounded(96, 52, 150, 92, 4), Cloth("leather", small.detail), 2, 3, 0.4)
