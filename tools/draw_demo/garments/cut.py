"""The cut of a top as numbers and names, and the outlines that follow from it.

Axis x = 0, shoulders near y = 120, a regular hem near y = 590; half widths are measured from the
middle.
"""

from dataclasses import dataclass

import skia
from tools.draw_demo.colours import RGB
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import CORNER, Knot, Point, between, overlap, spline, symmetric


@dataclass(frozen=True)
class TopCut:
    """The cut of a top, in design units; half widths are measured from the middle."""

    neck: str = "crew"
    neck_half: float = 54
    neck_drop: float = 40
    collar: str = "none"
    shoulder_half: float = 142
    shoulder_drop: float = 30
    chest_half: float = 150
    waist_half: float = 146
    hem_half: float = 148
    hem_y: float = 590
    hem: str = "straight"
    armpit_y: float = 285
    sleeve: str = "set-in"
    sleeve_length: float = 120
    sleeve_deg: float = 42
    cuff_half: float = 54
    cuff: str = "hem"
    front: str = "closed"
    buttons: int = 0
    pockets: str = "none"
    yoke: str = "none"
    padded: bool = False
    rib_hem: bool = False
    graphic: str = "none"
    lining: bool = False


@dataclass(frozen=True)
class TopCloths:
    """What a top is made of: body, sleeves, ribs or trims, and the colour of its buttons."""

    body: Cloth
    sleeve: Cloth
    trim: Cloth
    button: RGB
    graphic_inks: tuple[RGB, ...] = ()


NECK_Y = 110.0


def neckline(cut: TopCut) -> list[Knot]:
    """The front neckline, from the middle to the shoulder."""
    half, low = cut.neck_half, NECK_Y + cut.neck_drop
    top: Knot = (half, NECK_Y, CORNER)
    if cut.neck == "v":
        return [(0, low, CORNER), *between((0, low), (half, NECK_Y), 5)[1:-1], top]
    if cut.neck == "square":
        return [(0, low), (half * 0.9, low, CORNER), top]
    if cut.neck == "boat":
        return [(0, low), (half * 0.6, low - cut.neck_drop * 0.25), top]
    if cut.neck == "sweetheart":
        return [(0, low, CORNER), (half * 0.45, low - 28), (half * 0.95, low - 20, CORNER), top]
    return [
        (0, low),
        (half * 0.62, low - cut.neck_drop * 0.28),
        (half * 0.93, NECK_Y + cut.neck_drop * 0.3),
        top,
    ]


def back_neckline(cut: TopCut) -> list[Knot]:
    """The back neckline, from the middle to the shoulder."""
    return [(0, NECK_Y + 6), (cut.neck_half * 0.7, NECK_Y + 3), (cut.neck_half, NECK_Y, CORNER)]


def shoulder(cut: TopCut) -> Point:
    """The tip of the right shoulder."""
    return cut.shoulder_half, NECK_Y + cut.shoulder_drop


def side_knots(cut: TopCut) -> list[Knot]:
    """Right edge of the body from the shoulder to the hem."""
    tip = shoulder(cut)
    if cut.sleeve == "strap":
        tip = (cut.shoulder_half, NECK_Y + 4)
    knots: list[Knot] = [(*tip, CORNER)]
    pinch = min(tip[0], cut.chest_half) - (14 if cut.sleeve in ("none", "strap") else 5)
    knots.append((pinch, tip[1] + (cut.armpit_y - tip[1]) * 0.55))
    knots.append((cut.chest_half, cut.armpit_y, CORNER))
    middle = cut.armpit_y + (cut.hem_y - cut.armpit_y) * 0.45
    knots.append((cut.waist_half, middle))
    return knots


def hem_knots(cut: TopCut) -> list[Knot]:
    """Right half of the hem, from the side to the middle."""
    if cut.hem == "shirttail":
        return [
            (cut.hem_half, cut.hem_y - 46, CORNER),
            (cut.hem_half * 0.88, cut.hem_y - 20),
            (cut.hem_half * 0.55, cut.hem_y + 4),
            (0, cut.hem_y + 8),
        ]
    if cut.hem == "cutaway":
        return [
            (cut.hem_half, cut.hem_y - 4, CORNER),
            (cut.hem_half * 0.45, cut.hem_y + 4),
            (16, cut.hem_y - 22),
            (0, cut.hem_y - 60, CORNER),
        ]
    return [
        (cut.hem_half, cut.hem_y, CORNER),
        (cut.hem_half * 0.5, cut.hem_y + 5),
        (0, cut.hem_y + 7),
    ]


def body_path(cut: TopCut) -> skia.Path:
    """The front of the body."""
    return symmetric([*neckline(cut), *side_knots(cut), *hem_knots(cut)])


def back_path(cut: TopCut) -> skia.Path:
    """The inside of the back that shows in the neck opening."""
    tip_x, tip_y = cut.neck_half + 12, NECK_Y + 5
    low = NECK_Y + cut.neck_drop + 30
    return symmetric(
        [*back_neckline(cut), (tip_x, tip_y, CORNER), (tip_x * 0.8, low, CORNER), (0, low)]
    )


def quilt_bands(path: skia.Path) -> list[skia.Path]:
    """The path cut into the horizontal chambers of a padded jacket."""
    box = path.computeTightBounds()
    pieces = []
    y = NECK_Y - 40.0
    while y < box.bottom():
        strip = spline(
            [
                (-600, y + 4, CORNER),
                (0, y, CORNER),
                (600, y + 4, CORNER),
                (600, y + 62, CORNER),
                (0, y + 58, CORNER),
                (-600, y + 62, CORNER),
            ]
        )
        piece = overlap(path, strip)
        if not piece.isEmpty():
            pieces.append(piece)
        y += 54
    return pieces
