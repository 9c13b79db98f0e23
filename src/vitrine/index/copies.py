"""Different products that show the same photo, or nearly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vitrine.index.columns import MISSING
from vitrine.index.near_duplicates import near_duplicate_cosine
from vitrine.index.snapshot import Snapshot
from vitrine.types import Rows

_BLOCK_PHOTOS = 256
_GROUP_FIELD = "item_group_id"


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Products with near-duplicate photos; every other one is a near-duplicate of the first."""

    product_ids: tuple[str, ...]


def copy_groups(view: Snapshot, *, stop: Callable[[], bool]) -> Iterator[CopyGroup]:
    """Compare every photo with every other; products of one `item_group_id` may look alike.

    A product stands in one group at most. The work grows with the square of the photos:
    `docs/web-app.md` says how long it takes.

    Args:
        view: what is looked at.
        stop: asked between blocks; once true nothing more comes.
    """
    least = near_duplicate_cosine(view.encoder)
    photos = np.flatnonzero(view.photos.alive)
    products = view.photo_products[photos]
    vectors = view.photos.vectors(photos)
    variants = view.columns.choices[_GROUP_FIELD].codes
    taken = np.zeros(len(view.product_ids), dtype=np.bool_)
    for start in range(0, len(photos), _BLOCK_PHOTOS):
        if stop():
            return
        block = slice(start, start + _BLOCK_PHOTOS)
        near = vectors[block] @ vectors[start:].T >= least
        for row in np.flatnonzero(np.count_nonzero(near, axis=1) > 1).tolist():
            first = int(products[start + row])
            others = _others(first, np.unique(products[start:][near[row]]), variants)
            others = others[~taken[others]]
            if len(others) and not taken[first]:
                members = [first, *others.tolist()]
                taken[members] = True
                yield CopyGroup(tuple(view.product_ids[member] for member in members))


def _others(first: int, found: Rows, variants: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Rows:
    """Those of the found products that are neither the first nor its variants."""
    same = (variants[found] == variants[first]) & (variants[first] != MISSING)
    return found[(found != first) & ~same]
