"""Handbags."""

from tools.draw_demo.artwork import Art, crease
from tools.draw_demo.bags.parts import BagCloths, body, handle, lock, ring
from tools.draw_demo.colours import darker
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
    symmetric,
    trace,
)


def tote(art: Art, bag: BagCloths) -> None:
    """An open shopper with two long handles."""
    handle(art, bag, 96, -210, 40, behind=True)
    art.rigid(
        symmetric(trace("0,-14 178,-10* 178,30* 0,34")),
        Cloth(bag.body.fabric, darker(bag.body.colour, 0.4)),
        2,
        8,
    )
    path = symmetric(trace("0,8 186,0* 176,200 164,372 148,388* 0,394"))
    folds = tuple(crease((s * 120, 40), (s * 60, 330), s * 22, 40, -7) for s in (-1, 1))
    body(art, path, bag.body, folds)
    art.stitches(line((-184, 24), (0, 32), (184, 24)), bag.body, bag.thread)
    for side in (-1, 1):
        tab = polygon(
            (side * 96 - 17, 10),
            (side * 96 + 17, 10),
            (side * 96 + 17, 92),
            (side * 96, 106),
            (side * 96 - 17, 92),
        )
        art.rigid(tab, bag.trim, 3, 4, 0.4)
        art.stitches(inset(tab, 5), bag.trim, bag.thread)
    handle(art, bag, 96, -150, 40)


def satchel(art: Art, bag: BagCloths) -> None:
    """A structured bag with a flap, a lock and a short handle."""
    handle(art, bag, 62, -126, 6, 22)
    path = symmetric(trace("0,0 150,2 184,22 196,260 172,282 0,288"))
    body(art, path, bag.body)
    art.stitches(inset(path, 9), bag.body, bag.thread)
    flap = symmetric(trace("0,-8 150,-6 190,14 192,104 164,148 70,164 0,168"))
    art.panel(flap, bag.body, puff=10, round_off=20, drape=0.2, shadow=0.5)
    art.stitches(inset(flap, 9), bag.body, bag.thread)
    for side in (-1, 1):
        ring(art, side * 64, 6, 15, bag.metal)
    art.rigid(polygon(*trace("-28,96 28,96 24,190 0,204 -24,190")), bag.trim, 3, 5, 0.4)
    lock(art, 0, 164, bag.metal)


def hobo(art: Art, bag: BagCloths) -> None:
    """A slouchy half-moon with one wide strap."""
    strap = line(*trace("-168,70 -150,-60 -70,-190 0,-214 70,-190 150,-60 168,70"))
    art.rigid(band(strap, 34, True), bag.trim, 7, 12, 0.35)
    path = symmetric(trace("0,112 90,92 178,40* 214,150 192,290 110,348 0,358"))
    folds = tuple(
        crease((s * 160, 66), (s * x, y), s * 30, 30, -11)
        for s in (-1, 1)
        for x, y in ((30, 190), (60, 270), (110, 320))
    )
    body(art, path, bag.body, folds, 26)
    art.mark(line(*trace("-172,52 -90,100 0,120 90,100 172,52")), darker(bag.metal, 0.2), 6, 0.9)
    for side in (-1, 1):
        ring(art, side * 172, 56, 20, bag.metal)


def bucket(art: Art, bag: BagCloths) -> None:
    """A drawstring bucket bag."""
    strap = line(*trace("-136,60 -120,-90 0,-176 120,-90 136,60"))
    art.rigid(band(strap, 16, True), bag.trim, 5, 7)
    path = symmetric(trace("0,12 70,-6 138,0* 148,60 176,300 160,350 0,366"))
    folds = tuple(
        crease((x, 54), (x * 1.5, 190), 4, 22, -11) for x in (-104, -66, -24, 20, 62, 102)
    )
    body(art, path, bag.body, folds, 22)
    art.panel(
        symmetric(trace("0,290 174,272* 178,320 158,352 0,368")),
        bag.trim,
        puff=4,
        round_off=8,
        drape=0.2,
        applied=True,
    )
    art.stitches(line((-172, 286), (0, 302), (172, 286)), bag.trim, bag.thread)
    cord = line(*trace("-140,60 -70,70 0,74 70,70 140,60"))
    art.rigid(band(cord, 9, True), bag.trim, 4, 4, 0.5)
    for x in (-104, -62, -20, 22, 64, 106):
        art.rigid(circle(x, 70, 8), Cloth("metal", bag.metal), 3, 3)
    for side in (-1, 1):
        art.rigid(
            band(line((side * 6, 74), (side * 20, 130), (side * 16, 184)), 8, True),
            bag.trim,
            4,
            4,
            0.5,
        )
        art.rigid(ellipse(side * 16, 194, 9, 16), bag.trim, 5, 6, 0.5)


def crossbody(art: Art, bag: BagCloths) -> None:
    """A small rounded camera bag with a long strap and a tassel."""
    strap = line(*trace("-150,70 -176,-110 -60,-224 60,-206 178,-90 150,70"))
    art.rigid(band(strap, 15, True), bag.trim, 5, 6)
    path = rounded(-166, 0, 166, 238, 54)
    body(art, path, bag.body, puff=24)
    art.stitches(inset(path, 10), bag.body, bag.thread)
    art.seam(line((-150, 62), (0, 58), (150, 62)), bag.body, 10, 3)
    art.mark(line((-150, 62), (0, 58), (150, 62)), bag.metal, 4)
    art.stitches(rounded(-128, 96, 128, 206, 26), bag.body, bag.thread)
    for side in (-1, 1):
        ring(art, side * 156, 46, 16, bag.metal)
    art.rigid(ellipse(-128, 64, 10, 8), Cloth("metal", bag.metal), 3, 4)
    for k in range(6):
        art.mark(
            line((-128, 72), (-140 + k * 5, 150)),
            darker(bag.trim.colour, 0.12 * (k % 2)),
            5,
            1,
            clipped=False,
        )


def quilted_flap(art: Art, bag: BagCloths) -> None:
    """A diamond-quilted flap bag on a chain."""
    for t in range(46):
        a = t / 45
        x = -160 + 320 * a
        y = 40 - 270 * (1 - (2 * a - 1) ** 2)
        art.rigid(
            ellipse(x, y, 8 if t % 2 else 5, 5 if t % 2 else 8),
            Cloth("metal", bag.metal),
            3,
            3,
            0.3,
        )
    path = rounded(-190, 10, 190, 252, 22)
    body(art, path, bag.body, puff=16)
    flap = symmetric(trace("0,2 180,4 196,24 192,136 110,160 0,172"))
    for shape in (path, flap):
        if shape is flap:
            art.rigid(flap, bag.body, 12, 18, 0.5)
        for k in range(-16, 17):
            for slope in (1, -1):
                art.seam(
                    line((k * 46 - slope * 140, 0, CORNER), (k * 46 + slope * 140, 280, CORNER)),
                    bag.body,
                    2.6,
                    6,
                )
    lock(art, 0, 158, bag.metal, 22)


def basket(art: Art, bag: BagCloths) -> None:
    """A woven straw basket with leather handles."""
    handle(art, bag, 84, -150, 34, 15, behind=True)
    path = symmetric(trace("0,14 196,0* 186,120 140,262 112,276 0,282"))
    art.rigid(path, bag.body, 20, 50)
    for k in range(7):
        y = 34 + k * 38
        art.mark(
            line((-200, y - 10), (0, y), (200, y - 10)),
            darker(bag.body.colour, 0.45),
            2.6,
            0.4,
            lift=-3,
        )
    art.rigid(symmetric(trace("0,6 200,-8* 198,18* 0,32")), bag.body, 5, 8)
    for side in (-1, 1):
        art.rigid(
            polygon(
                (side * 84 - 15, 14),
                (side * 84 + 15, 14),
                (side * 84 + 12, 74),
                (side * 84 - 12, 74),
            ),
            bag.trim,
            3,
            4,
            0.4,
        )
    handle(art, bag, 84, -110, 34, 15)
