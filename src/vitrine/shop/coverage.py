"""How much a shop says about its products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vitrine.index import TAG_OF, Snapshot, count_facet
from vitrine.store import Store
from vitrine.types import Json

COVERED = (
    *("title", "description", "link", "photo", "price", "brand", "article_type", "gender"),
    *("colour", "pattern", "material", "size"),
)
"""What is counted, the most needed about first."""

_IN_THE_STORE = ("title", "description", "link")
_COUNTED = ("article_type", "colour", "gender")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over every product of a shop."""

    n_products: int
    n_photos: int
    n_without_photo: int
    n_said: Mapping[str, int]
    """Field of `COVERED` -> how many products say something there."""
    n_seen: Mapping[str, int]
    """The same field -> how many of the others the encoder is sure about."""
    values: Mapping[str, Json]
    """article_type, colour and gender -> what products say, as facets count it."""


def coverage_of(view: Snapshot, store: Store) -> Coverage:
    """Count what a shop says, and what its encoder adds."""
    columns, alive = view.columns, view.alive
    with_photo = view.with_photo(alive)
    said = store.n_said(_IN_THE_STORE)
    said["photo"] = int(np.count_nonzero(with_photo))
    said["price"] = int(np.count_nonzero(~np.isnan(columns.numbers["price"][alive])))
    seen: dict[str, int] = {}
    for name in COVERED:
        if name not in said:
            own = columns.choices[name].known()
            said[name] = int(np.count_nonzero(own & alive))
            if tag := columns.tags.get(TAG_OF.get(name, name)):
                seen[name] = int(np.count_nonzero(tag.known() & ~own & alive))
    return Coverage(
        n_products=view.n_products,
        n_photos=int(np.count_nonzero(view.photos.alive)),
        n_without_photo=view.n_products - said["photo"],
        n_said={name: said[name] for name in COVERED},
        n_seen=seen,
        values={name: count_facet(columns, name, alive) for name in _COUNTED},
    )
