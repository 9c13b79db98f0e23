"""Fronts (buttons, zips, plackets) and pockets of tops."""

import skia
from tools.draw_demo.artwork import Art, Mark
from tools.draw_demo.colours import RGB, darker, lighter
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.cut import TopCloths, TopCut
from tools.draw_demo.geometry import CORNER, circle, line, polygon, rounded, spline

NECK_Y = 110.0
ZIP_METAL: RGB = (0.72, 0.72, 0.74)


def button(art: Art, x: float, y: float, radius: float, colour: RGB) -> None:
    """A four-hole button."""
    art.rigid(circle(x, y, radius), Cloth("rubber", colour), 2.4, 3, 0.5)
    for dx in (-0.28, 0.28):
        for dy in (-0.28, 0.28):
            art.mark(
                circle(x + dx * radius, y + dy * radius, radius * 0.13), darker(colour, 0.6), None
            )


def zip_line(art: Art, top: float, bottom: float, cloth: Cloth, width: float = 15) -> None:
    """A zip from top to bottom on the axis, with its puller."""
    art.panel(
        rounded(-width / 2, top, width / 2, bottom, 2),
        Cloth("twill", darker(cloth.colour, 0.25)),
        puff=1,
        round_off=3,
        applied=True,
        drape=0,
        shadow=0.3,
    )
    y = top + 3
    while y < bottom - 3:
        art.mark(line((-3.4, y, CORNER), (3.4, y + 1.5, CORNER)), ZIP_METAL, 2.6, 0.95)
        y += 6
    art.rigid(rounded(-5, top + 4, 5, top + 34, 4), Cloth("metal", ZIP_METAL), 2, 3, 0.5)


def _placket(art: Art, top: float, bottom: float, cloth: Cloth, half: float = 17) -> None:
    path = skia.Path.Rect(skia.Rect.MakeLTRB(-half, top, half, bottom))
    art.panel(path, cloth, puff=1.8, round_off=3, applied=True, drape=0.1, shadow=0.28)
    for x in (-half + 4, half - 4):
        art.stitches(line((x, top, CORNER), (x, bottom, CORNER)), cloth)


def _button_row(
    art: Art, top: float, bottom: float, n: int, colour: RGB, x: float = 0, radius: float = 7.5
) -> None:
    for i in range(n):
        y = top + (bottom - top) * (i / max(1, n - 1))
        button(art, x, y, radius, colour)


def draw_front(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """Draw what closes the front."""
    low = NECK_Y + cut.neck_drop
    hem = cut.hem_y + (46 if cut.rib_hem else 6)
    if cut.front == "buttons":
        _placket(art, low - 2, hem, cloths.body)
        _button_row(art, low + 22, hem - 60, cut.buttons or 7, cloths.button)
    elif cut.front == "henley":
        _placket(art, low - 4, low + 100, cloths.body, 15)
        _button_row(art, low + 14, low + 82, cut.buttons or 3, cloths.button, radius=6.5)
    elif cut.front == "polo":
        _placket(art, low - 4, low + 112, cloths.body, 17)
        _button_row(art, low + 34, low + 92, cut.buttons or 2, cloths.button, radius=6.5)
    elif cut.front == "cardigan":
        half = 15.0
        path = polygon((-half, low - 8), (half, low - 8), (half, hem), (-half, hem))
        art.rigid(path, cloths.trim, 3, 5, 0.35)
        _button_row(art, low + 12, hem - 26, cut.buttons or 6, cloths.button, radius=8.5)
    elif cut.front == "zip":
        zip_line(art, low - 6, hem, cloths.body)
    elif cut.front == "quarter-zip":
        zip_line(art, low - 46, low + 92, cloths.body)
    elif cut.front == "biker-zip":
        zip_path = line((-46, low + 6, CORNER), (34, hem, CORNER))
        art.seam(zip_path, cloths.body, 12, 2)
        art.steps.append(_teeth(zip_path))
    elif cut.front == "blazer":
        art.seam(
            spline([(3, low - 6, CORNER), (5, hem - 110), (24, hem - 18)], closed=False),
            cloths.body,
            3,
            3,
        )
        _button_row(art, low + 6, low + 74, cut.buttons or 2, cloths.button, radius=9.5)
    elif cut.front == "double":
        art.seam(line((62, low - 40, CORNER), (62, hem, CORNER)), cloths.body, 3, 3)
        for x in (-40, 40):
            _button_row(art, low + 2, low + 150, 3, cloths.button, x, 10)
    elif cut.front == "snaps":
        _placket(art, low - 2, hem, cloths.body)
        for i in range(cut.buttons or 6):
            y = low + 22 + (hem - low - 70) * i / ((cut.buttons or 6) - 1)
            art.rigid(circle(0, y, 8), Cloth("metal", cloths.button), 3, 4, 0.5)


def _teeth(path: skia.Path) -> Mark:
    return Mark(path, ZIP_METAL, 5.5, 0.95, dash=(2.6, 2.6))


def _patch(
    art: Art,
    x: float,
    y: float,
    width: float,
    height: float,
    cloth: Cloth,
    pointed: bool = False,
    flap: bool = False,
) -> None:
    left, right, bottom = x - width / 2, x + width / 2, y + height
    tip = bottom + (12 if pointed else 0)
    path = polygon((left, y), (right, y), (right, bottom), (x, tip), (left, bottom))
    art.panel(path, cloth, puff=2.2, round_off=4, applied=True, drape=0.1, shadow=0.3)
    inset = polygon(
        (left + 4, y + 13),
        (right - 4, y + 13),
        (right - 4, bottom - 3),
        (x, tip - 5),
        (left + 4, bottom - 3),
    )
    art.stitches(inset, cloth)
    if flap:
        lid = polygon(
            (left - 3, y - 12),
            (right + 3, y - 12),
            (right + 3, y + 16),
            (x, y + 34),
            (left - 3, y + 16),
        )
        art.panel(lid, cloth, puff=2.4, round_off=4, applied=True, drape=0.1, shadow=0.42)


def _flap(art: Art, x: float, y: float, width: float, cloth: Cloth, slant: float = 0) -> None:
    left, right = x - width / 2, x + width / 2
    path = spline(
        [
            (left, y + slant, CORNER),
            (right, y - slant, CORNER),
            (right, y + 22 - slant),
            (right - 8, y + 28 - slant),
            (left + 8, y + 28 + slant),
            (left, y + 22 + slant),
        ]
    )
    art.panel(path, cloth, puff=2, round_off=4, applied=True, drape=0, shadow=0.42)
    art.stitches(
        line((left + 3, y + 22 + slant, CORNER), (right - 3, y + 22 - slant, CORNER)), cloth
    )


def _welt(art: Art, x1: float, y1: float, x2: float, y2: float, cloth: Cloth) -> None:
    path = polygon((x1, y1), (x2, y2), (x2 + 2, y2 + 15), (x1 + 2, y1 + 15))
    art.panel(path, cloth, puff=2, round_off=3, applied=True, drape=0, shadow=0.4)


def draw_pockets(art: Art, cut: TopCut, cloths: TopCloths) -> None:
    """Draw the pockets that the cut names."""
    chest_y, hem = cut.armpit_y - 16, cut.hem_y
    body = cloths.body
    if cut.pockets == "chest":
        _patch(art, 66, chest_y, 62, 68, body, pointed=True)
    elif cut.pockets == "two chest":
        for side in (-1, 1):
            _patch(art, side * 68, chest_y, 64, 68, body, pointed=True, flap=True)
            button(art, side * 68, chest_y + 24, 5.5, cloths.button)
    elif cut.pockets == "kangaroo":
        y = hem - 170
        path = spline(
            [
                (-62, y, CORNER),
                (62, y, CORNER),
                (104, y + 96),
                (106, y + 148, CORNER),
                (-106, y + 148, CORNER),
                (-104, y + 96),
            ]
        )
        art.panel(path, body, puff=3.5, round_off=7, applied=True, drape=0.5, shadow=0.35)
        for side in (-1, 1):
            art.stitches(line((side * 54, y + 4), (side * 95, y + 98), (side * 97, y + 144)), body)
    elif cut.pockets == "hip patch":
        for side in (-1, 1):
            _patch(art, side * 74, hem - 165, 88, 108, body)
    elif cut.pockets == "hip flap":
        for side in (-1, 1):
            _flap(art, side * 82, hem - 150, 84, body, 3 * side)
    elif cut.pockets == "blazer":
        for side in (-1, 1):
            _flap(art, side * 82, hem - 150, 84, body, 3 * side)
        _welt(art, 52, chest_y - 4, 106, chest_y - 12, body)
    elif cut.pockets == "four":
        for side in (-1, 1):
            _patch(art, side * 74, chest_y - 6, 72, 74, body, flap=True)
            _patch(art, side * 80, hem - 172, 90, 106, body, flap=True)
    elif cut.pockets == "slant":
        for side in (-1, 1):
            _welt(
                art,
                side * 104,
                hem - 180,
                side * 78,
                hem - 84,
                Cloth(body.fabric, lighter(body.colour, 0.04)),
            )
    elif cut.pockets == "zip":
        for side in (-1, 1):
            slit = line((side * 100, hem - 170, CORNER), (side * 80, hem - 76, CORNER))
            art.seam(slit, body, 9, 2)
            art.steps.append(_teeth(slit))
