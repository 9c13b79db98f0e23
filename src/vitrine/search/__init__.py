"""What a query means: its filter, vector, words and changes, its order, and each hit's reason."""

from vitrine.search.composing import Composition, Reference, compose, reference_of
from vitrine.search.fusion import fuse, reciprocal_ranks
from vitrine.search.garments import FoundGarment, box_around, garment_boxes, overlap
from vitrine.search.heat import HeatMap, heat_map
from vitrine.search.modifiers import Change, read_change
from vitrine.search.paging import Leader, matching_closely, page
from vitrine.search.query import GROUPINGS, SORTS, Box, Query, query_of
from vitrine.search.ranking import Candidate, Everything, Looks, Ranking, Said, SaidAndLooks
from vitrine.search.reasons import Fact, Facts, facts, shared_facts, tagged_facts
from vitrine.search.vector import product_vector, query_vector, score
from vitrine.search.where import parse_where
from vitrine.search.words import (
    WordMatch,
    WordMatches,
    match_words,
    with_corrections,
    words_said,
)

__all__ = [
    "GROUPINGS",
    "SORTS",
    "Box",
    "Candidate",
    "Change",
    "Composition",
    "Everything",
    "Fact",
    "Facts",
    "FoundGarment",
    "HeatMap",
    "Leader",
    "Looks",
    "Query",
    "Ranking",
    "Reference",
    "Said",
    "SaidAndLooks",
    "WordMatch",
    "WordMatches",
    "box_around",
    "compose",
    "facts",
    "fuse",
    "garment_boxes",
    "heat_map",
    "match_words",
    "matching_closely",
    "overlap",
    "page",
    "parse_where",
    "product_vector",
    "query_of",
    "query_vector",
    "read_change",
    "reciprocal_ranks",
    "reference_of",
    "score",
    "shared_facts",
    "tagged_facts",
    "with_corrections",
    "words_said",
]
