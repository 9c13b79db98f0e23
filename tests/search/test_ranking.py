from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrine.index import Snapshot
from vitrine.search import Candidate, Said, SaidAndLooks, WordMatches, ranking
from vitrine.types import Vectors
from vitrine.vectors import unit

MakeView = Callable[..., Snapshot]


def photos(n: int) -> Vectors:
    return unit(np.random.default_rng(3).normal(size=(n, 5)))


def said_by(view: Snapshot, shares: list[float]) -> WordMatches:
    """Products that say so much of the words, best first."""
    scores = np.array(shares, np.float64)
    rows = np.flatnonzero(scores)
    rows = rows[np.lexsort((rows, -scores[rows]))]
    return WordMatches(view, rows, scores, [("red", scores > 0)], scores, {})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.booleans()), max_size=40),
    st.integers(1, 12),
)
def test_a_fused_ranking_gives_the_same_products_however_many_are_asked(
    make_view: MakeView,
    monkeypatch: pytest.MonkeyPatch,
    products: list[tuple[float, bool]],
    depth: int,
) -> None:
    monkeypatch.setattr(ranking, "FUSED", depth)
    n = len(products)
    shown = np.array([shown for _, shown in products], np.float32).reshape(n, 1)
    view = make_view([{}] * n, photos(n) * shown)
    said = said_by(view, [share for share, _ in products])
    fused = SaidAndLooks(view, unit(np.ones((1, 5), np.float32))[0], view.alive, said)
    whole = fused.best(1000)
    assert {c.product_id for c in whole} == {
        view.product_ids[row] for row in np.flatnonzero(fused.matching)
    }
    assert len(whole) == np.count_nonzero(fused.matching)
    scores = [candidate.score for candidate in whole]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    for k in range(1, n + 2):
        assert [_plain(c) for c in fused.best(k)] == [_plain(c) for c in whole[:k]]


def _plain(candidate: Candidate) -> tuple[str, float, tuple[str, ...]]:
    return candidate.product_id, candidate.score, candidate.words


def test_first_in_both_rankings_is_first_with_score_one(make_view: MakeView) -> None:
    vectors = photos(6)
    view = make_view([{}] * 6, vectors)
    fused = SaidAndLooks(view, vectors[4], view.alive, said_by(view, [0.5, 0, 0, 0, 1.0, 0]))
    best = fused.best(6)
    assert (best[0].product_id, best[0].score, best[0].words) == ("p004", 1.0, ("red",))
    assert len(best) == 6


def test_words_outweigh_looks_only_in_what_holds_most_of_them(make_view: MakeView) -> None:
    vectors = photos(6)
    view = make_view([{}] * 6, vectors)
    nearest = view.nearest(vectors[4], 6, view.alive)[-1].product_id
    worst = view.product_row_of[nearest]
    for share, first in ((1.0, nearest), (0.5, nearest), (0.3, "p004")):
        said = said_by(view, [share if row == worst else 0.0 for row in range(6)])
        assert SaidAndLooks(view, vectors[4], view.alive, said).best(1)[0].product_id == first


def test_among_products_that_say_as_much_another_order_rules(make_view: MakeView) -> None:
    products = [{"price_amount": price, "price_currency": "EUR"} for price in (9, 7, 8, 1)]
    view = make_view(products, np.zeros((4, 3)))
    said = said_by(view, [1.0, 1.0, 0.5, 0.0])
    assert [c.product_id for c in Said(said).best(9)] == ["p000", "p001", "p002"]
    assert [c.product_id for c in Said(said, "price_asc").best(9)] == ["p001", "p000", "p002"]
    assert [c.product_id for c in Said(said, "price_desc").best(1)] == ["p000"]
