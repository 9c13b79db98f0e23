"""Heels and wedges, seen from the side."""

from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, band, line, spline, trace
from tools.draw_demo.shoes.parts import ShoeCloths, bow, buckle, opening, sole, upper

HIGH_SOLE: list[Knot] = trace(
    "-214,-196* -150,-176 -60,-90 40,-22 140,-12 258,-20* 262,-8 150,2 36,-6 "
    "-64,-66 -150,-150 -206,-172*"
)
MID_SOLE: list[Knot] = trace(
    "-222,-118* -150,-108 -60,-62 40,-20 140,-12 258,-20* 262,-8 150,2 36,-4 "
    "-64,-44 -150,-88 -216,-96*"
)


def _stiletto(art: Art, shoe: ShoeCloths, thickness: float = 9) -> None:
    heel: list[Knot] = [
        (-218, -192, CORNER),
        (-150, -166, CORNER),
        (-172, -120),
        (-188 + thickness, 4, CORNER),
        (-188 - thickness, 4, CORNER),
        (-208, -120),
    ]
    art.rigid(spline(heel), shoe.second, 8, 10)


def _block_heel(art: Art, shoe: ShoeCloths, high: bool = True) -> None:
    top = -188 if high else -112
    heel: list[Knot] = [
        (-222, top, CORNER),
        (-120, top + 42 if high else top + 30, CORNER),
        (-130, 4, CORNER),
        (-216, 4, CORNER),
        (-226, top * 0.5),
    ]
    art.rigid(spline(heel), shoe.second, 8, 14)


def pump(art: Art, shoe: ShoeCloths) -> None:
    """A court shoe on a stiletto."""
    _stiletto(art, shoe)
    opening(
        art,
        trace("-226,-270 -120,-180 60,-60 110,-92 40,-110 -90,-180"),
        shoe.lining,
    )
    tip = 286.0
    knots: list[Knot] = [
        (-216, -190, CORNER),
        (-234, -230),
        (-226, -282, CORNER),
        (-186, -232),
        (-110, -164),
        (-20, -92),
        (44, -72),
        (84, -96, CORNER),
        (150, -74),
        (220, -40),
        (tip, -16),
        (tip - 16, -8, CORNER),
        (140, -10),
        (40, -18),
        (-60, -86),
        (-150, -172),
    ]
    upper(art, knots, shoe.upper, 26)
    welt = line((-206, -180), (-150, -160), (-60, -76), (40, -10), (140, -2), (tip - 14, -6))
    art.mark(welt, shoe.sole, 7, clipped=False)


def slingback(art: Art, shoe: ShoeCloths) -> None:
    """A pointed toe on a kitten heel with a strap behind the heel."""
    heel: list[Knot] = trace("-214,-112* -150,-98* -176,-50 -184,4* -206,4* -204,-50")
    art.rigid(spline(heel), shoe.second, 7, 9)
    sole(art, MID_SOLE, shoe.lining, puff=3, fabric="leather")
    strap = line(*trace("-20,-96 -120,-150 -214,-196 -232,-170 -214,-128"))
    art.rigid(band(strap, 13, True), shoe.upper, 4, 5)
    knots: list[Knot] = trace(
        "-74,-64* -40,-104* 20,-70 60,-64 96,-92* 170,-66 240,-34 294,-12 276,-4* 130,-6 40,-14"
    )
    upper(art, knots, shoe.upper, 24)
    buckle(art, -112, -146, 22, 22, shoe.lace, 28)
    bow(art, 96, -82, shoe.second.colour, 0.8)


def block_sandal(art: Art, shoe: ShoeCloths) -> None:
    """A block-heeled sandal with an ankle strap."""
    _block_heel(art, shoe)
    sole(art, HIGH_SOLE, shoe.lining, puff=4, fabric="leather")
    back: list[Knot] = trace("-216,-190* -232,-240 -222,-300* -196,-296* -176,-220 -150,-172*")
    upper(art, back, shoe.upper, 14)
    ankle = line(*trace("-216,-300 -150,-318 -90,-300 -84,-282 -140,-282 -208,-284"))
    art.rigid(band(ankle, 17, True), shoe.upper, 5, 6)
    buckle(art, -120, -292, 26, 28, shoe.lace, 6)
    front: list[Knot] = trace(
        "66,-16* 84,-78 132,-104* 200,-84 232,-16* 206,-16* 184,-56 140,-66 104,-16*"
    )
    upper(art, front, shoe.upper, 12)
    upper(
        art,
        trace("40,-20* 92,-92 122,-112* 146,-98* 120,-60 104,-14*"),
        shoe.upper,
        10,
    )


def strappy_stiletto(art: Art, shoe: ShoeCloths) -> None:
    """Thin straps on a stiletto."""
    _stiletto(art, shoe, 7)
    sole(art, HIGH_SOLE, shoe.lining, puff=4, fabric="leather")
    for knots in (
        [(-214, -192), (-226, -270), (-214, -330)],
        trace("-216,-326 -150,-344 -96,-322 -104,-304 -160,-310 -212,-318"),
        [(-104, -314), (-60, -210), (30, -30)],
        trace("110,-12 134,-70 190,-60 214,-14"),
        trace("60,-14 92,-82 150,-72 178,-14"),
    ):
        art.rigid(band(spline(knots, closed=False), 13, True), shoe.upper, 5, 5, 0.4)
    buckle(art, -140, -330, 20, 22, shoe.lace, 10)


def wedge(art: Art, shoe: ShoeCloths) -> None:
    """An espadrille wedge with a closed toe and ankle ties."""
    body: list[Knot] = trace("-236,-150* -120,-120 20,-56 260,-44* 272,-20 250,2 -230,2 -244,-60")
    art.rigid(spline(body), Cloth("straw", shoe.sole), 9, 16)
    for k in range(5):
        art.mark(
            line((-240, -120 + k * 26), (0, -44 + k * 12), (268, -36 + k * 8)),
            darker(shoe.sole, 0.4),
            2.4,
            0.5,
            lift=-2,
        )
    upper(
        art,
        trace("-236,-146* -250,-210 -238,-252* -206,-240 -170,-150 -150,-126*"),
        shoe.upper,
        14,
    )
    for knots in (
        [(-232, -240), (-150, -286), (-90, -270)],
        [(-232, -246), (-160, -250), (-96, -290)],
    ):
        art.rigid(band(spline(knots, closed=False), 12, True), shoe.upper, 4, 5)
    bow(art, -104, -280, shoe.upper.colour, 1.1)
    upper(
        art,
        trace("20,-56* 40,-110 96,-136* 190,-112 256,-72 262,-44* 140,-46"),
        shoe.upper,
        22,
    )
