"""What a design is, and how a cut and a look become a drawing."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tools.draw_demo.accessories.materials import SmallCloths
from tools.draw_demo.artwork import Art
from tools.draw_demo.bags.parts import BagCloths
from tools.draw_demo.colours import RGB, rgb
from tools.draw_demo.fabrics import Cloth
from tools.draw_demo.garments.bottoms import LegCloths, LegCut, draw_legs
from tools.draw_demo.garments.cut import TopCloths, TopCut
from tools.draw_demo.garments.skirts import SkirtCut, draw_dress, draw_skirt
from tools.draw_demo.garments.tops import draw_top
from tools.draw_demo.shoes.parts import ShoeCloths


@dataclass(frozen=True)
class Look:
    """One colour or print in which a design is made.

    Attributes:
        colour: the base colour as the table names it.
        pattern: the pattern as the table names it.
        print_name: what is printed or woven, from `prints.PRINTS`; None for plain cloth.
        inks: palette names of the print's or the graphic's colours.
        accent: palette name of trims, second panels, laces; the base colour when None.
        shade: palette name to draw when the base colour's own shade would be wrong.
        graphic: picture on the chest, in place of the design's own.
    """

    colour: str
    pattern: str = "solid"
    print_name: str | None = None
    inks: tuple[str, ...] = ()
    accent: str | None = None
    shade: str | None = None
    graphic: str | None = None

    def cloth(self, fabric: str, scale: float = 1.0) -> Cloth:
        """The main cloth in this look."""
        base = rgb(self.shade or self.colour)
        inks = tuple(rgb(name) for name in self.inks)
        return Cloth(fabric, base, self.print_name, inks, scale)

    def accent_cloth(self, fabric: str) -> Cloth:
        """Plain cloth in the accent colour."""
        return Cloth(fabric, self.accent_rgb())

    def accent_rgb(self) -> RGB:
        """The accent, or the base colour where there is none."""
        return rgb(self.accent or self.shade or self.colour)


Draw = Callable[[Art, Look], None]


@dataclass(frozen=True)
class Design:
    """One design as its brand sells it; `looks` are its colours and prints."""

    name: str
    article_type: str
    gender: str
    brand: str
    price: float
    material: str
    season: str
    usage: str
    blurb: str
    draw: Draw
    looks: tuple[Look, ...]
    age_group: str = "adult"


def solid(*colours: str) -> tuple[Look, ...]:
    """Plain looks in these colours."""
    return tuple(Look(colour) for colour in colours)


def top(
    cut: TopCut,
    fabric: str,
    trim: str | None = None,
    button: str = "White",
    scale: float = 1.0,
    accent_sleeves: bool = False,
) -> Draw:
    """A top in this cut; trims take the look's accent."""

    def draw(art: Art, look: Look) -> None:
        draw_top(
            art, _dressed(cut, look), _top_cloths(look, fabric, trim, button, scale, accent_sleeves)
        )

    return draw


def _dressed(cut: TopCut, look: Look) -> TopCut:
    return replace(cut, graphic=look.graphic) if look.graphic else cut


def _top_cloths(
    look: Look, fabric: str, trim: str | None, button: str, scale: float, accent_sleeves: bool
) -> TopCloths:
    body = look.cloth(fabric, scale)
    trims = look.accent_cloth(trim) if trim else body
    sleeve = look.accent_cloth(fabric) if accent_sleeves else body
    return TopCloths(body, sleeve, trims, rgb(button), tuple(rgb(name) for name in look.inks))


def dress(
    bodice: TopCut,
    skirt: SkirtCut,
    fabric: str,
    trim: str | None = None,
    button: str = "White",
    scale: float = 1.0,
) -> Draw:
    """A dress with a seam at the waist."""

    def draw(art: Art, look: Look) -> None:
        cloths = _top_cloths(look, fabric, trim, button, scale, False)
        draw_dress(art, bodice, skirt, cloths, rgb(button))

    return draw


def skirt(cut: SkirtCut, fabric: str, metal: str = "Gold", scale: float = 1.0) -> Draw:
    """A skirt; its waistband takes the look's accent."""

    def draw(art: Art, look: Look) -> None:
        cloth = look.cloth(fabric, scale)
        band = look.accent_cloth(fabric) if look.accent else cloth
        draw_skirt(art, cut, cloth, band, rgb(metal))

    return draw


def legs(
    cut: LegCut,
    fabric: str,
    trim: str = "rib",
    thread: RGB | None = None,
    button: str = "Bronze",
    scale: float = 1.0,
) -> Draw:
    """Trousers of any length; ribs and stripes take the look's accent."""

    def draw(art: Art, look: Look) -> None:
        cloths = LegCloths(look.cloth(fabric, scale), look.accent_cloth(trim), thread, rgb(button))
        draw_legs(art, cut, cloths)

    return draw


def shoe(
    paint: Callable[[Art, ShoeCloths], None],
    fabric: str,
    sole: str,
    lace: str = "White",
    lining: str = "Beige",
    scale: float = 0.6,
) -> Draw:
    """A shoe; its second panels take the look's accent."""

    def draw(art: Art, look: Look) -> None:
        paint(
            art,
            ShoeCloths(
                look.cloth(fabric, scale),
                look.accent_cloth(fabric),
                rgb(sole),
                rgb(lace),
                rgb(lining),
            ),
        )

    return draw


def bag(
    paint: Callable[[Art, BagCloths], None],
    fabric: str,
    trim: str = "leather",
    metal: str = "Gold",
    scale: float = 0.8,
) -> Draw:
    """A bag; handles and trims take the look's accent."""

    def draw(art: Art, look: Look) -> None:
        paint(art, BagCloths(look.cloth(fabric, scale), look.accent_cloth(trim), rgb(metal)))

    return draw


def small(
    paint: Callable[[Art, SmallCloths], None],
    fabric: str,
    second: str | None = None,
    metal: str = "Gold",
    detail: str = "Black",
    scale: float = 0.8,
) -> Draw:
    """An accessory; its second material takes the look's accent, its details the last ink."""

    def draw(art: Art, look: Look) -> None:
        mark = rgb(look.inks[-1]) if look.inks else rgb(detail)
        paint(
            art,
            SmallCloths(
                look.cloth(fabric, scale), look.accent_cloth(second or fabric), rgb(metal), mark
            ),
        )

    return draw
