"""Somebody's own style, from a handful of photos.

The way of Navaneetha et al. (2023): hierarchical clustering of the photos with a distance
threshold, the mean of each cluster, and the shop's style that stands for most of them. Here the
distance is the cosine's, the linkage the average, and the threshold comes from the shop itself: the
distance at which two of its products are as likely to be of one style as of two.

Photos of a phone lie far from all photos of a shop, and the nearest centroid says little then: the
products nearest to a cluster vote for the style. `docs/your-style.md` has the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.styles.board import StyleBoard
    from vitrine.types import Rows, Scores, Vectors

MOST_VOTERS = 50
LEAST_SHARE = 0.4
"""Of the voters, that one style needs. With fewer, or where the voters lie further away than
products of one style do, the photos match no style."""
_TASTE_SHARE = 0.5  # of a score, that what one likes beyond the type of garment counts


@dataclass(frozen=True, slots=True)
class OwnLook:
    """Photos of somebody that look alike."""

    photos: tuple[int, ...]
    """Positions among the photos that came, ascending."""
    centre: Vectors
    """(dim,) unit vector."""
    style: int
    """Position of the style that most of the nearest products are of."""
    share: float
    """Of those products, 0..1."""


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What somebody's photos say together."""

    looks: tuple[OwnLook, ...]
    """The largest first."""
    outliers: tuple[int, ...]
    """Photos for which no style of the shop stands, ascending."""
    shares: Scores
    """(styles,) how much of the photos that are no outliers each style stands for; sums to 1, or
    to 0 where all are outliers."""

    @property
    def matched(self) -> bool:
        """Whether any style of the shop stands for these photos."""
        return bool(self.looks)

    @property
    def best(self) -> int:
        """Position of the style that stands for most of them."""
        return int(self.shares.argmax())


def wardrobe_of(photos: Vectors, board: StyleBoard) -> Wardrobe:
    """Group photos and find the style of each group.

    Args:
        photos: (n, dim) unit vectors, n >= 1.
        board: the shop's styles.
    """
    groups = groups_within(photos, board.one_style_within)
    looks: list[OwnLook] = []
    outliers: list[int] = []
    shares = np.zeros(len(board.model.styles), dtype=np.float32)
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups == group)
        centre = unit(photos[members].mean(axis=0, keepdims=True))[0]
        votes, cosine = votes_for(centre, board)
        style = int(votes.argmax())
        if votes[style] < LEAST_SHARE or cosine < 1.0 - board.one_style_within:
            outliers += members.tolist()
            continue
        shares += len(members) * votes
        looks.append(OwnLook(tuple(members.tolist()), centre, style, float(votes[style])))
    looks.sort(key=lambda look: (-len(look.photos), look.photos))
    total = max(float(shares.sum()), 1e-9)
    return Wardrobe(tuple(looks), tuple(sorted(outliers)), shares / total)


def votes_for(vector: Vectors, board: StyleBoard) -> tuple[Scores, float]:
    """Of the products nearest to a unit vector (dim,), the share of each style, (styles,).

    There are as many voters as the square root of the products, at most 50. Their mean cosine with
    the vector comes beside.
    """
    n = len(board.looks.vectors)
    n_voters = min(MOST_VOTERS, math.ceil(math.sqrt(n)))
    cosines = board.looks.vectors @ vector
    voters = np.argpartition(-cosines, n_voters - 1)[:n_voters]
    counts = np.bincount(board.membership.styles[voters], minlength=len(board.model.styles))
    return (counts / n_voters).astype(np.float32), float(cosines[voters].mean())


def groups_within(vectors: Vectors, distance: float) -> Rows:
    """Clusters (n,) of unit vectors that lie within a mean cosine distance of each other."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    apart = np.maximum(1.0 - vectors @ vectors.T, 0.0).astype(np.float64)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), "average")
    return np.asarray(fcluster(tree, distance, "distance"), dtype=np.int64) - 1


def taste_of(wardrobe: Wardrobe, board: StyleBoard) -> Vectors:
    """What the photos have in common beyond the styles that they belong to, (dim,)."""
    apart = [
        len(look.photos) * (look.centre - _middle(board, look.style, look.centre))
        for look in wardrobe.looks
    ]
    return unit(np.sum(apart, axis=0, keepdims=True))[0]


def fitting(wardrobe: Wardrobe, board: StyleBoard, among: Rows) -> Scores:
    """How well products fit somebody's photos, (n,), higher is better.

    Half of it is how near a product lies to the nearest group of photos, half how far it differs
    from its own style as the photos differ from theirs; so that a part of the wardrobe of which
    there is no photo is filled in the same taste.

    Args:
        wardrobe: with at least one look.
        board: the shop's styles.
        among: (n,) rows of the board's looks.
    """
    vectors = board.looks.vectors[among]
    centres = np.stack([look.centre for look in wardrobe.looks])
    near = (vectors @ centres.T).max(axis=1)
    anchors = board.model.anchors
    own = anchors[(vectors @ anchors.T).argmax(axis=1)]
    beyond = unit(vectors - own) @ taste_of(wardrobe, board)
    return ((1 - _TASTE_SHARE) * near + _TASTE_SHARE * beyond).astype(np.float32)


def _middle(board: StyleBoard, style: int, vector: Vectors) -> Vectors:
    anchors = board.model.anchors[board.model.style_of == style]
    return anchors[int((anchors @ vector).argmax())]
