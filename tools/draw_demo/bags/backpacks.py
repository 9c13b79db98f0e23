"""Backpacks."""

from tools.draw_demo.artwork import Art
from tools.draw_demo.bags.parts import BagCloths, body, handle
from tools.draw_demo.colours import darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    CORNER,
    band,
    circle,
    ellipse,
    inset,
    line,
    polygon,
    rounded,
    spline,
    symmetric,
    trace,
)
from tools.draw_demo.shoes.parts import buckle


def daypack(art: Art, bag: BagCloths) -> None:
    """A round-topped backpack with a front pocket."""
    handle(art, bag, 34, -56, 14, 15)
    for side in (-1, 1):
        art.rigid(
            band(line((side * 128, 60), (side * 196, 190), (side * 168, 384)), 26, True),
            bag.trim,
            6,
            8,
        )
    path = symmetric(trace("0,0 110,14 160,90 172,330 158,404 120,424 0,428"))
    body(art, path, bag.body, puff=24)
    art.seam(
        line(*trace("-160,176 -140,84 -90,44 0,32 90,44 140,84 160,176")),
        bag.body,
        9,
        3,
    )
    art.mark(
        line(*trace("-160,176 -140,84 -90,44 0,32 90,44 140,84 160,176")),
        darker(bag.trim.colour, 0.2),
        4,
    )
    pocket = symmetric(trace("0,212 104,216 134,246 138,380 110,404 0,408"))
    art.panel(pocket, bag.trim, puff=14, round_off=20, drape=0.6, shadow=0.4)
    art.seam(line((-128, 256), (0, 248), (128, 256)), bag.trim, 8, 3)
    art.mark(line((-128, 256), (0, 248), (128, 256)), bag.metal, 3)
    art.rigid(
        rounded(84, 252, 94, 292, 4), Cloth("leather", darker(bag.trim.colour, 0.4)), 3, 3, 0.5
    )
    art.rigid(
        polygon((-34, 122), (34, 122), (34, 164), (-34, 164)),
        Cloth("leather", (0.6, 0.42, 0.27)),
        2,
        3,
    )
    art.mark(polygon((-12, 130), (12, 130), (12, 156), (-12, 156)), (0.35, 0.22, 0.13), 2, 0.8)


def roll_top(art: Art, bag: BagCloths) -> None:
    """A tall backpack whose top is rolled and strapped."""
    for side in (-1, 1):
        art.rigid(
            band(line((side * 120, 90), (side * 186, 230), (side * 160, 424)), 26, True),
            bag.trim,
            6,
            8,
        )
    path = symmetric(trace("0,30 140,30* 152,230 160,440 140,456 0,460"))
    body(art, path, bag.body, puff=22)
    art.panel(
        symmetric(trace("0,-22 128,-20 146,8 142,60 0,66")),
        bag.body,
        puff=16,
        round_off=22,
        shadow=0.45,
    )
    art.seam(line((-140, 20), (0, 26), (140, 20)), bag.body, 3, 4)
    art.rigid(polygon((-16, -26), (16, -26), (16, 196), (-16, 196)), bag.trim, 4, 5, 0.45)
    buckle(art, 0, 120, 50, 42, bag.metal, 90)
    art.panel(
        rounded(-122, 262, 122, 424, 16), bag.body, puff=9, round_off=14, drape=0.6, shadow=0.4
    )
    art.stitches(rounded(-112, 272, 112, 414, 10), bag.body, bag.thread)
    art.seam(line((-112, 300, CORNER), (112, 300, CORNER)), bag.body, 7, 3)
    art.mark(line((-112, 300, CORNER), (112, 300, CORNER)), bag.metal, 3)


def rucksack(art: Art, bag: BagCloths) -> None:
    """A flap backpack with two buckled straps and side pockets."""
    handle(art, bag, 36, -50, 20, 15)
    for side in (-1, 1):
        art.panel(
            rounded(min(side * 134, side * 192), 224, max(side * 134, side * 192), 400, 20),
            bag.body,
            puff=12,
            round_off=18,
            drape=0.5,
        )
    path = symmetric(trace("0,30 126,40 156,120 162,400 140,422 0,426"))
    body(art, path, bag.body, puff=22)
    art.panel(
        rounded(-112, 266, 112, 408, 18), bag.body, puff=12, round_off=18, drape=0.5, shadow=0.4
    )
    flap = symmetric(trace("0,4 120,14 158,70 162,206 130,236 0,242"))
    art.panel(flap, bag.body, puff=14, round_off=24, shadow=0.5)
    art.stitches(inset(flap, 9), bag.body, bag.thread)
    for side in (-1, 1):
        art.rigid(
            polygon(
                (side * 74 - 14, 120),
                (side * 74 + 14, 120),
                (side * 74 + 14, 318),
                (side * 74, 330),
                (side * 74 - 14, 318),
            ),
            bag.trim,
            4,
            5,
            0.45,
        )
        buckle(art, side * 74, 268, 44, 36, bag.metal, 90)


def kids_pack(art: Art, bag: BagCloths) -> None:
    """A child's backpack with ears and a face."""
    for side in (-1, 1):
        art.panel(
            spline(
                [
                    (side * 66, 60),
                    (side * 84, -40),
                    (side * 128, -64),
                    (side * 152, -20),
                    (side * 136, 60),
                ]
            ),
            bag.body,
            puff=12,
            round_off=18,
            drape=0.2,
        )
        art.rigid(
            spline(
                [
                    (side * 92, 30),
                    (side * 102, -18),
                    (side * 122, -30),
                    (side * 134, -6),
                    (side * 124, 36),
                ]
            ),
            bag.trim,
            4,
            8,
            0.2,
        )
        art.rigid(
            band(line((side * 130, 90), (side * 190, 210), (side * 160, 370)), 26, True),
            bag.trim,
            6,
            8,
        )
    path = symmetric(trace("0,0 120,18 170,130 172,330 130,400 0,408"))
    body(art, path, bag.body, puff=26)
    for side in (-1, 1):
        art.rigid(circle(side * 58, 150, 15), Cloth("rubber", (0.13, 0.13, 0.15)), 6, 8)
        art.mark(circle(side * 58 - 4, 145, 4), (1, 1, 1), None)
        art.mark(
            ellipse(side * 104, 190, 22, 14),
            lighter(bag.trim.colour, 0.2),
            None,
            0.8,
            clipped=False,
        )
    art.rigid(ellipse(0, 180, 14, 10), Cloth("rubber", darker(bag.trim.colour, 0.4)), 4, 6)
    pocket = symmetric(trace("0,250 100,254 124,290 112,380 0,388"))
    art.panel(pocket, bag.trim, puff=12, round_off=16, drape=0.4, shadow=0.4)
    art.mark(line((-104, 282), (0, 276), (104, 282)), darker(bag.trim.colour, 0.4), 4)
