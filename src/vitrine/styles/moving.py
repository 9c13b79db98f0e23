"""Styles that move with their shop from one encoder to another.

Centroids under two encoders cannot be compared, products can: what each centroid held when the shop
moved is kept with the styles, and the next fit finds them again by the products that they share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.board import StyleBoard
from vitrine.styles.emerging import waiting_rows
from vitrine.styles.membership import nearest_centroids
from vitrine.styles.model import Held, StyleModel
from vitrine.styles.separation import group_sums
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.types import Json, Rows, Vectors


@dataclass(frozen=True, slots=True)
class MovedName:
    """A name that a person gave, before and after a shop moved to another encoder."""

    style_id: str
    name: str
    overlap: float
    """Of the products that either held, how many both do, 0..1; 0 where the style is gone."""

    def to_json(self) -> Json:
        """The shape that the command line prints."""
        return {"style_id": self.style_id, "name": self.name, "overlap": round(self.overlap, 4)}


def held_by(board: StyleBoard) -> Held:
    """What each centroid holds, and who waits."""
    ids = np.array(board.looks.product_ids, dtype=object)
    nearest = nearest_centroids(board.model, board.looks.vectors)
    n_centroids = len(board.model.style_of)
    members = tuple(tuple(ids[nearest == each].tolist()) for each in range(n_centroids))
    return Held(members, tuple(ids[waiting_rows(board.model, board.looks)].tolist()))


def moved(
    model: StyleModel, held: Held, product_ids: Sequence[str], vectors: Vectors
) -> tuple[StyleModel, Rows]:
    """Put styles where their products are under another encoder.

    Args:
        model: over the vectors before.
        held: what its centroids held.
        product_ids: n of the shop.
        vectors: (n, dim) unit vectors, of the other encoder.

    Returns:
        The styles over these vectors, without centroids that hold nothing any more; fit to be
        matched with, not to be used. And (n,) the centroid that held each product, -1 for none.
    """
    place = {each: n for n, members in enumerate(held.members) for each in members}
    before = np.array([place.get(each, -1) for each in product_ids], dtype=np.int64)
    there, rows = np.unique(before[before >= 0], return_inverse=True)
    anchors = unit(group_sums(vectors[before >= 0], rows, len(there)))
    before[before >= 0] = rows
    over = replace(
        model, centroids=anchors, anchors=anchors, style_of=model.style_of[there], projection=()
    )
    return over, before


def moved_names(before: StyleModel, held: Held, board: StyleBoard) -> tuple[MovedName, ...]:
    """What became of the styles that people named, those that changed most first.

    Args:
        before: over the vectors before.
        held: what its centroids held; other products are not looked at.
        board: the styles of today.
    """
    known = {*chain.from_iterable(held.members)}
    has: dict[str, set[str]] = {}
    for product_id, style_id, _ in board.members():
        if product_id in known:
            has.setdefault(style_id, set()).add(product_id)
    there = known.intersection(board.looks.product_ids)
    found: list[MovedName] = []
    for number, style in enumerate(before.styles):
        if style.by_hand:
            own = np.flatnonzero(before.style_of == number).tolist()
            had = there.intersection(chain.from_iterable(held.members[each] for each in own))
            now = has.get(style.style_id, set())
            overlap = len(had & now) / max(1, len(had | now))
            found.append(MovedName(style.style_id, style.name, overlap))
    return tuple(sorted(found, key=lambda each: (each.overlap, each.style_id)))
