"""Styles as a tree of coarse and fine ones, and as a graph of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.clustering import Prototypes, cut, ward_tree
from vitrine.styles.membership import memberships
from vitrine.styles.naming import style_names
from vitrine.styles.separation import group_sums
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.styles.board import StyleBoard
    from vitrine.types import Json, Rows

_MOST_GROUPS = 8
_N_EDGES = 3
_MOST_OVERLAP_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Join:
    """Two branches of the tree that become one."""

    style_ids: tuple[str, ...]
    """Every style below, those of the larger branch first."""
    height: float
    """How much further products lie from the middle of their branch than before (Ward); rises."""


@dataclass(frozen=True, slots=True)
class StyleGroup:
    """Styles that are one when seen from afar."""

    name: str
    style_ids: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Two styles that share products."""

    style_ids: tuple[str, str]
    overlap: float
    """0..1, the cosine of their soft memberships over all products."""


@dataclass(frozen=True, slots=True)
class StyleTree:
    """Coarse groups, the joins from fine to coarse, and which styles are neighbours."""

    groups: tuple[StyleGroup, ...]
    """The largest first."""
    joins: tuple[Join, ...]
    """From the first to the last; the last holds every style."""
    edges: tuple[Edge, ...]
    """The strongest first; each style's three strongest are among them."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "groups": [
                {"name": each.name, "size": each.size, "styles": list(each.style_ids)}
                for each in self.groups
            ],
            "joins": [
                {"styles": list(each.style_ids), "height": round(each.height, 4)}
                for each in self.joins
            ],
            "edges": [
                {"styles": list(each.style_ids), "overlap": round(each.overlap, 4)}
                for each in self.edges
            ],
        }


def style_tree(board: StyleBoard) -> StyleTree:
    """Join the styles of a shop two by two, and cut where joining on costs most.

    Styles without a product take no part.
    """
    styles = board.membership.styles
    sizes = np.bincount(styles, minlength=len(board.model.styles))
    there = np.flatnonzero(sizes)
    ids = [board.model.styles[place].style_id for place in there.tolist()]
    centres = unit(group_sums(board.looks.vectors, styles, len(sizes))[there])
    merges = ward_tree(Prototypes(centres, sizes[there].astype(np.float64)))
    place = np.zeros(len(sizes), dtype=np.int64)
    place[there] = np.arange(len(there))
    leaves = _coarse(merges)
    return StyleTree(_groups(board, ids, leaves, place[styles]), _joins(ids, merges), _edges(board))


def _coarse(merges: list[tuple[int, int, float]]) -> Rows:
    """The group of each leaf: of 2 to 8 groups, cut where the next join is dearest for the last."""
    n_leaves = len(merges) + 1
    numbers = range(2, min(_MOST_GROUPS, n_leaves - 1) + 1)
    if not numbers:
        return np.zeros(n_leaves, dtype=np.int64)
    heights = [max(height, 1e-12) for _, _, height in merges]
    return cut(
        merges, max(numbers, key=lambda k: heights[n_leaves - k] / heights[n_leaves - k - 1])
    )


def _groups(
    board: StyleBoard, ids: list[str], leaves: Rows, styles: Rows
) -> tuple[StyleGroup, ...]:
    n_groups = int(leaves.max()) + 1
    names = style_names(board.looks.said, leaves[styles], n_groups)
    sizes = np.bincount(leaves[styles], minlength=n_groups).tolist()
    found = [
        StyleGroup(name, tuple(ids[leaf] for leaf in np.flatnonzero(leaves == n).tolist()), size)
        for n, (name, size) in enumerate(zip(names, sizes, strict=True))
    ]
    return tuple(sorted(found, key=lambda each: (-each.size, each.style_ids)))


def _joins(ids: list[str], merges: list[tuple[int, int, float]]) -> tuple[Join, ...]:
    branches: dict[int, tuple[str, ...]] = {leaf: (style_id,) for leaf, style_id in enumerate(ids)}
    joins: list[Join] = []
    for stays, joined, height in merges:
        pair = sorted((branches[stays], branches.pop(joined)), key=lambda each: -len(each))
        branches[stays] = (*pair[0], *pair[1])
        joins.append(Join(branches[stays], height))
    return tuple(joins)


def _edges(board: StyleBoard) -> tuple[Edge, ...]:
    vectors = board.looks.vectors
    shares = memberships(board.model, vectors[:: 1 + len(vectors) // _MOST_OVERLAP_ROWS])
    overlaps = shares.T @ shares
    lengths = np.sqrt(np.maximum(overlaps.diagonal(), 1e-12))
    overlaps = overlaps / lengths[:, None] / lengths
    np.fill_diagonal(overlaps, -1.0)
    strongest = np.argsort(-overlaps, axis=1, kind="stable")[:, :_N_EDGES]
    pairs = {(min(a, b), max(a, b)) for a, row in enumerate(strongest.tolist()) for b in row}
    styles = board.model.styles
    found = [
        Edge((styles[one].style_id, styles[other].style_id), float(overlaps[one, other]))
        for one, other in pairs
        if one != other
    ]
    return tuple(sorted(found, key=lambda each: (-each.overlap, each.style_ids)))
