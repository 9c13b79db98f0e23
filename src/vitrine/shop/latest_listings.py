"""A shop's listings, ready to be compared and kept up with it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from vitrine.compare import Listings, Reading, read
from vitrine.index import Snapshot
from vitrine.store import Store


class LatestListings:
    """Gives the newest listings; safe to share between threads.

    The first call reads every product, later ones only what changed.

    Args:
        store: where products are.
        view: the newest view of it.
    """

    def __init__(self, store: Store, view: Callable[[], Snapshot]) -> None:
        self._store = store
        self._view = view
        self._readings: dict[str, Reading] | None = None
        self._listings = Listings((), np.zeros((0, 0), np.float32))
        self._counter = -1
        self._refreshing = threading.Lock()

    def __call__(self) -> Listings:
        """The listings as the newest view has them, by `product_id`."""
        view = self._view()
        if view.counter <= self._counter:
            return self._listings
        with self._refreshing:
            if view.counter > self._counter:
                self._listings = self._read(view)
                self._counter = view.counter
            return self._listings

    def _read(self, view: Snapshot) -> Listings:
        if self._readings is None:
            fresh = {product.product_id: read(product) for product, _ in self._store.iterate()}
        else:
            changed = [*self._store.rows(self._counter).product_ids]
            fresh = {name: read(p) for name, p in self._store.products(changed).items()}
        every = {**(self._readings or {}), **fresh}
        ids = sorted(view.product_row_of.keys() & every.keys())
        self._readings = {product_id: every[product_id] for product_id in ids}
        rows = np.array([view.product_row_of[product_id] for product_id in ids], np.int64)
        return Listings([*self._readings.values()], view.main_vectors(rows))
