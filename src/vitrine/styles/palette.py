"""The colours of a style: those of its garments, put together where eyes see one colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.colours import GarmentColour, name_of, rgb_from_lab

if TYPE_CHECKING:
    from vitrine.types import Json, Rows

_ONE_COLOUR = 10.0  # CIELAB distance up to which shades are one colour of a palette
_LEAST_SHARE = 0.04
_MOST = 6


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of a style."""

    name: str
    hex: str
    """As `#1f2a4d`."""
    share: float
    """Of the garments' visible cloth, 0..1."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {"name": self.name, "hex": self.hex, "share": round(self.share, 4)}


def palette_of(garments: Sequence[Sequence[GarmentColour]]) -> tuple[Swatch, ...]:
    """Put the main colours of garments together, the largest share first.

    Shades within a mean distance of 10 in CIELAB are one colour; what is under 4 % is left out, and
    of colours of one name the shares are summed and the largest is shown.

    Args:
        garments: main colours of each; a garment counts as much as another.
    """
    colours = [colour for garment in garments for colour in garment]
    if not colours:
        return ()
    lab = np.array([colour.lab for colour in colours])
    weights = np.array([colour.share for colour in colours])
    weights /= weights.sum()
    groups = _shades(lab)
    found: dict[str, Swatch] = {}
    sizes = np.bincount(groups, weights)
    for group in np.argsort(-sizes, kind="stable").tolist():
        share = float(sizes[group])
        if share < _LEAST_SHARE:
            break
        members = groups == group
        mean = np.average(lab[members], axis=0, weights=weights[members]).astype(np.float32)
        red, green, blue = (int(value) for value in rgb_from_lab(mean))
        name = name_of(mean)[0]
        if name in found:
            share += found[name].share
            found[name] = Swatch(name, found[name].hex, share)
        else:
            found[name] = Swatch(name, f"#{red:02x}{green:02x}{blue:02x}", share)
    return tuple(sorted(found.values(), key=lambda each: -each.share)[:_MOST])


def _shades(lab: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Rows:
    if len(lab) < 2:
        return np.zeros(len(lab), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    return np.asarray(fcluster(linkage(lab, "average"), _ONE_COLOUR, "distance")) - 1
