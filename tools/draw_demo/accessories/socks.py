"""Socks."""

import skia
from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art, crease
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, line, moved, overlap, spline, trace, turned


def socks(
    art: Art, small: SmallCloths, tall: float = 250, toes: bool = True, stripes: bool = False
) -> None:
    """A pair of socks, one laid over the other."""
    for k, (dx, dy, turn) in enumerate(((-58, -14, -6), (58, 26, 5))):
        del k
        outline: list[Knot] = [
            (-52, -tall, CORNER),
            (52, -tall, CORNER),
            (54, -40),
            (70, 40),
            (130, 96),
            (168, 134),
            (160, 184),
            (96, 196),
            (0, 160),
            (-56, 96),
            (-58, -40),
        ]

        def place(path: skia.Path, dx: float = dx, dy: float = dy, turn: float = turn) -> skia.Path:
            return moved(turned(path, turn), dx, dy)

        sock = spline(outline)
        art.panel(
            place(sock),
            small.main,
            puff=12,
            round_off=22,
            drape=0.5,
            grain_deg=turn,
            folds=[
                crease((dx + 40, dy + 20), (dx - 40, dy + 66), 10, 20, -6),
                crease((dx + 46, dy + 44), (dx - 20, dy + 96), 8, 18, -5),
            ],
        )
        if toes:
            for area in (
                spline(trace("104,60 190,110 180,210 80,210 92,130")),
                spline(trace("-90,40 -20,70 10,120 -10,190 -90,150")),
            ):
                part = overlap(sock, area)
                art.panel(
                    place(part),
                    small.second,
                    puff=1,
                    round_off=8,
                    applied=True,
                    drape=0,
                    shadow=0.1,
                )
        cuff = spline(
            [
                (-55, -tall - 3, CORNER),
                (55, -tall - 3, CORNER),
                (56, -tall + 54, CORNER),
                (-56, -tall + 54, CORNER),
            ]
        )
        art.panel(
            place(cuff),
            Cloth("rib", small.second.colour if toes or stripes else small.main.colour),
            puff=8,
            round_off=10,
            drape=0,
            shadow=0.35,
            grain_deg=turn,
        )
        if stripes:
            for y in (14, 32):
                art.mark(place(line((-56, -tall + y), (56, -tall + y))), small.detail, 9, 1)
