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
SAME_PRODUCTS_FROM = 1 / 3
"""Of the products that either of two centroids holds, the share that both hold, from which they are
one style: two of one size share half of what they hold. `docs/styles.md` says why."""


def same_look(anchors: Vectors, before: Vectors) -> Rows:
    """Match centroids over the same vectors by their cosines, one to one.

    Args:
        anchors: (c, dim) unit vectors, the middles of the centroids that were just found.
        before: (b, dim) those that were there.

    Returns:
        (c,) the position of the one before that each is the same as; -1 for none.
    """
    old = matched(anchors, before)
    cosines = (anchors * before[old]).sum(axis=1)
    return np.where((old >= 0) & (cosines >= SAME_FROM), old, -1)


def same_products(now: Rows, before: Rows, n_now: int) -> Rows:
    """Match centroids by the products that they share (Jaccard), one to one, best in sum.

    Args:
        now: (n,) the centroid that holds each product.
        before: (n,) the centroid that held it; -1 where none did.
        n_now: centroids, c.

    Returns:
        (c,) as `same_look` gives it.
    """
    from scipy.optimize import linear_sum_assignment

    known = before >= 0
    shared = np.zeros((n_now, int(before.max(initial=-1)) + 1))
    np.add.at(shared, (now[known], before[known]), 1)
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0) - shared
    overlap = shared / np.maximum(either, 1)
    rows, columns = linear_sum_assignment(-overlap)
    same = np.full(n_now, -1, dtype=np.int64)
    same[rows] = np.where(overlap[rows, columns] >= SAME_PRODUCTS_FROM, columns, -1)
    return same


def kept_styles(same: Rows, before: StyleModel | None) -> tuple[tuple[Style, ...], Rows, int]:
    """Give new centroids the styles that were there before, as far as they are the same.

    Those that go to the centroids of one style, because a person merged styles, are one style
    again.

    Args:
        same: (c,) the centroid of `before` that each one is the same as; -1 for none.
        before: what was there; None where nothing was.

    Returns:
        The styles, with empty names where one has to be made; (c,) the position of each centroid's
        style; the number of the next style.
    """
    number = 1 if before is None else before.next_number
    styles: list[Style] = []
    place_of: dict[str, int] = {}
    style_of = np.empty(len(same), dtype=np.int64)
    for centroid, old in enumerate(same.tolist()):
        if before is not None and old >= 0:
            found = before.styles[int(before.style_of[old])]
            style = found if found.by_hand else Style(found.style_id, "")
        else:
            style, number = Style(f"s{number:02}", ""), number + 1
        if style.style_id not in place_of:
            place_of[style.style_id] = len(styles)
            styles.append(style)
        style_of[centroid] = place_of[style.style_id]
    return tuple(styles), style_of, number
