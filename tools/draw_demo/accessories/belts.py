"""Belts, rolled or in a loop."""

from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    band,
    circle,
    ellipse,
    line,
    minus,
    rounded,
    symmetric,
    trace,
    turned,
)
from tools.draw_demo.shoes.parts import buckle


def rolled_belt(art: Art, small: SmallCloths) -> None:
    """A belt rolled up, its end and buckle in front."""
    width = 76
    for k in range(5, 0, -1):
        rx, ry = 74 + k * 27, 30 + k * 14
        ring = minus(ellipse(0, -60, rx, ry), ellipse(0, -60, rx - 15, ry - 9))
        tone = small.main.colour if k % 2 else darker(small.main.colour, 0.35)
        art.rigid(ring, Cloth(small.main.fabric, tone), 7, 7, 0.4)
    front = symmetric(
        [
            (0, -8),
            (140, -44),
            (208, -66, CORNER),
            (208, -66 + width, CORNER),
            (140, -40 + width),
            (0, width),
        ]
    )
    art.rigid(front, small.main, 9, 14, 0.5)
    for inset_y in (10, width - 10):
        art.stitches(
            line(
                (-206, -62 + inset_y),
                (-140, -42 + inset_y),
                (0, -6 + inset_y),
                (140, -42 + inset_y),
                (206, -62 + inset_y),
            ),
            small.main,
        )
    y = width / 2 - 4
    buckle(art, 0, y, width * 1.2, width * 1.28, small.metal)
    art.rigid(rounded(60, y - width * 0.58, 84, y + width * 0.58, 5), small.main, 5, 5, 0.5)


def looped_belt(art: Art, small: SmallCloths) -> None:
    """A slim belt laid in an open loop, with a polished plate at the bottom."""
    loop = line(
        *trace("30,190 -150,170 -226,30 -200,-150 0,-232 200,-150 226,30 150,170 -40,206 -130,250")
    )
    art.rigid(band(loop, 38), small.main, 7, 9)
    art.stitches(band(loop, 26), small.main)
    for k in range(5):
        art.mark(circle(-40 - k * 19, 207 + k * 8, 3.4), darker(small.main.colour, 0.75), None, 0.9)
    plate = turned(rounded(-8, 158, 80, 228, 12), -4, (30, 190))
    art.rigid(plate, Cloth("metal", small.metal), 8, 9, 0.5)
    rim = turned(rounded(6, 172, 66, 214, 8), -4, (30, 190))
    art.mark(rim, darker(small.metal, 0.3), 3.5, 0.8, lift=-2)
