"""Where a shop's rows are kept; `Store` is the seam, one SQLite file the first kind."""

from vitrine.store.folding import Piece, has_spelling, pairs, pieces
from vitrine.store.protocol import (
    ImageRecord,
    JobEnd,
    JobRecord,
    KeyRecord,
    PhotoRef,
    ReviewRecord,
    Store,
    StoreRows,
    TermRows,
    VectorRecord,
    Writer,
    Written,
)
from vitrine.store.records import tags_from_json, texts_of
from vitrine.store.sqlite import create_sqlite, look_into_sqlite, open_sqlite

__all__ = [
    "ImageRecord",
    "JobEnd",
    "JobRecord",
    "KeyRecord",
    "PhotoRef",
    "Piece",
    "ReviewRecord",
    "Store",
    "StoreRows",
    "TermRows",
    "VectorRecord",
    "Writer",
    "Written",
    "create_sqlite",
    "has_spelling",
    "look_into_sqlite",
    "open_sqlite",
    "pairs",
    "pieces",
    "tags_from_json",
    "texts_of",
]
