"""Colour words, as fashion catalogues use them, and which one fits a colour."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vitrine.colours.lab import ciede2000

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.colours.lab import Lab

# Learned on the owners' labels of some ten thousand shop photos, rounded, rare words by hand.
_TABLE: tuple[tuple[str, tuple[float, float, float], float], ...] = (
    # word, CIELAB of a garment so called, handicap: how much nearer a rarer word must be;
    # the common words stand again for their extreme and vivid shades
    ("Black", (20, 0, 0), 0),
    ("White", (88, 0, 0), 0),
    ("Grey", (61, 0, 0), 0),
    ("Blue", (52, 0, -16), 0),
    ("Navy Blue", (27, 2, -9), 0),
    ("Brown", (36, 6, 9), 0),
    ("Green", (56, -17, 10), 0),
    ("Red", (49, 46, 22), 0),
    ("Purple", (43, 14, -11), 0),
    ("Pink", (66, 30, 1), 0),
    ("Yellow", (86, -3, 50), 0),
    ("Beige", (73, 3, 15), 0),
    ("Orange", (66, 32, 46), 0),
    ("Maroon", (33, 24, 7), 0),
    ("Black", (6, 0, 0), 0),
    ("White", (98, 0, 0), 0),
    ("Blue", (47, -3, -34), 0),
    ("Blue", (40, 15, -50), 0),
    ("Green", (52, -45, 36), 0),
    ("Red", (44, 62, 36), 0),
    ("Red", (51, 74, 58), 0),
    ("Purple", (33, 35, -34), 0),
    ("Pink", (57, 66, 8), 0),
    ("Yellow", (89, -4, 82), 0),
    ("Orange", (67, 44, 68), 0),
    ("Brown", (32, 17, 22), 0),
    ("Silver", (78, 0, 1), 6),
    ("Olive", (39, -3, 12), 6),
    ("Gold", (66, 4, 24), 8),
    ("Cream", (89, 1, 11), 6),
    ("Tan", (50, 13, 26), 6),
    ("Charcoal", (37, 0, -2), 8),
    ("Khaki", (60, 2, 19), 8),
    ("Off White", (91, 0, 7), 8),
    ("Lavender", (75, 12, -9), 6),
    ("Peach", (77, 25, 18), 6),
    ("Magenta", (45, 54, -5), 6),
    ("Mustard", (65, 8, 52), 8),
    ("Teal", (40, -14, -7), 6),
    ("Turquoise Blue", (72, -25, -14), 6),
    ("Steel", (68, -1, -3), 9),
    ("Copper", (52, 18, 22), 9),
    ("Bronze", (43, 8, 18), 9),
    ("Coffee Brown", (25, 6, 7), 8),
    ("Rust", (45, 33, 36), 6),
    ("Burgundy", (25, 24, 3), 6),
    ("Skin", (81, 9, 14), 9),
    ("Nude", (72, 13, 20), 9),
    ("Taupe", (55, 5, 10), 9),
    ("Mauve", (55, 20, -8), 8),
    ("Rose", (62, 32, 9), 9),
    ("Sea Green", (72, -25, 5), 8),
    ("Lime Green", (80, -22, 55), 6),
    ("Fluorescent Green", (88, -45, 75), 6),
)

COLOUR_NAMES: tuple[str, ...] = tuple(dict.fromkeys(word for word, _, _ in _TABLE))
"""Every word that `name_of` can answer, the common ones first."""

COMMON_COLOURS = frozenset(word for word, _, handicap in _TABLE if handicap == 0)
"""The words that most garments go by; the others win only where they fit clearly better."""


def name_of(lab: Lab) -> tuple[str, float]:
    """Find the colour word that fits best.

    Args:
        lab: (3,).

    Returns:
        The word, and how far the colour is from the one it stands for (CIEDE2000; above about
        15 the word is a stretch).

    Example:
        >>> name_of(np.array([20.0, 1.0, 1.0], np.float32))[0]
        'Black'
    """
    row, distance = nearest_names(lab[None])
    return COLOUR_NAMES[row[0]], float(distance[0])


def lab_of(word: str) -> tuple[float, float, float] | None:
    """CIELAB of an ordinary garment of a colour word; None where no word of the table is meant.

    Example:
        >>> lab_of("Navy Blue")
        (27, 2, -9)
    """
    return next((lab for known, lab, _ in _TABLE if known == word), None)


def nearest_names(lab: Lab) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Answer `name_of` for many colours.

    Args:
        lab: (n, 3).

    Returns:
        (n,) positions in `COLOUR_NAMES`, and (n,) distances.
    """
    centres, handicaps, words = _centres()
    distances = ciede2000(lab[:, None], centres)
    best = (distances + handicaps).argmin(axis=1)
    return words[best], distances[np.arange(len(lab)), best]


@cache
def _centres() -> tuple[Lab, NDArray[np.float32], NDArray[np.int64]]:
    centres = np.array([lab for _, lab, _ in _TABLE], np.float32)
    handicaps = np.array([handicap for _, _, handicap in _TABLE], np.float32)
    return centres, handicaps, np.array([COLOUR_NAMES.index(word) for word, _, _ in _TABLE])
