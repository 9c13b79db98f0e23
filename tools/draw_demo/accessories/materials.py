"""What small things are made of."""

from dataclasses import dataclass

from tools.draw_demo.colours import RGB
from tools.draw_demo.fabrics import Cloth


@dataclass(frozen=True)
class SmallCloths:
    """Materials of a small thing: main, second, metal, and a dark or light detail colour."""

    main: Cloth
    second: Cloth
    metal: RGB
    detail: RGB
