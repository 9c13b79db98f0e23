"""Paints for filling and stroking, and their colours."""

import skia
from tools.draw_demo.colours import RGB


def ink(colour: RGB, alpha: float = 1.0) -> skia.Color4f:
    """A colour as the drawing library wants it."""
    return skia.Color4f(colour[0], colour[1], colour[2], alpha)


def fill(colour: RGB, alpha: float = 1.0, blur: float = 0.0) -> skia.Paint:
    """A paint that fills, with soft edges where `blur` (design units) is not 0."""
    paint = skia.Paint(AntiAlias=True, Color4f=ink(colour, alpha))
    if blur:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return paint


def stroke(
    colour: RGB, width: float, alpha: float = 1.0, round_ends: bool = False, blur: float = 0.0
) -> skia.Paint:
    """A paint that draws lines."""
    paint = fill(colour, alpha, blur)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    if round_ends:
        paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint
