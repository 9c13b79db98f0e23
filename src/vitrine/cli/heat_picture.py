"""Heat maps drawn over their photos, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.search import Box, HeatMap

    Strengths: TypeAlias = NDArray[np.floating]

HUE = (200, 30, 90)
STRONGEST = 0.8
"""Of the hue over the photo, where a cell adds most."""
QUIET = 0.55
"""Of grey in the photo beneath, so that its own colours do not read as heat."""
_HEIGHT_PX, _SMALL_PX = 640, 360
_MOST_LARGE, _A_ROW = 2, 4
_GAP_PX, _LINE_PX, _TEXT_PX = 16, 22, 15
_SHADES = " ░▒▓█"


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A photo with one heat map over it."""

    photo: Image.Image
    heat: HeatMap | None
    """None shows the photo alone."""
    lines: tuple[str, ...] = ()
    """What is written beneath."""
    region: Box | None = None
    """Drawn as a frame."""


def heat_picture(panels: Sequence[Panel]) -> Image.Image:
    """Draw the photos side by side; the more of one hue, the more a place adds.

    Opacity grows evenly with what a cell adds, and each map has its own scale; what adds nothing
    or speaks against stays clear. Up to two photos are large, more stand in rows of four.
    """
    height = _HEIGHT_PX if len(panels) <= _MOST_LARGE else _SMALL_PX
    drawn = [_captioned(panel, height) for panel in panels]
    rows = [drawn[start : start + _A_ROW] for start in range(0, len(drawn), _A_ROW)]
    return _joined([_joined(row, across=True) for row in rows], across=False)


def heat_lines(heat: HeatMap) -> list[str]:
    """A map for a terminal: a line a row, two letters a cell, the darker the more it adds.

    Example:
        >>> import numpy as np
        >>> from vitrine.search import heat_map
        >>> heat_lines(heat_map(np.array([[0.4, 0.2], [0.0, -0.1]]), (0, 0, 1, 1)))
        ['██▒▒', '    ']
    """
    steps = (_strengths(heat) * (len(_SHADES) - 1)).round().astype(int)
    return ["".join(2 * _SHADES[step] for step in row) for row in steps.tolist()]


def opacity_of(heat: HeatMap, size: tuple[int, int]) -> Image.Image:
    """How opaque the hue is over a photo of that size (mode L); clear outside the map's box."""
    from PIL import Image

    left, top, right, bottom = heat.box.pixels(*size)
    strengths = Image.fromarray((_strengths(heat) * STRONGEST * 255).round().astype("uint8"))
    opacity = Image.new("L", size)
    within = strengths.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    opacity.paste(within, (left, top))
    return opacity


def strongest_place(heat: HeatMap) -> tuple[float, float]:
    """Middle of the cell that adds most, in shares of the photo's width and height.

    Example:
        >>> import numpy as np
        >>> from vitrine.search import heat_map
        >>> strongest_place(heat_map(np.array([[0.4, 0.2], [0.0, 0.5]]), (0, 0, 1, 1)))
        (0.75, 0.75)
    """
    rows, columns = heat.values.shape
    row, column = divmod(int(heat.values.argmax()), columns)
    left, top, right, bottom = heat.box.sides
    x = left + (right - left) * (column + 0.5) / columns
    return x, top + (bottom - top) * (row + 0.5) / rows


def _captioned(panel: Panel, height: int) -> Image.Image:
    from PIL import Image, ImageDraw, ImageFont

    photo = _drawn(panel, height)
    if not panel.lines:
        return photo
    whole = Image.new("RGB", (photo.width, height + _LINE_PX * len(panel.lines) + 8), "white")
    whole.paste(photo, (0, 0))
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(_TEXT_PX)
    for n, line in enumerate(panel.lines):
        shade = "#222222" if n == 0 else "#666666"
        pen.text((0, height + 6 + n * _LINE_PX), line, fill=shade, font=font)
    return whole


def _drawn(panel: Panel, height: int) -> Image.Image:
    from PIL import Image, ImageDraw

    size = (max(1, round(panel.photo.width * height / panel.photo.height)), height)
    photo = panel.photo.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    if panel.heat is None:
        return photo
    quiet = Image.blend(photo, photo.convert("L").convert("RGB"), QUIET)
    made = Image.composite(Image.new("RGB", size, HUE), quiet, opacity_of(panel.heat, size))
    if panel.region is not None:
        left, top, right, bottom = panel.region.pixels(*size)
        ImageDraw.Draw(made).rectangle((left, top, right - 1, bottom - 1), outline=HUE, width=3)
    return made


def _joined(parts: Sequence[Image.Image], *, across: bool) -> Image.Image:
    """Pictures in a row or a column, with a gap between."""
    from PIL import Image

    gaps = _GAP_PX * (len(parts) - 1)
    widths, heights = [part.width for part in parts], [part.height for part in parts]
    size = (sum(widths) + gaps, max(heights)) if across else (max(widths), sum(heights) + gaps)
    whole, at = Image.new("RGB", size, "white"), 0
    for part in parts:
        whole.paste(part, (at, 0) if across else (0, at))
        at += (part.width if across else part.height) + _GAP_PX
    return whole


def _strengths(heat: HeatMap) -> Strengths:
    """What each cell adds, 0..1; 1 is the most that any adds."""
    import numpy as np

    added = np.clip(heat.values, 0.0, None)
    return added / max(float(added.max()), 1e-9)
