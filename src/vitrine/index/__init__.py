"""Vectors in memory, and filters turned into the rows that they let through."""

from vitrine.index.columns import ChoiceColumn, Columns, choice_column
from vitrine.index.filters import filter_fields, matching_rows
from vitrine.index.snapshot import Found, Snapshot, snapshot
from vitrine.index.vectors import VectorIndex, empty_index

__all__ = [
    "ChoiceColumn",
    "Columns",
    "Found",
    "Snapshot",
    "VectorIndex",
    "choice_column",
    "empty_index",
    "filter_fields",
    "matching_rows",
    "snapshot",
]
