"""Styles that stay the same styles when they are found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.membership import matched
from vitrine.styles.model import Style, StyleModel

if TYPE_CHECKING:
    from vitrine.types import Rows, Vectors

SAME_FROM = 0.9
"""Cosine of two centroids from which they are one style; `docs/styles.md` says why."""


def kept_styles(anchors: Vectors, before: StyleModel | None) -> tuple[tuple[Style, ...], Rows, int]:
    """Give new centroids the styles that were there before, as far as they are the same.

    Centroids are matched one to one. Those that go to the centroids of one style, because a person
    merged styles, are one style again.

    Args:
        anchors: (c, dim) unit vectors, the middles of the centroids that were just found.
        before: what was there, over the same encoder's vectors; None where nothing was.

    Returns:
        The styles, with empty names where one has to be made; (c,) the position of each centroid's
        style; the number of the next style.
    """
    number = 1 if before is None else before.next_number
    old = np.full(len(anchors), -1, dtype=np.int64)
    if before is not None:
        old = matched(anchors, before.anchors)
        cosines = (anchors * before.anchors[old]).sum(axis=1)
        old = np.where((old >= 0) & (cosines >= SAME_FROM), old, -1)
    styles: list[Style] = []
    place_of: dict[str, int] = {}
    style_of = np.empty(len(anchors), dtype=np.int64)
    for centroid, same in enumerate(old.tolist()):
        if before is not None and same >= 0:
            found = before.styles[int(before.style_of[same])]
            style = found if found.by_hand else Style(found.style_id, "")
        else:
            style, number = Style(f"s{number:02}", ""), number + 1
        if style.style_id not in place_of:
            place_of[style.style_id] = len(styles)
            styles.append(style)
        style_of[centroid] = place_of[style.style_id]
    return tuple(styles), style_of, number
