"""Heat maps drawn over their photos, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.search import HeatMap
    from vitrine.shop import Side

_HEIGHT_PX = 640
_GAP_PX = 16
_HUE = (200, 30, 90)
_STRONGEST = 0.8  # of the hue over the photo, where a cell adds most
_QUIET = 0.55  # of grey in the photo beneath, so that its own colours do not read as heat
_SHADES = " ░▒▓█"


def heat_picture(sides: Sequence[Side]) -> Image.Image:
    """Draw the photos side by side; the more of one hue, the more a place adds to the likeness.

    Opacity grows evenly with what a cell adds, and each map has its own scale; what adds nothing
    or speaks against stays clear.
    """
    from PIL import Image

    drawn = [_drawn(side) for side in sides]
    width = sum(each.width for each in drawn) + _GAP_PX * (len(drawn) - 1)
    picture = Image.new("RGB", (width, _HEIGHT_PX), "white")
    left = 0
    for each in drawn:
        picture.paste(each, (left, 0))
        left += each.width + _GAP_PX
    return picture


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


def _drawn(side: Side) -> Image.Image:
    from PIL import Image

    scale = _HEIGHT_PX / side.photo.height
    size = (max(1, round(side.photo.width * scale)), _HEIGHT_PX)
    photo = side.photo.resize(size, Image.Resampling.LANCZOS)
    quiet = Image.blend(photo, photo.convert("L").convert("RGB"), _QUIET)
    left, top, right, bottom = side.heat.box.pixels(*size)
    strengths = Image.fromarray((_strengths(side.heat) * _STRONGEST * 255).round().astype("uint8"))
    within = strengths.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    opacity = Image.new("L", size)
    opacity.paste(within, (left, top))
    return Image.composite(Image.new("RGB", size, _HUE), quiet, opacity)


def _strengths(heat: HeatMap):  # noqa: ANN202  # numpy is imported late
    """What each cell adds, 0..1; 1 is the most that any adds."""
    import numpy as np

    added = np.clip(heat.values, 0.0, None)
    return added / max(float(added.max()), 1e-9)
