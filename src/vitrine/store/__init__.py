"""Where a shop's rows are kept; `Store` is the seam, one SQLite file the first kind."""

from vitrine.store.event_postgres import open_postgres_events
from vitrine.store.event_protocol import Appended, EventCounts, EventRows, EventStore
from vitrine.store.folding import Piece, has_spelling, pairs, pieces
from vitrine.store.nouns import (
    ImageRecord,
    JobEnd,
    JobRecord,
    KeyRecord,
    LearnedRecord,
    PhotoRef,
    PriceRecord,
    ReviewRecord,
    StoreRows,
    TermRows,
    VectorRecord,
    Written,
)
from vitrine.store.protocol import Store, Writer
from vitrine.store.records import tags_from_json, texts_of
from vitrine.store.sqlite import create_sqlite, look_into_sqlite, open_sqlite

__all__ = [
    "Appended",
    "EventCounts",
    "EventRows",
    "EventStore",
    "ImageRecord",
    "JobEnd",
    "JobRecord",
    "KeyRecord",
    "LearnedRecord",
    "PhotoRef",
    "Piece",
    "PriceRecord",
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
    "open_postgres_events",
    "open_sqlite",
    "pairs",
    "pieces",
    "tags_from_json",
    "texts_of",
]
