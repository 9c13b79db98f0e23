"""Sunglasses, seen from the front."""

import skia
from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, band, ellipse, line, polygon, spline, trace
from tools.draw_demo.pens import fill

LENSES: dict[str, list[Knot]] = {
    "wayfarer": trace("34,-40* 110,-52 216,-50* 212,20 176,66 104,70 52,44"),
    "round": trace("122,-72 196,2 122,76 48,2"),
    "aviator": trace("36,-46 110,-58 206,-48 214,14 170,84 108,88 54,44"),
    "cat-eye": trace("36,-26 120,-44 240,-84* 216,10 172,54 92,56 46,26"),
    "square": trace("34,-56* 214,-60* 208,62* 48,58*"),
}


def sunglasses(art: Art, small: SmallCloths, shape: str = "wayfarer", thin: bool = False) -> None:
    """Sunglasses seen from the front, their temples folded behind."""
    width = 9.0 if thin else 19.0
    first = len(art.steps)
    temple = line((214, -40, CORNER), (236, -96), (150, -150), (-30, -132))
    art.rigid(
        band(temple, width * 0.8, True),
        Cloth(small.main.fabric, darker(small.main.colour, 0.25)),
        5,
        6,
    )
    art.mirror_from(first)
    first = len(art.steps)
    lens = spline(LENSES[shape])
    art.panel(lens, small.second, puff=7, round_off=26, drape=0, opacity=0.92, shadow=0.1)
    art.motif(_lens_glint)
    rim = band(lens, width)
    art.rigid(rim, small.main, 6, 7, 0.4)
    if not thin:
        art.rigid(ellipse(208, -42, 6, 4), Cloth("metal", small.metal), 2, 3)
    art.mirror_from(first)
    bridge = line((-48, -14), (0, -30), (48, -14))
    art.rigid(band(bridge, width * 0.9, True), small.main, 6, 7)
    if shape == "aviator":
        art.rigid(band(line((-96, -54), (0, -62), (96, -54)), width * 0.8, True), small.main, 5, 6)


def _lens_glint(canvas: skia.Canvas) -> None:
    gloss = skia.Paint(
        AntiAlias=True,
        Shader=skia.GradientShader.MakeLinear(
            [skia.Point(0, -80), skia.Point(0, 80)], [0x66000000, 0x22FFFFFF]
        ),
    )
    canvas.drawRect(skia.Rect.MakeLTRB(-300, -120, 300, 120), gloss)
    canvas.drawPath(polygon((70, -80), (104, -80), (60, 90), (26, 90)), fill((1, 1, 1), 0.16))
    canvas.drawPath(polygon((118, -80), (128, -80), (84, 90), (74, 90)), fill((1, 1, 1), 0.16))
