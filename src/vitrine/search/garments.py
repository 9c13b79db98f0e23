"""From how likely each kind of garment is at each place of a photo, to a few boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.search.query import Box

MOST_GARMENTS = 5
_THERE = 0.28  # likelihood from which a place belongs to a garment
_LEAST_SHARE = 0.002  # of the photo, that a garment covers
_SECOND_SHARE = 0.2  # of the largest part: smaller parts, a stray patch say, are left out
_TRIMMED = 0.02  # of a garment's weight that may lie outside each side of its box
_JOINED = 0.85  # what a box of two kinds together counts, against one of a kind
_PART = 0.1  # of such a box, that each of its kinds has at least
_TOGETHER = (
    *(("top", "outerwear"), ("top", "dress"), ("outerwear", "dress"), ("dress", "bottom")),
    *(("top", "outerwear", "dress"), ("top", "dress", "bottom")),
)
"""Kinds that are hard to tell apart: the box of all of them is tried as well."""


@dataclass(frozen=True, slots=True)
class FoundGarment:
    """A garment on a photo."""

    kind: str
    score: float
    """0..1, how sure it is; the first of several is the surest."""
    box: Box


def garment_boxes(
    likely: NDArray[np.floating], kinds: Sequence[str], most: int = MOST_GARMENTS
) -> list[FoundGarment]:
    """Find the boxes of garments, the surest first.

    A box counts the less the more it overlaps with one that was chosen before, by the root of what
    is new: outerwear and the top beneath it share most of their boxes.

    Args:
        likely: (kinds, rows, columns), each 0..1: how likely each kind is at each place.
        kinds: their names.
        most: how many to give at most.
    """
    place = {kind: n for n, kind in enumerate(kinds)}
    groups = [(kind,) for kind in kinds]
    groups += [group for group in _TOGETHER if all(kind in place for kind in group)]
    candidates = [
        found
        for group in groups
        if (found := _candidate(likely[[place[kind] for kind in group]], group)) is not None
    ]
    chosen: list[FoundGarment] = []
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda each: (_gain(each, chosen), each.box.sides))
        if _gain(best, chosen) <= 0:
            break
        candidates.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda each: -each.score)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0..1.

    Example:
        >>> overlap(Box(0, 0, 0.5, 1), Box(0.25, 0, 0.75, 1))
        0.3333333333333333
    """
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(0.0, width) * max(0.0, height)
    return common / (_area(one) + _area(other) - common)


def _gain(candidate: FoundGarment, chosen: Sequence[FoundGarment]) -> float:
    new = math.prod(1 - overlap(candidate.box, other.box) for other in chosen)
    return candidate.score * math.sqrt(new)


def _candidate(likely: NDArray[np.floating], group: tuple[str, ...]) -> FoundGarment | None:
    whole = likely.sum(axis=0)
    there = _large_parts(whole > _THERE)
    n_places = int(there.sum())
    if n_places < max(2, _LEAST_SHARE * there.size):
        return None
    parts = likely[:, there].sum(axis=1)
    if parts.min() < _PART * parts.sum():
        return None
    kind = group[int(parts.argmax())]
    score = float(whole[there].mean()) * (1.0 if len(group) == 1 else _JOINED)
    return FoundGarment(kind, score, box_around(np.where(there, whole, 0.0), _TRIMMED))


def box_around(weight: NDArray[np.floating | np.integer | np.bool_], outside: float) -> Box:
    """The box around a weight, a small share of which may lie outside each of its sides.

    Args:
        weight: (height, width), 0 or more, not all 0.
        outside: that share, 0..1.
    """
    rows, columns = weight.shape
    top, bottom = _extent(weight.sum(axis=1), outside)
    left, right = _extent(weight.sum(axis=0), outside)
    return Box(left / columns, top / rows, right / columns, bottom / rows)


def _extent(weight: NDArray[np.floating | np.integer], outside: float) -> tuple[int, int]:
    so_far = np.cumsum(weight) / weight.sum()
    first, last = np.searchsorted(so_far, (outside, 1 - outside)).tolist()
    return first, min(last, len(weight) - 1) + 1


def _large_parts(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without small parts that hang together with nothing."""
    parts = _parts(there)
    names, sizes = np.unique(parts[parts > 0], return_counts=True)
    if not len(names):
        return there
    return np.isin(parts, names[sizes >= _SECOND_SHARE * sizes.max()])


def _parts(there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number for each place, the same for those that hang together; 0 where nothing is."""
    names = np.where(there, np.arange(1, there.size + 1).reshape(there.shape), 0)
    while True:
        around = np.pad(names, 1)
        near = (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:])
        spread = np.where(there, np.maximum.reduce([names, *near]), 0)
        if np.array_equal(spread, names):
            return names
        names = spread


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
