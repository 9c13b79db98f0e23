"""Leather shoes and boots, seen from the side."""

from tools.draw_demo.artwork import Art, Mark
from tools.draw_demo.colours import darker, lighter, thread_on
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, circle, line, spline, trace
from tools.draw_demo.shoes.parts import ShoeCloths, bow, laces, opening, overlay, sole, upper

FORMAL: list[Knot] = trace(
    "-236,-34* -244,-100 -234,-176* -190,-160 -140,-142 -92,-162 -56,-194* "
    "0,-156 80,-114 176,-94 248,-72 276,-42 270,-24*"
)
FORMAL_SOLE: list[Knot] = trace(
    "-246,-34* -60,-34 60,-22 200,-26 282,-34* 284,-18 240,-10 90,-8 -70,-14* -74,-20* -248,-20*"
)


def _formal_base(art: Art, shoe: ShoeCloths) -> None:
    opening(art, trace("-234,-164 -140,-132 -60,-178 -80,-120 -200,-110"), shoe.lining)
    upper(art, FORMAL, shoe.upper, 30)


def _formal_sole(art: Art, shoe: ShoeCloths) -> None:
    sole(art, FORMAL_SOLE, shoe.sole, puff=3, fabric="leather")
    heel: list[Knot] = trace("-248,-22* -100,-22* -108,4* -246,4*")
    art.rigid(spline(heel), Cloth("leather", darker(shoe.sole, 0.35)), 4, 6)
    art.stitches(
        line((-244, -29), (-40, -28), (120, -18), (278, -27)),
        Cloth("leather", shoe.sole),
        lighter(shoe.sole, 0.35),
        clipped=False,
    )


def _punched(art: Art, shoe: ShoeCloths, *knots: Knot) -> None:
    path = line(*knots)
    art.steps.append(
        Mark(path, darker(shoe.upper.colour, 0.65), 4.4, 0.85, dash=(4.4, 7.0), lift=-1.5)
    )


def oxford(art: Art, shoe: ShoeCloths) -> None:
    """A closed-lacing shoe with a plain toe cap."""
    _formal_base(art, shoe)
    overlay(
        art,
        trace("-108,-146* -58,-178* 72,-108* 40,-76 -70,-70 -150,-34* -180,-40* -150,-110"),
        shoe.upper,
    )
    art.seam(line((150, -92), (140, -60), (152, -24)), shoe.upper, 3, 2)
    art.stitches(line((142, -92), (132, -60), (144, -24)), shoe.upper)
    laces(
        art,
        [(-66 + k * 26, -146 + k * 15, -34 + k * 27, -166 + k * 16) for k in range(4)],
        shoe.lace,
        6,
    )
    bow(art, -50, -164, shoe.lace, 0.6)
    _formal_sole(art, shoe)


def derby(art: Art, shoe: ShoeCloths) -> None:
    """An open-lacing brogue with a winged toe."""
    _formal_base(art, shoe)
    overlay(
        art,
        trace("-112,-142* -58,-180* 62,-112* 30,-64 -60,-52 -140,-90"),
        shoe.second,
    )
    _punched(art, shoe, (-104, -130), (-60, -64), (26, -74), (52, -108))
    overlay(
        art,
        trace("110,-98* 190,-80 256,-56 272,-34 266,-24* 20,-24* 84,-50 122,-66"),
        shoe.second,
    )
    _punched(art, shoe, (116, -86), (112, -60), (70, -40), (28, -32))
    for x, y in ((190, -56), (204, -62), (218, -54), (204, -48), (190, -68), (218, -66)):
        art.mark(circle(x, y, 2.8), darker(shoe.upper.colour, 0.65), None, 0.85)
    overlay(
        art,
        trace("-242,-120* -196,-112 -170,-70 -160,-26* -238,-26*"),
        shoe.second,
    )
    laces(
        art,
        [(-72 + k * 28, -140 + k * 14, -36 + k * 28, -166 + k * 16) for k in range(4)],
        shoe.lace,
        7,
    )
    bow(art, -52, -164, shoe.lace, 0.65)
    _formal_sole(art, shoe)


def chelsea(art: Art, shoe: ShoeCloths) -> None:
    """An ankle boot with an elastic side."""
    opening(art, trace("-222,-330 -150,-322 -66,-332 -80,-290 -210,-290"), shoe.lining)
    knots: list[Knot] = trace(
        "-236,-34* -240,-130 -216,-220 -226,-332* -140,-322 -58,-334* -58,-240 "
        "-20,-170 70,-112 170,-88 250,-62 272,-34 266,-24*"
    )
    upper(art, knots, shoe.upper, 34)
    gusset = spline(trace("-170,-326* -100,-328* -108,-230 -128,-170* -156,-230"))
    art.panel(gusset, shoe.second, puff=1, round_off=5, applied=True, drape=0)
    for k in range(8):
        art.seam(
            line((-166 + k * 9, -326, CORNER), (-146 + k * 4, -190, CORNER)), shoe.second, 1.6, 2
        )
    art.rigid(
        spline(trace("-230,-336* -206,-336* -204,-368 -218,-384 -232,-366")), shoe.second, 2, 4
    )
    art.mark(line((-100, -328), (-110, -220), (-128, -168)), thread_on(shoe.upper.colour), 1.6, 0.6)
    _formal_sole(art, shoe)
