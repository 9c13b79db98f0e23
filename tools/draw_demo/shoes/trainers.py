"""Canvas shoes, court trainers and runners, seen from the side."""

from tools.draw_demo.artwork import Art
from tools.draw_demo.colours import darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, circle, ellipse, line, rounded, spline, trace
from tools.draw_demo.shoes.parts import (
    ShoeCloths,
    bow,
    laces,
    opening,
    overlay,
    sole,
    sole_line,
    tread,
    upper,
)

SNEAKER: list[Knot] = trace(
    "-246,-30* -252,-110 -240,-186* -200,-178 -150,-150 -104,-172 -62,-214* "
    "-20,-190 70,-118 150,-92 226,-78 262,-48 262,-28*"
)
HIGH_TOP: list[Knot] = trace(
    "-246,-30* -240,-130 -226,-200 -230,-300* -160,-296 -84,-322* -44,-240 "
    "10,-176 90,-112 160,-92 228,-78 262,-48 262,-28*"
)
FLAT_SOLE: list[Knot] = trace("-254,-46* 0,-34 180,-38 268,-52* 276,-24 258,-2 0,2 -240,2 -262,-12")


def _tongue(art: Art, shoe: ShoeCloths, lift: float = 0) -> None:
    knots: list[Knot] = [
        (-92, -190 - lift, CORNER),
        (-66, -236 - lift),
        (-34, -226 - lift, CORNER),
        (40, -130),
        (-40, -150),
    ]
    art.panel(spline(knots), shoe.second, puff=6, round_off=10, drape=0.2)


def _lace_rows(lift: float = 0, n: int = 5) -> list[tuple[float, float, float, float]]:
    rows = []
    for k in range(n):
        t = k / (n - 1)
        x, y = -62 + t * 110, -178 - lift * (1 - t) + t * 66
        rows.append((x - 16, y + 22, x + 22, y - 12 + t * 8))
    return rows


def canvas_low(art: Art, shoe: ShoeCloths) -> None:
    """A low canvas shoe with a rubber toe cap."""
    opening(art, trace("-240,-184 -150,-148 -66,-210 -90,-130 -200,-120"), shoe.lining)
    _tongue(art, shoe)
    upper(art, SNEAKER, shoe.upper)
    art.seam(line((-110, -160), (-60, -104), (-70, -30)), shoe.upper)
    art.stitches(line((-118, -156), (-68, -102), (-78, -30)), shoe.upper)
    art.stitches(line((-232, -172), (-150, -140), (-76, -196)), shoe.upper)
    overlay(
        art,
        trace("-250,-120* -226,-124* -214,-30* -250,-30*"),
        shoe.second,
    )
    art.rigid(
        spline(trace("158,-92* 216,-82 256,-54 264,-30* 150,-30* 140,-60")),
        Cloth("rubber", shoe.sole),
        12,
        22,
    )
    laces(art, _lace_rows(), shoe.lace)
    bow(art, -58, -186, shoe.lace, 0.9)
    sole(art, FLAT_SOLE, shoe.sole)
    sole_line(art, -34, -24, -38, darker(shoe.upper.colour, 0.1), 4)


def canvas_high(art: Art, shoe: ShoeCloths) -> None:
    """A high-top canvas shoe with a woven label at the ankle."""
    opening(art, trace("-228,-298 -156,-292 -88,-318 -100,-250 -200,-240"), shoe.lining)
    _tongue(art, shoe, 96)
    upper(art, HIGH_TOP, shoe.upper)
    art.stitches(line((-218, -288), (-160, -284), (-96, -306)), shoe.upper)
    art.seam(line((-120, -296), (-84, -200), (-40, -120), (-60, -30)), shoe.upper)
    overlay(
        art,
        trace("-240,-180* -216,-180* -214,-30* -248,-30*"),
        shoe.second,
    )
    art.rigid(rounded(-182, -232, -118, -184, 8), Cloth("canvas", shoe.sole), 3, 5)
    art.stitches(rounded(-175, -225, -125, -191, 5), Cloth("canvas", shoe.sole))
    art.mark(line((-168, -208), (-132, -208)), shoe.second.colour, 5, 0.9)
    art.rigid(
        spline(trace("158,-92* 216,-82 256,-54 264,-30* 150,-30* 140,-60")),
        Cloth("rubber", shoe.sole),
        12,
        22,
    )
    laces(art, _lace_rows(96, 7), shoe.lace)
    sole(art, FLAT_SOLE, shoe.sole)
    sole_line(art, -34, -24, -38, darker(shoe.upper.colour, 0.1), 4)


def slip_on(art: Art, shoe: ShoeCloths) -> None:
    """A laceless canvas shoe with elastic gussets."""
    opening(art, trace("-240,-170 -150,-140 -40,-178 -60,-120 -200,-110"), shoe.lining)
    knots: list[Knot] = trace(
        "-246,-30* -252,-100 -240,-174* -190,-158 -130,-140 -76,-158 -36,-184* "
        "40,-158 130,-112 218,-84 262,-48 262,-28*"
    )
    upper(art, knots, shoe.upper)
    art.panel(
        spline(trace("-96,-152* -56,-172* -34,-96* -74,-92*")),
        shoe.second,
        puff=2,
        round_off=4,
        applied=True,
        drape=0,
    )
    for k in range(5):
        art.seam(
            line((-90 + k * 8, -154 - k * 3, CORNER), (-68 + k * 8, -94, CORNER)),
            shoe.second,
            1.6,
            2,
        )
    art.stitches(line((-230, -160), (-140, -130), (-50, -168)), shoe.upper)
    art.seam(line((-30, -96), (20, -60), (10, -30)), shoe.upper)
    sole(art, FLAT_SOLE, shoe.sole)
    sole_line(art, -34, -24, -38, darker(shoe.sole, 0.2), 3)


def court(art: Art, shoe: ShoeCloths) -> None:
    """A leather court trainer."""
    opening(art, trace("-240,-184 -150,-148 -66,-210 -90,-130 -200,-120"), shoe.lining)
    _tongue(art, shoe, 4)
    upper(art, SNEAKER, shoe.upper)
    overlay(
        art,
        trace("-250,-180* -196,-172* -176,-118 -206,-84 -250,-90*"),
        shoe.second,
    )
    overlay(
        art,
        trace("-104,-168* -66,-208* 66,-116* 56,-84 -30,-96 -120,-130"),
        shoe.upper,
    )
    overlay(
        art,
        trace("124,-98* 214,-80 258,-50 262,-30* 104,-30* 96,-62"),
        shoe.upper,
    )
    for k in range(4):
        for j in range(2):
            art.mark(
                circle(158 + k * 16, -70 + j * 12, 2.6), darker(shoe.upper.colour, 0.6), None, 0.6
            )
    art.panel(
        spline(trace("-150,-120* -120,-122* -40,-34* -78,-34*")),
        shoe.second,
        puff=1.6,
        round_off=3,
        applied=True,
        drape=0,
    )
    laces(art, _lace_rows(), shoe.lace, 10)
    bow(art, -58, -184, shoe.lace, 0.9)
    sole(art, FLAT_SOLE, shoe.sole)
    art.stitches(
        line((-256, -32), (0, -22), (200, -24), (268, -38)),
        Cloth("rubber", shoe.sole),
        darker(shoe.sole, 0.3),
    )


def runner(art: Art, shoe: ShoeCloths, chunky: bool = False) -> None:
    """A running shoe with a moulded, wavy sole."""
    opening(art, trace("-246,-200 -170,-158 -70,-216 -90,-130 -210,-130"), shoe.lining)
    _tongue(art, shoe, 6)
    knots: list[Knot] = trace(
        "-244,-50* -250,-120 -262,-206* -226,-196 -168,-160 -112,-176 -66,-218* "
        "-10,-184 80,-124 160,-100 236,-82 272,-56 268,-40*"
    )
    upper(
        art, knots, Cloth("mesh", shoe.upper.colour, shoe.upper.pattern, shoe.upper.inks), puff=28
    )
    overlay(
        art,
        trace("-258,-150* -200,-150 -150,-96 -110,-46* -246,-46*"),
        shoe.second,
    )
    overlay(
        art,
        trace("170,-96* 236,-82 270,-54 266,-40* 120,-40* 146,-62"),
        shoe.second,
    )
    saddle = trace("-96,-160* 24,-112* 92,-44* -60,-44* -20,-92")
    overlay(art, saddle, Cloth("rubber", shoe.lace), stitched=False)
    for k in range(4):
        hole = ellipse(-14 + k * 24, -72 - k * 3, 7, 10)
        art.mark(hole, shoe.second.colour, None, 0.9, lift=-2)
    laces(art, _lace_rows(4), shoe.lace, 8)
    foam = trace(
        "-264,-76* -160,-62 -20,-44 120,-48 278,-58* 284,-30 256,-6 60,0 -30,-10 "
        "-120,0 -236,2 -276,-20"
    )
    sole(art, foam, shoe.sole, puff=13)
    art.mark(
        line(*trace("-270,-46 -120,-34 20,-26 150,-30 280,-36")),
        shoe.second.colour,
        5,
        0.9,
        lift=-2,
    )
    if chunky:
        tread(art, -240, 240, 15, shoe.sole, -14)
    else:
        art.mark(
            line(*trace("-250,-3 -120,-3 -30,-12 60,-3 254,-7")),
            darker(shoe.second.colour, 0.3),
            9,
            1,
        )


def trail_high(art: Art, shoe: ShoeCloths) -> None:
    """A mid-height hiking or basketball shoe."""
    opening(art, trace("-240,-258 -160,-240 -84,-280 -100,-200 -210,-200"), shoe.lining)
    _tongue(art, shoe, 70)
    knots: list[Knot] = trace(
        "-244,-40* -242,-140 -250,-262* -200,-246 -150,-236 -84,-280* -30,-216 "
        "70,-134 160,-104 236,-84 268,-54 266,-34*"
    )
    upper(art, knots, shoe.upper, 30)
    overlay(
        art,
        trace("-246,-190* -170,-180 -140,-100 -100,-38* -246,-38*"),
        shoe.second,
    )
    overlay(
        art,
        trace("110,-118* 230,-86 266,-54 264,-36* 70,-36* 80,-80"),
        shoe.second,
    )
    overlay(
        art,
        trace("-130,-238* -88,-276* 60,-128* 36,-96 -60,-140"),
        shoe.second,
    )
    laces(art, _lace_rows(70, 6), shoe.lace, 9)
    sole(
        art,
        trace("-256,-58* 0,-42 190,-46 274,-60* 284,-26 262,-2 0,3 -250,3 -266,-16"),
        shoe.sole,
        puff=11,
    )
    tread(art, -236, 246, 14, shoe.sole, -16)
