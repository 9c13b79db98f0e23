"""What a query means: its filter, its vector, its words, and the reason of each hit."""

from vitrine.search.fusion import fuse
from vitrine.search.query import (
    check_query,
    facts,
    query_vector,
    score,
    shared_facts,
    tagged_facts,
    why_similar,
)
from vitrine.search.where import parse_where
from vitrine.search.words import WordMatch, WordMatches, match_words, words_said

__all__ = [
    "WordMatch",
    "WordMatches",
    "check_query",
    "facts",
    "fuse",
    "match_words",
    "parse_where",
    "query_vector",
    "score",
    "shared_facts",
    "tagged_facts",
    "why_similar",
    "words_said",
]
