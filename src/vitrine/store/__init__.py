"""Where a shop's rows are kept; `Store` is the seam, one SQLite file the first kind."""

from vitrine.store.protocol import (
    ImageRecord,
    KeyRecord,
    PhotoRef,
    Store,
    StoreRows,
    VectorRecord,
    Writer,
    Written,
)
from vitrine.store.records import tags_from_json
from vitrine.store.sqlite import create_sqlite, look_into_sqlite, open_sqlite

__all__ = [
    "ImageRecord",
    "KeyRecord",
    "PhotoRef",
    "Store",
    "StoreRows",
    "VectorRecord",
    "Writer",
    "Written",
    "create_sqlite",
    "look_into_sqlite",
    "open_sqlite",
    "tags_from_json",
]
