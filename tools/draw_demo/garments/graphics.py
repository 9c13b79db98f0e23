"""Chest graphics: small pictures printed on T-shirts and sweatshirts."""

import math
from collections.abc import Callable

import skia
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import RGB
from tools.draw_demo.geometry import CORNER, circle, lens, line, polygon, spline, trace
from tools.draw_demo.pens import fill, stroke
from tools.draw_demo.prints import flower, leaf

Inks = tuple[RGB, ...]


Picture = Callable[[skia.Canvas, Inks], None]


def _sunset(canvas: skia.Canvas, inks: Inks) -> None:
    canvas.save()
    canvas.clipPath(circle(0, 0, 68), True)
    canvas.drawPath(circle(0, 0, 68), fill(inks[0]))
    canvas.drawPath(circle(0, 4, 34), fill(inks[1]))
    for k in range(6):
        y = 10 + k * 11
        wave = spline(
            [
                (-80, y, CORNER),
                (-40, y - 5),
                (0, y),
                (40, y + 5),
                (80, y, CORNER),
                (80, y + 6, CORNER),
                (-80, y + 6, CORNER),
            ]
        )
        canvas.drawPath(wave, fill(inks[2 % len(inks)]))
    canvas.restore()


def _mountain(canvas: skia.Canvas, inks: Inks) -> None:
    canvas.drawPath(circle(26, -30, 22), fill(inks[1]))
    canvas.drawPath(polygon(*trace("-86,46 -22,-42 14,6 34,-20 86,46")), fill(inks[0]))
    canvas.drawPath(
        polygon(*trace("-22,-42 -42,-14 -28,-20 -20,-8 -8,-18 -3,-15")),
        fill(inks[2 % len(inks)]),
    )
    for k in range(3):
        canvas.drawPath(
            line((-80 + k * 14, 58 + k * 10, CORNER), (80 - k * 14, 58 + k * 10, CORNER)),
            stroke(inks[0], 4, round_ends=True),
        )


def _botanical(canvas: skia.Canvas, inks: Inks) -> None:
    canvas.drawPath(line((0, 80), (-4, 10), (2, -60)), stroke(inks[0], 3.4, round_ends=True))
    for k in range(6):
        y = 56 - k * 20
        leaf(canvas, 0, y, 46 - k * 3, 52 - k * 3, inks[0])
        leaf(canvas, 0, y - 8, 46 - k * 3, -52 + k * 3, inks[0])
    flower(canvas, 2, -68, 24, inks[1], inks[2 % len(inks)])


def _rainbow(canvas: skia.Canvas, inks: Inks) -> None:
    for k in range(4):
        radius = 72 - k * 16
        arc = skia.Path()
        arc.addArc(skia.Rect.MakeLTRB(-radius, -radius + 30, radius, radius + 30), 180, 180)
        canvas.drawPath(arc, stroke(inks[k % len(inks)], 13))


def _abstract_face(canvas: skia.Canvas, inks: Inks) -> None:
    canvas.drawPath(spline(trace("-52,-40 0,-78 54,-30 40,50 -8,74 -58,30")), fill(inks[1]))
    pen = stroke(inks[0], 4.2, round_ends=True)
    canvas.drawPath(line((-30, -26), (-14, -34), (2, -26)), pen)
    canvas.drawPath(line((4, -40), (6, -8), (14, 14), (-2, 18)), pen)
    canvas.drawPath(line(*trace("-22,40 -6,34 2,38 12,34 24,40 4,50 -22,40")), pen)
    canvas.drawPath(line((18, -26), (32, -33), (46, -26)), pen)
    canvas.drawPath(circle(-14, -20, 5), fill(inks[0]))
    canvas.drawPath(circle(32, -20, 5), fill(inks[0]))


def _star(canvas: skia.Canvas, inks: Inks) -> None:
    for size, ink in ((76, inks[0]), (50, inks[1]), (28, inks[0])):
        points = []
        for k in range(10):
            a, reach = -math.pi / 2 + k * math.pi / 5, size if k % 2 == 0 else size * 0.45
            points.append((reach * math.cos(a), reach * math.sin(a)))
        canvas.drawPath(polygon(*points), fill(ink))


def _bicycle(canvas: skia.Canvas, inks: Inks) -> None:
    pen = stroke(inks[0], 4.6, round_ends=True)
    for x in (-46, 46):
        canvas.drawPath(circle(x, 30, 33), pen)
        for k in range(8):
            a = k * math.pi / 4
            canvas.drawPath(
                line((x, 30, CORNER), (x + 31 * math.cos(a), 30 + 31 * math.sin(a), CORNER)),
                stroke(inks[0], 1.3),
            )
    frame = stroke(inks[1], 5.4, round_ends=True)
    canvas.drawPath(
        line(*trace("-46,30* -16,-22* 30,-22* -4,30* -46,30*")),
        frame,
    )
    canvas.drawPath(line((-4, 30, CORNER), (-20, -34, CORNER)), frame)
    canvas.drawPath(line((46, 30, CORNER), (27, -40, CORNER), (44, -46)), pen)
    canvas.drawPath(line((-34, -36), (-8, -37)), stroke(inks[0], 7, round_ends=True))


def _cat(canvas: skia.Canvas, inks: Inks) -> None:
    body = spline(trace("-44,-70* -22,-48 22,-48 44,-70* 54,-8 44,44 0,62 -44,44 -54,-8"))
    canvas.drawPath(body, fill(inks[0]))
    for side in (-1, 1):
        canvas.drawPath(circle(side * 21, -6, 12), fill(inks[1]))
        canvas.drawPath(
            lens([(side * 21, -17), (side * 21, -6), (side * 21, 5)], 9), fill((0.1, 0.1, 0.12))
        )
        for k in (-1, 0, 1):
            canvas.drawPath(
                line((side * 14, 22 + k * 3), (side * 62, 20 + k * 11)), stroke(inks[1], 2.2)
            )
    canvas.drawPath(polygon((-6, 14), (6, 14), (0, 21)), fill(inks[2 % len(inks)]))


def _blocks(canvas: skia.Canvas, inks: Inks) -> None:
    canvas.drawPath(circle(-26, -24, 44), fill(inks[0]))
    canvas.drawPath(polygon((-8, -64), (66, -64), (66, 10), (-8, 10)), fill(inks[1], 0.92))
    canvas.drawPath(polygon((-66, 66), (-2, -2), (62, 66)), fill(inks[2 % len(inks)], 0.92))


def _shield(canvas: skia.Canvas, inks: Inks) -> None:
    shape = spline(trace("-50,-60* 50,-60* 50,6 0,70* -50,6"))
    canvas.drawPath(shape, fill(inks[0]))
    canvas.save()
    canvas.clipPath(shape, True)
    canvas.drawPath(polygon((-60, 6), (60, -34), (60, -6), (-60, 34)), fill(inks[1]))
    canvas.restore()
    canvas.drawPath(shape, stroke(inks[1], 4))


PICTURES: dict[str, Picture] = {
    "sunset": _sunset,
    "mountain": _mountain,
    "botanical": _botanical,
    "rainbow": _rainbow,
    "face": _abstract_face,
    "star": _star,
    "bicycle": _bicycle,
    "cat": _cat,
    "blocks": _blocks,
    "shield": _shield,
}


def draw_graphic(art: Art, name: str, inks: Inks, x: float, y: float, scale: float) -> None:
    """Print the named picture on the last panel, its middle at (x, y)."""

    def paint(canvas: skia.Canvas) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(scale, scale)
        PICTURES[name](canvas, inks)
        canvas.restore()

    art.motif(paint)
