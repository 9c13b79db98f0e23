"""Materials and parts that bags share; a bag is about 400 units wide around x = 0."""

from dataclasses import dataclass

import skia
from tools.draw_demo.artwork import Art, Fold
from tools.draw_demo.colours import RGB, darker
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.geometry import band, circle, line, minus, rounded


@dataclass(frozen=True)
class BagCloths:
    """Materials of a bag: body, trim and handles, metal parts, and the thread that shows."""

    body: Cloth
    trim: Cloth
    metal: RGB
    thread: RGB | None = None


def handle(
    art: Art,
    bag: BagCloths,
    half: float,
    top: float,
    foot: float,
    width: float = 17,
    behind: bool = False,
) -> None:
    """A carrying handle from foot to foot; the far one of a pair lies `behind`, in shadow."""
    cloth = bag.trim
    if behind:
        cloth = Cloth(cloth.fabric, darker(cloth.colour, 0.3))
    path = line(
        (-half, foot),
        (-half * 0.86, (top + foot) / 2),
        (-half * 0.4, top + 6),
        (0, top),
        (half * 0.4, top + 6),
        (half * 0.86, (top + foot) / 2),
        (half, foot),
    )
    art.rigid(band(path, width, True), cloth, 6, 7, 0.45)


def body(
    art: Art, path: skia.Path, cloth: Cloth, folds: tuple[Fold, ...] = (), puff: float = 18
) -> None:
    """The main shape of a bag, strongly rounded."""
    art.panel(path, cloth, puff=puff, round_off=34, drape=0.8, folds=folds)


def ring(art: Art, x: float, y: float, radius: float, metal: RGB) -> None:
    """A ring that joins strap and bag."""
    art.rigid(
        minus(circle(x, y, radius), circle(x, y, radius * 0.6)), Cloth("metal", metal), 3, 3, 0.5
    )


def lock(art: Art, x: float, y: float, metal: RGB, width: float = 26) -> None:
    """A turn lock on its plate."""
    art.rigid(rounded(x - width, y - 18, x + width, y + 18, 6), Cloth("metal", metal), 5, 5, 0.5)
    art.rigid(
        rounded(x - width * 0.3, y - 9, x + width * 0.3, y + 9, 4),
        Cloth("metal", darker(metal, 0.25)),
        4,
        4,
        0.4,
    )
