from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.search.spelling import corrections, distance

LETTERS = st.text(alphabet="abc", max_size=6)


@cache
def oracle(a: str, b: str) -> int:
    """The definition, read from the ends of both words."""
    if not a or not b:
        return len(a) + len(b)
    found = [
        oracle(a[:-1], b) + 1,
        oracle(a, b[:-1]) + 1,
        oracle(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    ]
    if a[-2:] == b[-2:][::-1] and len(a) > 1 and len(b) > 1:
        found.append(oracle(a[:-2], b[:-2]) + 1)
    return min(found)


@given(LETTERS, LETTERS)
def test_distance_is_the_fewest_edits(a: str, b: str) -> None:
    assert distance(a, b) == oracle(a, b)


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("shrit", ["shirt", "skirt", "short"], {"shirt": 1 - 1 / 5}),
        ("nkie", ["nike"], {"nike": 1 - 1 / 4}),
        ("blazr", ["blazer", "blaze"], {"blazer": 0.8, "blaze": 0.8}),
        ("jacet", ["jacquet"], {}),
        ("sunglsases", ["sunglasses"], {"sunglasses": 0.9}),
        ("snuglsases", ["sunglasses"], {"sunglasses": 0.8}),
        ("sunglass", ["sunglas", "sunglasse", "sungla"], {"sunglas": 7 / 8, "sunglasse": 7 / 8}),
        ("tie", ["tee", "ties"], {}),
        ("платю", ["плать"], {"плать": 0.8}),
        ("word", [], {}),
    ],
)
def test_the_fewest_edits_win(word: str, candidates: list[str], expected: dict[str, float]) -> None:
    assert corrections(word, candidates) == pytest.approx(expected)
