"""Vectors in memory, and filters turned into the rows that they let through."""

from vitrine.index.columns import ChoiceColumn, Columns, choice_column
from vitrine.index.facets import check_facets, count_facet
from vitrine.index.filters import (
    TAG_OF,
    Mask,
    check_one_currency,
    choice_of,
    filter_fields,
    matching_rows,
)
from vitrine.index.near_duplicates import near_duplicate_cosine
from vitrine.index.snapshot import Found, Snapshot, snapshot
from vitrine.index.vectors import VectorIndex, empty_index

__all__ = [
    "TAG_OF",
    "ChoiceColumn",
    "Columns",
    "Found",
    "Mask",
    "Snapshot",
    "VectorIndex",
    "check_facets",
    "check_one_currency",
    "choice_column",
    "choice_of",
    "count_facet",
    "empty_index",
    "filter_fields",
    "matching_rows",
    "near_duplicate_cosine",
    "snapshot",
]
