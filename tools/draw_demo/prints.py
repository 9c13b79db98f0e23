"""Printed and woven patterns, each filling a box of cloth."""

import math
import random
from collections.abc import Callable

import skia
from tools.draw_demo.colours import RGB, darker, lighter, mix
from tools.draw_demo.geometry import circle, ellipse, lens, line, polygon, spline, trace
from tools.draw_demo.pens import fill, stroke

Inks = tuple[RGB, ...]


Print = Callable[[skia.Canvas, skia.Rect, RGB, Inks], None]


def _steps(low: float, high: float, step: float) -> list[float]:
    """Multiples of `step` that cover low..high, the same ones whatever the box."""
    first = math.floor(low / step)
    return [k * step for k in range(first, math.ceil(high / step) + 1)]


def _bars(canvas: skia.Canvas, box: skia.Rect, across: bool, at: float, width: float) -> skia.Rect:
    if across:
        return skia.Rect.MakeLTRB(box.left(), at, box.right(), at + width)
    return skia.Rect.MakeLTRB(at, box.top(), at + width, box.bottom())


def _stripes(repeat: float, bars: list[tuple[float, float, int, float]], across: bool) -> Print:
    """`bars`: (offset, width, ink number, opacity) within each repeat."""

    def draw(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
        low, high = (box.top(), box.bottom()) if across else (box.left(), box.right())
        for start in _steps(low - repeat, high, repeat):
            for offset, width, ink, alpha in bars:
                paint = fill(inks[ink % len(inks)], alpha)
                canvas.drawRect(_bars(canvas, box, across, start + offset, width), paint)

    return draw


def _checks(repeat: float, bars: list[tuple[float, float, int, float]]) -> Print:
    down, across = _stripes(repeat, bars, False), _stripes(repeat, bars, True)

    def draw(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
        down(canvas, box, ground, inks)
        across(canvas, box, ground, inks)

    return draw


def _houndstooth(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    """Four dark and four light threads each way, woven in a two-and-two twill."""
    unit = 6.5
    paint = fill(inks[0])
    for j in range(math.floor(box.top() / unit), math.ceil(box.bottom() / unit)):
        for i in range(math.floor(box.left() / unit), math.ceil(box.right() / unit)):
            on_top = i if (i + j) % 4 < 2 else j
            if on_top % 8 < 4:
                canvas.drawRect(
                    skia.Rect.MakeXYWH(i * unit, j * unit, unit + 0.3, unit + 0.3), paint
                )


def _dots(repeat: float, radius: float) -> Print:
    def draw(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
        for y in _steps(box.top() - repeat, box.bottom() + repeat, repeat * 0.86):
            row = round(y / (repeat * 0.86))
            for x in _steps(box.left() - repeat, box.right() + repeat, repeat):
                shift = repeat / 2 if row % 2 else 0
                canvas.drawPath(circle(x + shift, y, radius), fill(inks[0]))

    return draw


def flower(canvas: skia.Canvas, x: float, y: float, size: float, ink: RGB, heart: RGB) -> None:
    """A five-petalled blossom with a shaded centre."""
    turn = (x * 7 + y * 13) % 360
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    for _ in range(5):
        petal = spline(
            [(0, 0, 1), (size * 0.5, -size * 0.55), (0, -size), (-size * 0.5, -size * 0.55)]
        )
        canvas.drawPath(petal, fill(ink))
        canvas.drawPath(
            lens([(0, 0), (size * 0.04, -size * 0.4), (0, -size * 0.75)], size * 0.12),
            fill(darker(ink, 0.3), 0.6),
        )
        canvas.rotate(72)
    canvas.drawPath(circle(0, 0, size * 0.24), fill(heart))
    canvas.restore()


def leaf(canvas: skia.Canvas, x: float, y: float, size: float, degrees: float, ink: RGB) -> None:
    """A pointed leaf with its midrib."""
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(degrees)
    canvas.drawPath(
        lens([(0, 0), (0, -size * 0.33), (0, -size * 0.66), (0, -size)], size * 0.5), fill(ink)
    )
    canvas.drawPath(line((0, 0), (0, -size * 0.85)), stroke(lighter(ink, 0.25), size * 0.04, 0.7))
    canvas.restore()


def _scatter(box: skia.Rect, step: float, seed: int) -> list[tuple[float, float, random.Random]]:
    """Loose positions on a jittered grid; the same place always gets the same thing."""
    spots = []
    for y in _steps(box.top() - step, box.bottom() + step, step):
        for x in _steps(box.left() - step, box.right() + step, step):
            dice = random.Random(seed * 1_000_003 + round(x) * 7919 + round(y) * 104_729)
            shift = step / 2 if round(y / step) % 2 else 0
            spots.append(
                (
                    x + shift + dice.uniform(-0.22, 0.22) * step,
                    y + dice.uniform(-0.22, 0.22) * step,
                    dice,
                )
            )
    return spots


def _floral(step: float, size: float, leaves: int) -> Print:
    def draw(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
        green = inks[-1]
        petals = inks[:-1] or inks
        for x, y, dice in _scatter(box, step, 1):
            for _ in range(leaves):
                leaf(canvas, x, y, size * dice.uniform(1.2, 1.7), dice.uniform(0, 360), green)
        for x, y, dice in _scatter(box, step, 1):
            ink = petals[dice.randrange(len(petals))]
            heart = mix(
                petals[(dice.randrange(len(petals)) + 1) % len(petals)], (0.95, 0.8, 0.35), 0.7
            )
            flower(canvas, x, y, size * dice.uniform(0.75, 1.1), ink, heart)

    return draw


def _ditsy(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for x, y, dice in _scatter(box, 27, 2):
        ink = inks[dice.randrange(len(inks))]
        leaf(canvas, x, y, 11, dice.uniform(0, 360), inks[-1])
        for k in range(5):
            a = k * 2 * math.pi / 5 + dice.random()
            canvas.drawPath(circle(x + 4.1 * math.cos(a), y + 4.1 * math.sin(a), 3.3), fill(ink))
        canvas.drawPath(circle(x, y, 2.2), fill(lighter(ink, 0.7)))


def _tropical(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for x, y, dice in _scatter(box, 88, 3):
        ink = inks[dice.randrange(len(inks))]
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(dice.uniform(0, 360))
        canvas.drawPath(line((0, 50), (4, 0), (0, -58)), stroke(darker(ink, 0.2), 2.6))
        for k in range(9):
            t = k / 8
            reach = 40 * math.sin(math.pi * (0.16 + t * 0.78))
            for side in (-1, 1):
                tip = (side * reach, 26 - t * 92)
                blade = lens([(0, 44 - t * 96), (tip[0] * 0.55, tip[1] + 8), tip], 11)
                canvas.drawPath(blade, fill(ink))
        canvas.restore()


def _leopard(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for x, y, dice in _scatter(box, 25, 4):
        size = dice.uniform(6.5, 9.5)
        canvas.drawPath(ellipse(x, y, size * 0.7, size * 0.6), fill(inks[0]))
        turn = dice.uniform(0, 360)
        for start, sweep in ((turn, 105), (turn + 150, 85), (turn + 270, 50)):
            arc = skia.Path()
            arc.addArc(skia.Rect.MakeLTRB(x - size, y - size, x + size, y + size), start, sweep)
            canvas.drawPath(arc, stroke(inks[1], 4.2, round_ends=True))


def _camouflage(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for layer, ink in enumerate(inks):
        for x, y, dice in _scatter(box, 74, 5 + layer):
            knots = []
            for k in range(7):
                a, reach = k * 2 * math.pi / 7, dice.uniform(14, 46)
                knots.append((x + reach * 1.25 * math.cos(a), y + reach * 0.8 * math.sin(a)))
            canvas.drawPath(spline(knots), fill(ink))


def _waves(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for y in _steps(box.top() - 30, box.bottom() + 30, 26):
        for x in _steps(box.left() - 60, box.right() + 60, 52):
            shift = 26 if round(y / 26) % 2 else 0
            for ring, radius in enumerate((25, 18, 11, 4.5)):
                arc = skia.Path()
                arc.addArc(
                    skia.Rect.MakeLTRB(
                        x + shift - radius, y - radius, x + shift + radius, y + radius
                    ),
                    180,
                    180,
                )
                canvas.drawPath(arc, stroke(inks[ring % len(inks)], 2.6))


def _triangles(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for x, y, dice in _scatter(box, 46, 8):
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(dice.choice((0, 90, 180, 45, 225)))
        ink = fill(inks[dice.randrange(len(inks))])
        shape = dice.randrange(3)
        if shape == 0:
            canvas.drawPath(polygon((-14, 10), (14, 10), (0, -15)), ink)
        elif shape == 1:
            half = skia.Path()
            half.addArc(skia.Rect.MakeLTRB(-15, -15, 15, 15), 0, 180)
            canvas.drawPath(half, ink)
        else:
            canvas.drawRect(skia.Rect.MakeLTRB(-16, -4, 16, 4), ink)
        canvas.restore()


def _fair_isle(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    unit = 6.6
    bands = (
        ("...#...", "..###..", ".##.##.", "##...##", ".##.##.", "..###..", "...#..."),
        ("#..#..#", ".##.##.", "#..#..#"),
        ("#.#.#.#",),
    )
    heights = [(0, 0), (1, 9), (2, 14)]
    repeat = 21 * unit
    for top in _steps(box.top() - repeat, box.bottom() + repeat, repeat):
        for number, offset in heights:
            ink = fill(inks[number % len(inks)])
            for j, row in enumerate(bands[number]):
                for x in _steps(box.left() - 8 * unit, box.right() + 8 * unit, 6 * unit):
                    for i, cell in enumerate(row[:6]):
                        if cell == "#":
                            left, y = x + i * unit, top + (offset + j) * unit
                            canvas.drawRect(skia.Rect.MakeXYWH(left, y, unit, unit), ink)


def _tie_dye(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    cx, cy = box.centerX(), box.centerY()
    reach = max(box.width(), box.height()) * 0.75
    for ring in range(12, 0, -1):
        radius = reach * ring / 12
        knots = []
        dice = random.Random(ring)
        for k in range(16):
            a = k * math.pi / 8
            wobble = radius * dice.uniform(0.86, 1.14)
            knots.append((cx + wobble * math.cos(a), cy + wobble * math.sin(a)))
        paint = fill(inks[ring % len(inks)], 0.75)
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 9))
        canvas.drawPath(spline(knots), paint)


def _blocks(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    step = box.height() / (len(inks) + 1)
    for k, ink in enumerate(inks):
        top = box.top() + step * (k + 1)
        canvas.drawRect(skia.Rect.MakeLTRB(box.left(), top, box.right(), box.bottom()), fill(ink))


def _argyle(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    wide, tall = 78.0, 104.0
    for y in _steps(box.top() - tall, box.bottom() + tall, tall / 2):
        row = round(y / (tall / 2))
        for x in _steps(box.left() - wide, box.right() + wide, wide):
            cx = x + (wide / 2 if row % 2 else 0)
            diamond = polygon(
                (cx, y - tall / 2), (cx + wide / 2, y), (cx, y + tall / 2), (cx - wide / 2, y)
            )
            if row % 2:
                canvas.drawPath(diamond, fill(inks[0]))
            canvas.drawPath(diamond, stroke(inks[-1], 1.6, 0.8))


def _paisley(canvas: skia.Canvas, box: skia.Rect, ground: RGB, inks: Inks) -> None:
    for x, y, dice in _scatter(box, 52, 9):
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(dice.uniform(0, 360))
        for size, ink in ((1.0, inks[0]), (0.68, inks[-1]), (0.4, inks[0])):
            drop = trace("0,14 13,4 10,-10 -6,-24 -2,-8 -12,2")
            canvas.drawPath(spline([(knot[0] * size, knot[1] * size) for knot in drop]), fill(ink))
        canvas.restore()


PRINTS: dict[str, Print] = {
    "breton": _stripes(34, [(0, 11, 0, 1)], across=True),
    "bold stripe": _stripes(104, [(0, 52, 0, 1)], across=True),
    "multi stripe": _stripes(128, [(0, 32, 0, 1), (38, 10, 1, 1), (56, 32, 2, 1)], across=True),
    "pinstripe": _stripes(21, [(0, 1.8, 0, 0.75)], across=False),
    "candy stripe": _stripes(26, [(0, 13, 0, 1)], across=False),
    "awning stripe": _stripes(66, [(0, 33, 0, 1)], across=False),
    "gingham": _checks(40, [(0, 20, 0, 0.55)]),
    "buffalo": _checks(96, [(0, 48, 0, 0.6)]),
    "tartan": _checks(96, [(0, 34, 0, 0.55), (10, 4, 1, 0.9), (58, 6, 1, 0.55), (70, 14, 2, 0.5)]),
    "windowpane": _checks(72, [(0, 3.4, 0, 0.85)]),
    "glen": _checks(58, [(0, 20, 0, 0.35), (4, 2, 0, 0.5), (10, 2, 0, 0.5), (40, 2, 1, 0.8)]),
    "houndstooth": _houndstooth,
    "pin dot": _dots(22, 3.4),
    "polka": _dots(46, 11),
    "floral": _floral(62, 21, 2),
    "big floral": _floral(112, 42, 3),
    "ditsy": _ditsy,
    "tropical": _tropical,
    "leopard": _leopard,
    "camouflage": _camouflage,
    "waves": _waves,
    "geometric": _triangles,
    "fair isle": _fair_isle,
    "tie dye": _tie_dye,
    "blocks": _blocks,
    "argyle": _argyle,
    "paisley": _paisley,
}


def draw_print(
    canvas: skia.Canvas, box: skia.Rect, name: str, ground: RGB, inks: Inks, scale: float
) -> None:
    """Fill `box` of the canvas with the named print at the given size."""
    canvas.save()
    canvas.scale(scale, scale)
    inner = skia.Rect.MakeLTRB(
        box.left() / scale, box.top() / scale, box.right() / scale, box.bottom() / scale
    )
    PRINTS[name](canvas, inner, ground, inks)
    canvas.restore()
