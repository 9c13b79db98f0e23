"""A shop as it is searched: one immutable view, replaced whole when something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import NotFoundError
from vitrine.index.columns import Columns, columns_of
from vitrine.index.filters import Mask, matching_rows
from vitrine.index.unheard import unheard_values
from vitrine.index.vectors import VectorIndex, empty_index
from vitrine.store import StoreRows
from vitrine.types import EncoderIdentity, Rows, Tag, Vectors, Where

NO_PHOTO = -1

_REBUILD_SHARE = 0.3  # of rows removed, above which a reader starts afresh


@dataclass(frozen=True, slots=True)
class Found:
    """A product and the photo of it that matched best."""

    product_id: str
    score: float
    """Cosine of the query and the photo."""
    photo_position: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Products, photos and vectors at one value of the change counter.

    A product or photo keeps its row while later snapshots grow from this one; changed and deleted
    ones are masked.
    """

    counter: int
    encoder: EncoderIdentity
    product_ids: tuple[str, ...]
    product_row_of: Mapping[str, int]
    """Living products only."""
    store_rows: Rows
    """The store's number of each product row."""
    alive: Mask
    columns: Columns
    photos: VectorIndex
    photo_products: Rows
    photo_positions: Rows
    main_photos: Rows
    """The photo row of each product's first photo; NO_PHOTO where it has none."""

    @property
    def n_products(self) -> int:
        """Products that can be found."""
        return len(self.product_row_of)

    @property
    def worn(self) -> bool:
        """So much was removed that loading all anew is better."""
        return bool(len(self.alive)) and 1 - self.alive.mean() > _REBUILD_SHARE

    def matching(self, where: Where | None) -> Mask:
        """Products that a filter lets through, (n_product_rows,)."""
        return self.alive if where is None else self.alive & matching_rows(self.columns, where)

    def unheard(self, where: Where | None) -> list[str]:
        """Give a line for each value that a filter asks for and no product says."""
        return [] if where is None else unheard_values(self.columns, self.alive, where)

    def tags_of(self, product_id: str) -> dict[str, Tag]:
        """What the encoder is sure of on a product's first photo."""
        row = self.product_row_of[product_id]
        return {
            head: Tag(word, float(self.columns.confidences[head][row]), unsure=False)
            for head, column in self.columns.tags.items()
            if (word := column.word(row))
        }

    def with_photo(self, products: Mask) -> Mask:
        """Those of these products (n_product_rows,) that a photo stands for."""
        return products & (self.main_photos != NO_PHOTO)

    def main_vectors(self, products: Rows) -> Vectors:
        """Vectors (n, dim) of the first photos of product rows; zeros where there is none."""
        photos = self.main_photos[products]
        shown = photos != NO_PHOTO
        out = np.zeros((len(products), self.photos.dim), dtype=np.float32)
        out[shown] = self.photos.vectors(photos[shown])
        return out

    def photo_rows(self, product_id: str) -> Rows:
        """Vectors of one product, main photo first.

        Raises:
            NotFoundError: no such product.
        """
        if product_id not in self.product_row_of:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")
        rows = np.flatnonzero(self.photo_products == self.product_row_of[product_id])
        return rows[np.argsort(self.photo_positions[rows], kind="stable")]

    def nearest(self, query: Vectors, k: int, among: Mask) -> list[Found]:
        """The k products whose best photo is nearest to a unit vector (dim,).

        Exact: k products come back if k of `among` have a photo. Ties go by `product_id`.
        """
        photos_among = among[self.photo_products]
        n_photos = int(np.count_nonzero(photos_among & self.photos.alive))
        wanted = min(2 * k + 16, n_photos)
        while True:
            scores, rows = self.photos.search(query, wanted, photos_among)
            found = self._best_photos(scores, rows)
            settled = len(found) > k and found[k - 1].score > float(scores[-1])
            if settled or wanted >= n_photos:
                return found[:k]
            wanted = min(4 * wanted, n_photos)

    def _best_photos(self, scores: NDArray[np.float32], rows: Rows) -> list[Found]:
        best: dict[int, Found] = {}
        for score, row in zip(scores.tolist(), rows.tolist(), strict=True):
            product = int(self.photo_products[row])
            if product not in best:
                position = int(self.photo_positions[row])
                best[product] = Found(self.product_ids[product], score, position)
        return sorted(best.values(), key=lambda found: (-found.score, found.product_id))

    def changed(self, rows: StoreRows) -> Snapshot:
        """Give the snapshot after a delta of the store."""
        gone = np.flatnonzero(np.isin(self.store_rows, rows.gone) & self.alive)
        gone_ids = {self.product_ids[row] for row in gone.tolist()}
        start = len(self.product_ids)
        row_of = {p: row for p, row in self.product_row_of.items() if p not in gone_ids}
        row_of |= {product_id: start + n for n, product_id in enumerate(rows.product_ids)}
        alive = np.concatenate([self.alive, np.ones(len(rows.product_ids), dtype=np.bool_)])
        alive[gone] = False
        old_photos = np.flatnonzero(np.isin(self.photo_products, gone))
        return Snapshot(
            rows.counter,
            rows.encoder,
            (*self.product_ids, *rows.product_ids),
            row_of,
            np.concatenate([self.store_rows, rows.product_rows]),
            alive,
            self.columns.then(columns_of(rows)),
            self.photos.remove(old_photos).add(rows.vectors),
            np.concatenate([self.photo_products, _positions(rows) + start]),
            np.concatenate([self.photo_positions, rows.photo_positions]),
            np.concatenate([self.main_photos, _main_photos(rows, self.photos.n_rows)]),
        )


def snapshot(rows: StoreRows) -> Snapshot:
    """Build the view of a whole shop."""
    return Snapshot(
        rows.counter,
        rows.encoder,
        tuple(rows.product_ids),
        {product_id: row for row, product_id in enumerate(rows.product_ids)},
        rows.product_rows,
        np.ones(len(rows.product_ids), dtype=np.bool_),
        columns_of(rows),
        empty_index(rows.encoder.dim).add(rows.vectors),
        _positions(rows),
        rows.photo_positions,
        _main_photos(rows, 0),
    )


def _main_photos(rows: StoreRows, start: int) -> Rows:
    """Where each product's first photo will stand among photos that already number `start`."""
    main = np.full(len(rows.product_ids), NO_PHOTO, dtype=np.int64)
    products = _positions(rows)
    last_to_first = np.lexsort((-rows.photo_positions, products))
    main[products[last_to_first]] = last_to_first + start  # of several, the last written stays
    return main


def _positions(rows: StoreRows) -> Rows:
    """Where each photo's product stands among the rows handed over."""
    order = np.argsort(rows.product_rows)
    return order[np.searchsorted(rows.product_rows, rows.photo_products, sorter=order)]
