"""Colours as people see them: CIELAB, distances, names, and the main colours of a garment."""

from __future__ import annotations

from vitrine.colours.garment import (
    GarmentColour,
    centre_weights,
    dominant_colours,
    dominant_lab,
    garment_weights,
)
from vitrine.colours.lab import ciede2000, lab_from_rgb, rgb_from_lab
from vitrine.colours.names import COLOUR_NAMES, COMMON_COLOURS, lab_of, name_of, nearest_names

__all__ = [
    "COLOUR_NAMES",
    "COMMON_COLOURS",
    "GarmentColour",
    "centre_weights",
    "ciede2000",
    "dominant_colours",
    "dominant_lab",
    "garment_weights",
    "lab_from_rgb",
    "lab_of",
    "name_of",
    "nearest_names",
    "rgb_from_lab",
]
