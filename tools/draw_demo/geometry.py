"""Outlines: smooth curves through a few points, mirrored halves, tapered strokes.

A point is `(x, y)` where the outline runs smoothly, `(x, y, CORNER)` where it turns sharply.
Designs are drawn about the vertical axis x = 0, y downwards, a shirt being about 700 units tall.
"""

import math
from collections.abc import Iterable, Sequence

import skia

CORNER = 1


Point = tuple[float, float]


Knot = tuple[float, float] | tuple[float, float, int]
HANDLE = 0.36


def _direction(start: Knot, end: Knot) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def _tangent(before: Knot | None, knot: Knot, after: Knot | None, towards: Knot) -> Point:
    """Unit direction of travel at `knot` for the segment that joins it with `towards`."""
    if before is None or after is None or len(knot) == 3:
        return _direction(knot, towards) if towards is after else _direction(towards, knot)
    return _direction(before, after)


def spline(knots: Sequence[Knot], closed: bool = True) -> skia.Path:
    """Curve through all `knots`; two corners in a row are joined by a straight line."""
    path = skia.Path()
    n = len(knots)
    path.moveTo(knots[0][0], knots[0][1])
    for i in range(n if closed else n - 1):
        start, end = knots[i], knots[(i + 1) % n]
        if len(start) == 3 and len(end) == 3:
            path.lineTo(end[0], end[1])
            continue
        before = knots[i - 1] if closed or i > 0 else None
        after = knots[(i + 2) % n] if closed or i + 2 < n else None
        reach = HANDLE * math.hypot(end[0] - start[0], end[1] - start[1])
        ax, ay = _tangent(before, start, end, end)
        bx, by = _tangent(start, end, after, start)
        path.cubicTo(
            start[0] + ax * reach,
            start[1] + ay * reach,
            end[0] - bx * reach,
            end[1] - by * reach,
            end[0],
            end[1],
        )
    if closed:
        path.close()
    return path


def trace(text: str) -> list[Knot]:
    """Knots written as text, `x,y` each; a star marks a corner.

    Example:
        >>> trace("0,8 186,-2* 170,390")
        [(0.0, 8.0), (186.0, -2.0, 1), (170.0, 390.0)]
    """
    knots: list[Knot] = []
    for word in text.split():
        x, y = (float(number) for number in word.rstrip("*").split(","))
        knots.append((x, y, CORNER) if word.endswith("*") else (x, y))
    return knots


def line(*knots: Knot) -> skia.Path:
    """Open curve through `knots`."""
    return spline(knots, closed=False)


def polygon(*points: Knot) -> skia.Path:
    """Closed outline with straight sides."""
    return spline([(point[0], point[1], CORNER) for point in points])


def placed(knot: Knot, x: float, y: float) -> Knot:
    """The knot moved to (x, y), still smooth or still a corner."""
    return (x, y, CORNER) if len(knot) == 3 else (x, y)


def flip(knots: Iterable[Knot]) -> list[Knot]:
    """The knots mirrored about x = 0, in reverse order, so that an outline goes on round."""
    return [placed(knot, -knot[0], knot[1]) for knot in reversed(list(knots))]


def symmetric(right_half: Sequence[Knot]) -> skia.Path:
    """Closed outline from its right half, given from the top down; knots on the axis once."""
    left = [k for k in flip(right_half) if k[0] != 0]
    return spline([*right_half, *left])


def transformed(path: skia.Path, matrix: skia.Matrix) -> skia.Path:
    """The path under a matrix."""
    result = skia.Path()
    path.transform(matrix, result)
    return result


def mirrored(path: skia.Path) -> skia.Path:
    """The path as seen in a mirror standing on x = 0."""
    return transformed(path, skia.Matrix.Scale(-1, 1))


def moved(path: skia.Path, dx: float, dy: float) -> skia.Path:
    """The path shifted by (dx, dy)."""
    return transformed(path, skia.Matrix.Translate(dx, dy))


def turned(path: skia.Path, degrees: float, about: Point = (0, 0)) -> skia.Path:
    """The path rotated clockwise about a point."""
    return transformed(path, skia.Matrix.RotateDeg(degrees, skia.Point(*about)))


def band(path: skia.Path, width: float, round_ends: bool = False) -> skia.Path:
    """The area covered by a pen of this width that follows the path."""
    cap = skia.Paint.kRound_Cap if round_ends else skia.Paint.kButt_Cap
    paint = skia.Paint(
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    outline = skia.Path()
    paint.getFillPath(path, outline)
    return skia.Simplify(outline) or outline


def lens(knots: Sequence[Knot], width: float) -> skia.Path:
    """A stroke that is `width` wide in its middle and runs out to nothing at both ends."""
    n = len(knots)
    left: list[Knot] = [(knots[0][0], knots[0][1], CORNER)]
    right: list[Knot] = []
    for i in range(1, n - 1):
        dx, dy = _direction(knots[i - 1], knots[i + 1])
        half = width / 2 * math.sin(math.pi * i / (n - 1))
        left.append((knots[i][0] - dy * half, knots[i][1] + dx * half))
        right.append((knots[i][0] + dy * half, knots[i][1] - dx * half))
    return spline([*left, (knots[-1][0], knots[-1][1], CORNER), *reversed(right)])


def between(start: Point, end: Point, bend: float = 0.0, n: int = 3) -> list[Knot]:
    """`n` knots from start to end on an arc whose middle lies `bend` units to one side."""
    dx, dy = _direction(start, end)
    knots: list[Knot] = []
    for i in range(n):
        t = i / (n - 1)
        off = bend * math.sin(math.pi * t)
        knots.append(
            (
                start[0] + (end[0] - start[0]) * t - dy * off,
                start[1] + (end[1] - start[1]) * t + dx * off,
            )
        )
    return knots


def circle(x: float, y: float, radius: float) -> skia.Path:
    """A circle."""
    return skia.Path.Circle(x, y, radius)


def ellipse(x: float, y: float, rx: float, ry: float) -> skia.Path:
    """An upright ellipse."""
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> skia.Path:
    """A rectangle with rounded corners."""
    return skia.Path.RRect(skia.Rect.MakeLTRB(left, top, right, bottom), radius, radius)


def overlap(first: skia.Path, second: skia.Path) -> skia.Path:
    """The area inside both."""
    return skia.Op(first, second, skia.PathOp.kIntersect_PathOp)


def minus(first: skia.Path, second: skia.Path) -> skia.Path:
    """The area inside the first and outside the second."""
    return skia.Op(first, second, skia.PathOp.kDifference_PathOp)


def inset(path: skia.Path, distance: float) -> skia.Path:
    """The path shrunk by `distance` on all sides."""
    return minus(path, band(path, distance * 2))
