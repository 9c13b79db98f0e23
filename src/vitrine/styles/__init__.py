"""Styles: clusters of looks that are found, named by what their products say, and kept."""

from __future__ import annotations

from vitrine.styles.board import Looks, StyleBoard, StyleDetail, StyleSummary, looks_of
from vitrine.styles.membership import Membership, assign, memberships
from vitrine.styles.model import Style, StyleModel, from_bytes, to_bytes
from vitrine.styles.recipe import (
    DEFAULT_RECIPE,
    RECIPES,
    Figures,
    Found,
    figures_of,
    find_styles,
    settled_model,
    with_names,
)

__all__ = [
    "DEFAULT_RECIPE",
    "RECIPES",
    "Figures",
    "Found",
    "Looks",
    "Membership",
    "Style",
    "StyleBoard",
    "StyleDetail",
    "StyleModel",
    "StyleSummary",
    "assign",
    "figures_of",
    "find_styles",
    "from_bytes",
    "looks_of",
    "memberships",
    "settled_model",
    "to_bytes",
    "with_names",
]
