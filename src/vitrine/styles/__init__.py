"""Styles: clusters of looks that are found, named by what their products say, and kept."""

from __future__ import annotations

from vitrine.styles.board import Looks, StyleBoard, StyleDetail, StyleSummary, looks_of
from vitrine.styles.emerging import (
    Newcomers,
    Proposal,
    accepted,
    newcomers_of,
    taken_in,
    without_news,
)
from vitrine.styles.hierarchy import StyleGroup, StyleTree, style_tree
from vitrine.styles.membership import Membership, assign, memberships
from vitrine.styles.model import Layer, Limits, Style, StyleModel, from_bytes, to_bytes
from vitrine.styles.moving import MovedName, held_by, moved_names
from vitrine.styles.palette import Swatch, palette_of
from vitrine.styles.recipe import (
    DEFAULT_RECIPE,
    RECIPES,
    Figures,
    Found,
    MergedPrototypes,
    Recipe,
    figures_of,
    model_of,
    settled_model,
    silhouette_by_chance,
    with_names,
)
from vitrine.styles.wardrobe import OwnLook, Wardrobe, fitting, wardrobe_of

__all__ = [
    "DEFAULT_RECIPE",
    "RECIPES",
    "Figures",
    "Found",
    "Layer",
    "Limits",
    "Looks",
    "Membership",
    "MergedPrototypes",
    "MovedName",
    "Newcomers",
    "OwnLook",
    "Proposal",
    "Recipe",
    "Style",
    "StyleBoard",
    "StyleDetail",
    "StyleGroup",
    "StyleModel",
    "StyleSummary",
    "StyleTree",
    "Swatch",
    "Wardrobe",
    "accepted",
    "assign",
    "figures_of",
    "fitting",
    "from_bytes",
    "held_by",
    "looks_of",
    "memberships",
    "model_of",
    "moved_names",
    "newcomers_of",
    "palette_of",
    "settled_model",
    "silhouette_by_chance",
    "style_tree",
    "taken_in",
    "to_bytes",
    "wardrobe_of",
    "with_names",
    "without_news",
]
