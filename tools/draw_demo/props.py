"""Things that lie about in scene photos, each drawn around (0, 0) and about 200 units large."""

import math
from collections.abc import Callable

from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker, lighter, rgb
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, band, circle, ellipse, lens, line, polygon, rounded

Prop = Callable[[Art], None]


def eucalyptus(art: Art) -> None:
    """A twig with round leaves."""
    green = rgb("#7f9a85")
    stem = line((-150, 150), (-60, 30), (40, -60), (150, -130))
    art.rigid(band(stem, 6, True), Cloth("silk", rgb("#8a7a5c")), 3, 3)
    for k in range(9):
        t = k / 8
        x, y = -130 + 270 * t, 128 - 258 * t
        for side in (-1, 1):
            a = math.radians(-45 + side * 75)
            cx, cy = x + 38 * math.cos(a), y + 38 * math.sin(a)
            tone = lighter(green, 0.12 * ((k + side) % 3))
            art.rigid(ellipse(cx, cy, 29 - t * 9, 27 - t * 8), Cloth("suede", tone), 5, 9, 0.4)


def olive_branch(art: Art) -> None:
    """A branch with slender leaves."""
    stem = line((-160, 120), (0, 0), (160, -150))
    art.rigid(band(stem, 5, True), Cloth("silk", rgb("#6d5a41")), 3, 3)
    for k in range(10):
        t = k / 9
        x, y = -140 + 300 * t, 105 - 255 * t
        for side in (-1, 1):
            a = math.radians(-42 + side * 48)
            tip = (x + 92 * math.cos(a), y + 92 * math.sin(a))
            path = lens([(x, y), ((x + tip[0]) / 2, (y + tip[1]) / 2 - 4), tip], 30)
            art.rigid(
                path, Cloth("silk", rgb("#5f7350") if side > 0 else rgb("#8fa07c")), 5, 7, 0.4
            )


def coffee(art: Art) -> None:
    """A cup of coffee on its saucer, from above."""
    china = Cloth("silk", rgb("#efe9df"))
    art.rigid(circle(0, 0, 118), china, 8, 16)
    art.rigid(circle(0, 0, 80), Cloth("silk", rgb("#e2dacd")), -3, 12, 0.15)
    art.rigid(band(line((60, 30), (118, 66), (124, 30), (70, 0)), 15, True), china, 6, 7)
    art.rigid(circle(0, 0, 74), china, 12, 12, 0.5)
    art.rigid(circle(0, 0, 60), Cloth("silk", rgb("#5b3b28")), -6, 12, 0.4)
    art.mark(circle(-4, 4, 40), rgb("#a87a55"), 12, 0.5)


def magazine(art: Art) -> None:
    """A closed magazine with an abstract cover."""
    art.rigid(
        polygon((-132, -170), (140, -160), (134, 184), (-138, 176)),
        Cloth("poplin", rgb("#d9d4ca")),
        4,
        4,
    )
    art.rigid(
        polygon((-136, -176), (136, -168), (130, 178), (-142, 170)),
        Cloth("silk", rgb("#efe7da")),
        3,
        5,
    )
    art.mark(circle(6, 20, 70), rgb("#c4694a"), None, 1)
    art.mark(polygon((-100, 120), (0, -20), (100, 126)), rgb("#33525a"), None, 0.95)
    art.mark(line((-104, -130, CORNER), (60, -126, CORNER)), rgb("#3a3533"), 16, 1)
    art.mark(line((-104, -100, CORNER), (0, -97, CORNER)), rgb("#3a3533"), 5, 0.8)


def pampas(art: Art) -> None:
    """Three plumes of dried grass."""
    for k, degrees in enumerate((-16, 2, 20)):
        a = math.radians(degrees - 90)
        tip = (260 * math.cos(a), 260 * math.sin(a) + 120)
        art.rigid(
            band(line((0, 160), (tip[0] * 0.5, 30), tip), 4, True),
            Cloth("silk", rgb("#b59a6d")),
            2,
            2,
        )
        plume = lens(
            [
                (tip[0] * 0.35, 60 + k * 6),
                (tip[0] * 0.7, -40),
                (tip[0] * 1.0, -110),
                (tip[0] * 1.12, -190),
            ],
            66,
        )
        art.rigid(plume, Cloth("boucle", rgb("#dcc7a2")), 12, 18, 0.35)


def stones(art: Art) -> None:
    """Three pebbles."""
    for x, y, rx, ry, tone in (
        (-60, 20, 74, 54, "#b9b2a6"),
        (56, 44, 56, 44, "#8f8a83"),
        (20, -50, 44, 36, "#d5cdc0"),
    ):
        art.rigid(ellipse(x, y, rx, ry), Cloth("suede", rgb(tone)), 22, 40, 0.4)


def phone(art: Art) -> None:
    """A phone, face down."""
    art.rigid(rounded(-82, -168, 82, 168, 26), Cloth("silk", rgb("#3d4147")), 8, 9)
    art.rigid(rounded(-66, -152, -6, -84, 16), Cloth("glass", rgb("#2a2d31")), 5, 6, 0.4)
    for x, y in ((-48, -134), (-24, -104)):
        art.rigid(circle(x, y, 12), Cloth("glass", darker(rgb("#2a2d31"), 0.3)), 4, 4)


PROPS: tuple[Prop, ...] = (eucalyptus, coffee, olive_branch, magazine, pampas, stones, phone)
