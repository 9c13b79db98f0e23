"""Labels as Singh et al. (VIT), paper D of our feature table, count them, and what they claim.

Their loss has 3 genders, 5 master categories, 33 sub-categories, 142 article types, 14 colours and
4 seasons. Which labels were merged is not said; this table is ours: children's genders join the
adults', colours join their family, and of categories the most frequent are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vitrine.train.photos import Photo

HEADS = (
    *("gender", "master_category", "sub_category", "article_type", "base_colour", "season"),
    "usage",
)
"""The seven attributes."""

CLAIMED: Mapping[str, float] = {
    "gender": 0.9809,
    "master_category": 0.9981,
    "sub_category": 0.9944,
    "article_type": 0.9722,
    "base_colour": 0.9056,
    "season": 0.9126,
    "usage": 0.9738,
}
"""Accuracies after 5 epochs, as published; the printed confusion matrices hold about 32 photos."""

N_CLAIMED = 32

MOST: Mapping[str, int] = {"master_category": 5, "sub_category": 33, "article_type": 142}
_GENDERS = {"Boys": "Men", "Girls": "Women", "Unisex Kids": "Unisex"}
_FAMILIES: Mapping[str, str] = {
    "Black": "Black",
    "White": "White, Off White",
    "Grey": "Grey, Grey Melange, Charcoal, Steel, Silver",
    "Blue": "Blue, Navy Blue, Turquoise Blue, Teal",
    "Green": "Green, Olive, Sea Green, Lime Green, Khaki, Fluorescent Green",
    "Red": "Red, Maroon, Burgundy, Rust",
    "Pink": "Pink, Magenta, Rose, Peach",
    "Purple": "Purple, Lavender, Mauve",
    "Yellow": "Yellow, Mustard, Gold",
    "Orange": "Orange, Copper",
    "Brown": "Brown, Coffee Brown, Mushroom Brown, Bronze, Tan",
    "Beige": "Beige, Cream, Nude, Skin, Taupe",
    "Metallic": "Metallic",
    "Multi": "Multi",
}
_FAMILY_OF = {
    word.strip(): family for family, words in _FAMILIES.items() for word in words.split(",")
}


def merged_like_paper_d(photos: Sequence[Photo]) -> list[Photo]:
    """Photos with merged labels; a label beyond the most frequent becomes unknown.

    Args:
        photos: with labels as the source spells them.
    """
    labels = [_merged(photo.labels) for photo in photos]
    kept: dict[str, set[str]] = {}
    for head, n in MOST.items():
        counts = Counter(said[head] for said in labels if head in said)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept[head] = {value for value, _ in ranked[:n]}
    return [
        replace(photo, labels={h: v for h, v in said.items() if h not in kept or v in kept[h]})
        for photo, said in zip(photos, labels, strict=True)
    ]


def _merged(labels: Mapping[str, str]) -> dict[str, str]:
    said = {head: value for head, value in labels.items() if head in HEADS}
    if gender := said.get("gender"):
        said["gender"] = _GENDERS.get(gender, gender)
    if colour := said.get("base_colour"):
        said["base_colour"] = _FAMILY_OF.get(colour, colour)
    return said
