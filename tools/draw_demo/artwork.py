"""A drawing as a list of steps, so that one drawing can be photographed in many ways."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import skia
from tools.draw_demo.colours import RGB, darker, thread_on
from tools.draw_demo.fabrics import FABRICS, Cloth
from tools.draw_demo.geometry import Knot, Point, between, mirrored, placed


@dataclass(frozen=True)
class Fold:
    """A crease: a ridge where `depth` is positive, a furrow where it is negative."""

    knots: tuple[Knot, ...]
    width: float
    depth: float


def crease(start: Point, end: Point, bend: float, width: float, depth: float, n: int = 4) -> Fold:
    """A fold from start to end on an arc whose middle lies `bend` units to one side."""
    return Fold(tuple(between(start, end, bend, n)), width, depth)


@dataclass(frozen=True)
class Panel:
    """A piece of cloth.

    Attributes:
        puff: how far its middle stands above its edge.
        round_off: how far from the edge the roundness reaches.
        grain_deg: the cloth's direction; prints, weave and loose folds turn with it.
        applied: sewn flat onto what lies below, following its folds (a pocket, a placket).
        shadow: strength of the shadow thrown on what lies below, 0..1.
        drape: factor on the fabric's loose folds.
    """

    path: skia.Path
    cloth: Cloth
    puff: float = 8.0
    round_off: float = 14.0
    grain_deg: float = 0.0
    applied: bool = False
    shadow: float = 0.3
    drape: float = 1.0
    opacity: float = 1.0
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Something drawn on the last panel: a seam, stitches, a shade; `lift` raises it."""

    path: skia.Path
    colour: RGB
    width: float | None = 2.0
    alpha: float = 1.0
    dash: tuple[float, float] | None = None
    blur: float = 0.0
    lift: float = 0.0
    clipped: bool = True


@dataclass(frozen=True)
class Motif:
    """A free picture drawn on the last panel by a function of the canvas."""

    paint: Callable[[skia.Canvas], None]


@dataclass
class Art:
    """The steps of one drawing, in the order in which they are painted."""

    steps: list[Panel | Mark | Motif] = field(default_factory=list)

    def panel(
        self,
        path: skia.Path,
        cloth: Cloth,
        *,
        puff: float = 8.0,
        round_off: float = 14.0,
        grain_deg: float = 0.0,
        applied: bool = False,
        shadow: float = 0.3,
        drape: float = 1.0,
        opacity: float = 1.0,
        folds: Sequence[Fold] = (),
    ) -> None:
        """Lay a piece of cloth on top."""
        self.steps.append(
            Panel(
                path,
                cloth,
                puff,
                round_off,
                grain_deg,
                applied,
                shadow,
                drape,
                opacity,
                tuple(folds),
            )
        )

    def rigid(
        self,
        path: skia.Path,
        cloth: Cloth,
        puff: float,
        round_off: float,
        shadow: float = 0.3,
    ) -> None:
        """Lay a piece on top that does not drape: leather, metal, rubber."""
        self.panel(path, cloth, puff=puff, round_off=round_off, shadow=shadow, drape=0.0)

    def seam(self, path: skia.Path, cloth: Cloth, width: float = 2.0, depth: float = 1.4) -> None:
        """A sewn line: a fine shadow in a groove."""
        self.steps.append(Mark(path, darker(cloth.colour, 0.55), width, 0.55, lift=-depth))

    def stitches(
        self,
        path: skia.Path,
        cloth: Cloth,
        colour: RGB | None = None,
        width: float = 1.7,
        clipped: bool = True,
    ) -> None:
        """A row of visible stitches; fabrics that hide their stitches only show a dent."""
        if FABRICS[cloth.fabric].hides_stitches and colour is None:
            dent = Mark(path, darker(cloth.colour, 0.5), 1.4, 0.22, lift=-0.8, clipped=clipped)
            self.steps.append(dent)
            return
        thread = colour or thread_on(cloth.colour)
        self.steps.append(Mark(path, thread, width, 0.8, dash=(6, 3.4), clipped=clipped))

    def shade(self, path: skia.Path, colour: RGB, alpha: float, blur: float) -> None:
        """A soft area of another tone: a shadow inside an opening, a worn patch, a blush."""
        self.steps.append(Mark(path, colour, None, alpha, blur=blur))

    def mark(
        self,
        path: skia.Path,
        colour: RGB,
        width: float | None = 2.0,
        alpha: float = 1.0,
        lift: float = 0.0,
        clipped: bool = True,
    ) -> None:
        """A line of the given width, or a filled area where `width` is None."""
        self.steps.append(Mark(path, colour, width, alpha, lift=lift, clipped=clipped))

    def motif(self, paint: Callable[[skia.Canvas], None]) -> None:
        """A free picture on the last panel."""
        self.steps.append(Motif(paint))

    def bounds(self) -> skia.Rect:
        """The box that holds every panel."""
        box = skia.Rect.MakeEmpty()
        for step in self.steps:
            if isinstance(step, Panel):
                box.join(step.path.computeTightBounds())
        return box

    def mirror_from(self, first_step: int) -> None:
        """Repeat every step since `first_step`, seen in a mirror standing on x = 0."""
        flipped = [_flipped(step) for step in self.steps[first_step:]]
        self.steps.extend(flipped)


def _flipped(step: Panel | Mark | Motif) -> Panel | Mark | Motif:
    if isinstance(step, Panel):
        folds = tuple(
            replace(fold, knots=tuple(placed(k, -k[0], k[1]) for k in fold.knots))
            for fold in step.folds
        )
        return replace(step, path=mirrored(step.path), grain_deg=-step.grain_deg, folds=folds)
    if isinstance(step, Mark):
        return replace(step, path=mirrored(step.path))

    def paint(canvas: skia.Canvas) -> None:
        canvas.save()
        canvas.scale(-1, 1)
        step.paint(canvas)
        canvas.restore()

    return Motif(paint)
