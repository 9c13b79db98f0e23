"""Products as recommendations see them: vectors, and a few columns of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.index import (
    TAG_OF,
    ChoiceColumn,
    Mask,
    Snapshot,
    VectorIndex,
    choice_column,
    empty_index,
)
from vitrine.types import Rows, Scores, Vectors

FIELDS = (
    *("article_type", "colour", "gender", "age_group", "season", "usage", "brand", "pattern"),
)
"""Columns of words, of which tags fill what the shop does not say."""

_NO_PHOTO = -1
_UNAVAILABLE = ("out_of_stock", "backorder")


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Every product row of a shop, living or not; rows are those of the index's snapshot."""

    product_ids: Sequence[str]
    row_of: Mapping[str, int]
    """Living products only."""
    sellable: Mask
    """(n,) living and not out of stock."""
    words: Mapping[str, ChoiceColumn]
    """Of each of `FIELDS`."""
    groups: Rows
    """(n,) variants share a number; -1 where a product has none."""
    prices: NDArray[np.float64]
    """(n,) NaN where nothing is said."""
    arrivals: Rows
    """(n,) grows with each product that was put into the shop."""
    photos: VectorIndex
    photo_products: Rows
    main_photos: Rows
    """(n,) the photo row of each product's first photo; -1 where it has none."""

    def __len__(self) -> int:
        return len(self.product_ids)

    def rows(self, product_ids: Sequence[str]) -> Rows:
        """Rows (m,) of those of these products that live, in their order."""
        found = [self.row_of[each] for each in product_ids if each in self.row_of]
        return np.array(found, dtype=np.int64)

    def vectors(self, rows: Rows) -> Vectors:
        """Vectors (m, dim) of the first photos of product rows; zeros where there is none."""
        photos = self.main_photos[rows]
        shown = photos != _NO_PHOTO
        out = np.zeros((len(rows), self.photos.dim), dtype=np.float32)
        out[shown] = self.photos.vectors(photos[shown])
        return out

    def nearest(self, query: Vectors, k: int, among: Mask) -> tuple[Rows, Scores]:
        """Product rows whose first photo is nearest to a unit vector (dim,), with cosines.

        At most k; ties go by row.
        """
        first = np.zeros(self.photos.n_rows, dtype=np.bool_)
        first[self.main_photos[among & (self.main_photos != _NO_PHOTO)]] = True
        scores, photos = self.photos.search(query, k, first)
        return self.photo_products[photos], scores


def shelf_of(view: Snapshot) -> Shelf:
    """The shelf of a shop's view."""
    columns = view.columns
    words: dict[str, ChoiceColumn] = {}
    for name in FIELDS:
        own = columns.choices[name]
        tag = columns.tags.get(TAG_OF.get(name, name))
        words[name] = own if tag is None else own.or_else(tag)
    return Shelf(
        view.product_ids,
        view.product_row_of,
        view.alive & ~columns.choices["availability"].has(_UNAVAILABLE),
        words,
        columns.choices["item_group_id"].codes.astype(np.int64),
        columns.numbers["price"],
        view.store_rows,
        view.photos,
        view.photo_products,
        view.main_photos,
    )


def make_shelf(
    product_ids: Sequence[str],
    vectors: Vectors,
    words: Mapping[str, Sequence[str]] | None = None,
    *,
    groups: Sequence[str] | None = None,
    prices: NDArray[np.float64] | None = None,
    sellable: Mask | None = None,
) -> Shelf:
    """A shelf from arrays, for simulations and measurements; later products are newer.

    Args:
        product_ids: n of them, each once.
        vectors: (n, dim) unit rows; a row of zeros is a product without a photo.
        words: n words for any of `FIELDS`; empty is unknown.
        groups: n names of groups of variants; empty for none.
        prices: (n,); None for unknown.
        sellable: (n,); None for all.
    """
    n_products = len(product_ids)
    said = words or {}
    blank = [""] * n_products
    photos = np.flatnonzero(np.any(vectors != 0, axis=1))
    main = np.full(n_products, _NO_PHOTO, dtype=np.int64)
    main[photos] = np.arange(len(photos))
    return Shelf(
        tuple(product_ids),
        {product_id: row for row, product_id in enumerate(product_ids)},
        np.ones(n_products, dtype=np.bool_) if sellable is None else sellable,
        {name: choice_column(said.get(name, blank)) for name in FIELDS},
        choice_column(groups or blank).codes.astype(np.int64),
        np.full(n_products, np.nan) if prices is None else prices,
        np.arange(n_products),
        empty_index(vectors.shape[1]).add(np.ascontiguousarray(vectors[photos], np.float32)),
        photos,
        main,
    )
