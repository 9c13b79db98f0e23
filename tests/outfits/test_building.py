"""Outfits keep every promise, and small ones are the best that there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outfits.conftest import make_pieces

from vitrine.outfits import KINDS, SLOTS, Closet, Compatibility, alternatives, score_of
from vitrine.outfits.building import combine, pair_logits
from vitrine.outfits.slots import SLOT_OF_KIND
from vitrine.outfits.templates import extras, templates

TEMPLATE = ("top", "bottom", "shoes")


def closet(seed: int, n: int, left: float | None = None) -> Closet:
    """Pieces of random kinds and prices, any two of which go together as chance has it."""
    rng = np.random.default_rng(seed)
    kinds = ["jeans", *rng.choice(KINDS, n).tolist()]
    pieces = make_pieces(kinds, colour=rng.choice(["Red", "Blue", ""], n + 1).tolist())
    table = rng.normal(size=(len(KINDS), len(KINDS))).astype(np.float32)
    worth = rng.normal(size=(len(SLOTS) + 1, len(SLOTS) + 1)).astype(np.float32)
    looks = rng.normal(size=(n + 1, 4)).astype(np.float32)
    allowed = rng.random(n + 1) < 0.9
    allowed[0] = False
    learned = Compatibility(table + table.T, {}, 0.0, worth + worth.T)
    prices = rng.integers(1, 60, n + 1).astype(np.float64)
    return Closet(replace(pieces, looks=looks), allowed, (0,), prices, learned, left)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(0, 60),
    left=st.none() | st.integers(1, 150),
    shuffle=st.integers(0, 3),
)
def test_promises(seed: int, n: int, left: int | None, shuffle: int) -> None:
    given_closet = closet(seed, n, left)
    found = combine(given_closet, [TEMPLATE], extras(), k=4, n_pieces=5, shuffle=shuffle)
    slots = SLOT_OF_KIND[given_closet.pieces.kinds]
    for outfit in found:
        rows = list(outfit.rows)
        assert rows[0] == 0, "what is kept stays"
        assert len({int(slots[row]) for row in rows}) == len(rows), "one piece in each slot"
        assert {SLOTS[slots[row]] for row in rows} >= set(TEMPLATE)
        assert given_closet.allowed[rows[1:]].all()
        assert len(rows) <= 5
        assert 0 <= outfit.score <= 1
        if left is not None:
            assert given_closet.prices[rows[1:]].sum() <= left + 1e-6
    assert len({outfit.rows for outfit in found}) == len(found), "no outfit twice"
    again = combine(given_closet, [TEMPLATE], extras(), k=4, n_pieces=5, shuffle=shuffle)
    assert again == found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), left=st.none() | st.integers(20, 120))
def test_the_best_of_a_small_closet(seed: int, left: int | None) -> None:
    """Against trying everything, where the beam is wide enough to miss nothing."""
    given_closet = closet(seed, 25, left)
    options = [given_closet.candidates(slot).tolist() for slot in ("top", "shoes")]
    fitting = [
        (0, *rows)
        for rows in product(*options)
        if left is None or given_closet.prices[list(rows)].sum() <= left
    ]
    found = combine(given_closet, [TEMPLATE], (), k=1, n_pieces=3)
    assert len(found) == bool(fitting)
    if fitting:
        best = max(score_of(pair_logits(given_closet, rows)) for rows in fitting)
        assert found[0].score == pytest.approx(best, abs=1e-5)


def test_other_numbers_give_other_ideas() -> None:
    drawn = closet(3, 60)
    learned = replace(drawn.compatibility, kinds=drawn.compatibility.kinds * 0.1)
    given_closet = replace(drawn, compatibility=replace(learned, looks=learned.looks * 0.1))
    ideas = {
        combine(given_closet, [TEMPLATE], (), k=1, n_pieces=3, shuffle=n)[0].rows for n in range(8)
    }
    assert len(ideas) > 2


def test_the_next_outfit_shows_something_else() -> None:
    found = combine(closet(5, 60), [TEMPLATE], (), k=3, n_pieces=3)
    tops = {outfit.rows[1] for outfit in found}
    shoes = {outfit.rows[2] for outfit in found}
    assert len(tops) + len(shoes) >= 4


def test_alternatives_stand_in_the_same_slot_and_fit_the_budget() -> None:
    given_closet = closet(3, 60, left=60)
    rows = combine(given_closet, [TEMPLATE], (), k=1, n_pieces=3)[0].rows
    others = alternatives(given_closet, rows, 1, 5)
    assert others
    rest = given_closet.prices[list(rows[2:])].sum()
    for row in others:
        assert row not in rows
        assert given_closet.pieces.slot(row) == given_closet.pieces.slot(rows[1])
        assert given_closet.prices[row] + rest <= 60


def test_templates() -> None:
    assert templates(["dress", "bag"]) == (("dress", "shoes"),)
    assert templates(["bag"], "men") == (TEMPLATE,)
    assert templates(["bag"], "women") == (TEMPLATE, ("dress", "shoes"))
    assert "outerwear" not in extras("Summer")


def test_score_of_one_piece_says_nothing() -> None:
    assert score_of(np.zeros((1, 1), np.float32)) == 0.5
