"""Clutches."""

from tools.draw_demo.artwork import Art, crease
from tools.draw_demo.bags.parts import BagCloths, body
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import (
    circle,
    ellipse,
    inset,
    line,
    minus,
    rounded,
    spline,
    symmetric,
    trace,
)


def envelope(art: Art, bag: BagCloths) -> None:
    """A flat envelope clutch."""
    path = rounded(-230, 0, 230, 278, 12)
    body(art, path, bag.body, puff=12)
    flap = spline(trace("-232,-2* 232,-2* 226,30 20,176 0,182 -20,176 -226,30"))
    art.panel(flap, bag.body, puff=8, round_off=14, grain_deg=0, drape=0.4, shadow=0.5)
    art.stitches(inset(flap, 9), bag.body, bag.thread)
    art.rigid(circle(0, 158, 16), Cloth("metal", bag.metal), 6, 8, 0.5)


def box_clutch(art: Art, bag: BagCloths) -> None:
    """A hard box clutch with a jewelled clasp."""
    path = rounded(-200, 0, 200, 240, 26)
    art.panel(path, bag.body, puff=22, round_off=36, drape=0.2)
    art.rigid(
        minus(rounded(-206, -6, 206, 246, 30), rounded(-192, 8, 192, 232, 22)),
        Cloth("metal", bag.metal),
        5,
        6,
    )
    art.seam(line((-200, 66), (200, 66)), bag.body, 4, 4)
    for x in (-16, 16):
        art.rigid(circle(x, -2, 17), Cloth("glass", bag.trim.colour), 11, 12, 0.5)


def frame_pouch(art: Art, bag: BagCloths) -> None:
    """A gathered pouch on a metal frame with kiss-lock and wrist chain."""
    path = symmetric(trace("0,30 140,26* 206,120 220,214 160,288 0,304"))
    folds = tuple(
        crease((x, 36), (x * 1.7, 210), x * 0.08, 24, -13)
        for x in (-118, -86, -52, -18, 18, 52, 86, 118)
    )
    body(art, path, bag.body, folds, 28)
    art.rigid(
        symmetric(trace("0,6 130,4 154,16 156,40* 140,44 0,40")),
        Cloth("metal", bag.metal),
        7,
        8,
        0.5,
    )
    for x in (-12, 12):
        art.rigid(circle(x, -6, 14), Cloth("metal", bag.metal), 9, 9, 0.5)
    for t in range(24):
        a = t / 23
        x, y = 150 + 60 * a, 20 - 120 * a * (1 - a) * 2 + 150 * a * a
        art.rigid(
            ellipse(x, y, 7 if t % 2 else 4, 4 if t % 2 else 7), Cloth("metal", bag.metal), 3, 3
        )
