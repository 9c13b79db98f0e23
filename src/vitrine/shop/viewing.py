"""The view that searches are answered from, kept up with the shop."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager

from vitrine.index import Snapshot, snapshot
from vitrine.store import Store


class LatestView:
    """Gives the newest view of a store; safe to share between threads.

    Args:
        store: whose change counter is compared before each view is given.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._view: Snapshot | None = None
        self._refreshing = threading.Lock()

    def __call__(self) -> Snapshot:
        """Load what changed since the last view, if anything did."""
        view = self._view
        if view is not None and view.counter == self._store.counter():
            return view
        with self._refreshing, _no_collection():
            view = self._view
            rows = self._store.rows(0 if view is None or view.worn else view.counter)
            if view is not None and not view.worn and rows.encoder == view.encoder:
                self._view = view.changed(rows)
            else:
                self._view = snapshot(rows if view is None or view.worn else self._store.rows())
            return self._view


@contextmanager
def _no_collection() -> Generator[None]:
    """Rows come as hundreds of thousands of small objects, and no cycle is among them.

    Looking for cycles takes a third of the time in which a shop of 40,000 products opens.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
