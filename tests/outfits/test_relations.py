from __future__ import annotations

import numpy as np
import pytest

from vitrine.outfits.relations import (
    FACETS,
    UNKNOWN,
    code_of,
    relation,
    relation_table,
    weight_table,
    words_of,
)


@pytest.mark.parametrize(
    ("facet", "first", "second", "expected"),
    [
        ("colour", "Black", "White", "light and dark neutrals"),
        ("colour", "Grey", "Brown", "neutrals"),
        ("colour", "Red", "Red", "tone on tone"),
        ("colour", "Black", "Yellow", "a colour on a contrasting neutral"),
        ("colour", "Orange", "Red", "neighbouring colours"),
        ("colour", "Red", "Teal", "opposite colours"),
        ("colour", "Red", "Lime Green", "colours far apart"),
        ("colour", "Multi", "Red", "many colours and one"),
        ("colour", "Metallic", "Red", ""),
        ("pattern", "Striped", "Floral", "two patterns"),
        ("pattern", "Solid", "Floral", "pattern on plain"),
        ("season", "Fall", "Winter", "near"),
        ("season", "Summer", "Winter", "different"),
        ("usage", "Sports", "Formal", "different"),
        ("gender", "unisex", "men", "for everyone"),
    ],
)
def test_relations(facet: str, first: str, second: str, expected: str) -> None:
    assert relation(facet, first, second) == expected
    assert relation(facet, second, first) == expected


@pytest.mark.parametrize("facet", FACETS)
def test_tables_agree_with_the_relation(facet: str) -> None:
    names, table = relation_table(facet)
    words = words_of(facet)
    assert (table == table.T).all()
    assert (table[UNKNOWN] == UNKNOWN).all()
    for row in range(0, len(words), 3):
        for column in range(0, len(words), 4):
            found = table[row, column]
            assert (names[found] if found != UNKNOWN else "") == relation(
                facet, words[row], words[column]
            )


def test_what_is_not_said_weighs_nothing() -> None:
    table = weight_table("usage", {"same": 2.0, "different": -1.0})
    formal, sports = code_of("usage", "Formal"), code_of("usage", "Sports")
    assert (table[formal, formal], table[formal, sports]) == (2.0, -1.0)
    assert np.array_equal(table[UNKNOWN], np.zeros(len(table)))
    assert code_of("usage", "Gardening") == UNKNOWN
