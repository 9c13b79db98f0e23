from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vitrine.errors import QueryError
from vitrine.index import Snapshot, near_duplicate_cosine
from vitrine.search import Everything, Looks, Query, page, query_of, score
from vitrine.types import Vectors
from vitrine.vectors import unit

MakeView = Callable[..., Snapshot]
Products = Sequence[Mapping[str, Any]]

PRODUCTS = st.lists(
    st.tuples(
        st.sampled_from(["women", "men", ""]),
        st.sampled_from(["", "g1", "g2", "g3"]),
        st.one_of(st.none(), st.integers(1, 5)),  # price
        st.integers(0, 9),  # the photo; 0 is none, equal ones are copies
    ),
    max_size=60,
)
common = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def looks(n: int) -> Vectors:
    return unit(np.random.default_rng(n).normal(size=(1, 6)))[0] if n else np.zeros(6, np.float32)


def made(make_view: MakeView, rows: list[tuple[str, str, int | None, int]]) -> Snapshot:
    products = [
        {"gender": g, "item_group_id": i, "price_amount": p, "price_currency": "EUR" if p else ""}
        for g, i, p, _ in rows
    ]
    return make_view(products, np.array([looks(n) for *_, n in rows]).reshape(-1, 6))


def worth(cosine: float) -> float:
    return score(cosine, (), of_photos=True)


def alike(cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.clip(cosines, 0, 1).astype(np.float64)


def found(view: Snapshot, ranking: Any, query: Query) -> list[str]:
    return [leader.candidate.product_id for leader in page(view, ranking, query, alike)]


def by_hand(
    view: Snapshot, rows: list[tuple[str, str, int | None, int]], query: Vectors, gender: str
) -> list[tuple[int, str]]:
    """(row, product_id) by falling cosine, then by id: no index, no growing pool."""
    halves = [looks(n).astype(np.float16).astype(np.float64) for *_, n in rows]
    ranked = [
        (-float(half @ query), view.product_ids[row], row)
        for row, half in enumerate(halves)
        if rows[row][3] and rows[row][0] == gender
    ]
    return [(row, product_id) for _, product_id, row in sorted(ranked, key=_by_cosine)]


def _by_cosine(ranked: tuple[float, str, int]) -> tuple[float, str]:
    return round(ranked[0], 5), ranked[1]


@common
@given(PRODUCTS, st.sampled_from(["none", "item_group_id", "near_duplicate"]), st.integers(1, 70))
def test_k_groups_come_back_if_k_groups_match(
    make_view: MakeView, rows: list[tuple[str, str, int | None, int]], group_by: str, k: int
) -> None:
    view, vector = made(make_view, rows), looks(77)
    among = view.matching({"gender": "women"})
    ranking = Looks(view, vector, among, worth)
    expected: list[str] = []
    seen: set[Any] = set()
    for row, product_id in by_hand(view, rows, vector, "women"):
        _, group, _, photo = rows[row]
        key = {"none": row, "item_group_id": group or row, "near_duplicate": photo}[group_by]
        if key not in seen:
            expected.append(product_id)
        seen.add(key)
    query = query_of(like="x", k=k, group_by=group_by)
    assert found(view, ranking, query) == expected[:k]


@common
@given(
    PRODUCTS,
    st.sampled_from(["none", "item_group_id", "near_duplicate"]),
    st.sampled_from(["relevance", "price_asc", "price_desc", "newest"]),
    st.sampled_from([0.0, 0.4, 1.0]),
    st.integers(1, 9),
)
def test_pages_hold_everything_once(
    make_view: MakeView,
    rows: list[tuple[str, str, int | None, int]],
    group_by: str,
    sort: str,
    diversity: float,
    k: int,
) -> None:
    view = made(make_view, rows)
    ranking = Looks(view, looks(77), view.alive, worth)
    ask = partial(
        query_of,
        like="x",
        group_by=group_by,
        sort=sort,
        diversity=diversity if sort == "relevance" else 0.0,
    )
    whole = found(view, ranking, ask(k=1000))
    pages = [found(view, ranking, ask(k=k, offset=start)) for start in range(0, 61, k)]
    assert [product_id for each in pages for product_id in each] == whole
    assert len(set(whole)) == len(whole)


@common
@given(PRODUCTS, st.sampled_from(["price_asc", "price_desc"]))
def test_a_sort_is_stable_and_puts_the_unpriced_last(
    make_view: MakeView, rows: list[tuple[str, str, int | None, int]], sort: str
) -> None:
    view = made(make_view, rows)
    ids = found(view, Everything(view, view.alive, sort), query_of(where={}, sort=sort, k=100))
    sign = 1 if sort == "price_asc" else -1

    def key(product_id: str) -> tuple[bool, int, str]:
        price = rows[view.product_row_of[product_id]][2]
        return price is None, sign * (price or 0), product_id

    assert ids == sorted(view.product_ids, key=key)


def test_other_orders_hold_within_the_most_relevant_block(make_view: MakeView) -> None:
    photos = unit(np.stack([np.array([1.0, 0.01 * n, 0]) for n in range(100)]))
    products = [{"price_amount": 100 - n, "price_currency": "EUR"} for n in range(100)]
    view = make_view(products, photos)
    ranking = Looks(view, photos[0], view.alive, worth)
    ids = found(view, ranking, query_of(like="x", sort="price_asc", k=100))
    cheapest_first = [*range(23, -1, -1), *range(47, 23, -1)]
    assert ids[:48] == [f"p{n:03}" for n in cheapest_first]


def test_with_a_least_score_all_that_is_close_is_sorted_together(make_view: MakeView) -> None:
    photos = unit(np.stack([np.array([1.0, 0.02 * n, 0]) for n in range(100)]))
    products = [{"price_amount": 100 - n, "price_currency": "EUR"} for n in range(100)]
    view = make_view(products, photos)
    ranking = Looks(view, photos[0], view.alive, worth)
    query = query_of(like="x", sort="price_asc", min_score=0.8, k=100)
    ids = found(view, ranking, query)
    close = [n for n in range(100) if 1 / np.hypot(1, 0.02 * n) >= 0.8]
    assert ids == [f"p{n:03}" for n in reversed(close)]


def test_newest_goes_by_year_then_by_arrival(make_view: MakeView) -> None:
    years = [2020, None, 2024, 2020, None]
    view = make_view([{"year": year} for year in years], np.zeros((5, 3)))
    ids = found(view, Everything(view, view.alive, "newest"), query_of(sort="newest"))
    assert ids == ["p002", "p003", "p000", "p004", "p001"]


def test_of_one_year_the_last_arrival_is_the_newest(make_view: MakeView) -> None:
    came = ["2026-03-01", "2026-05-01", None, "2026-03-01", "2026-04-01T12:00:00+00:00"]
    view = make_view([{"added_at": each} for each in came], np.zeros((5, 3)))
    ids = found(view, Everything(view, view.alive, "newest"), query_of(sort="newest"))
    assert ids == ["p001", "p004", "p003", "p000", "p002"]


def test_prices_in_two_currencies_cannot_be_sorted(make_view: MakeView) -> None:
    products = [
        {"price_amount": 1, "price_currency": "EUR", "gender": "men"},
        {"price_amount": 2, "price_currency": "USD"},
    ]
    view = make_view(products, np.zeros((2, 3)))
    query = query_of(where={}, sort="price_asc")
    with pytest.raises(QueryError, match="prices here are in EUR, USD: add the currency"):
        found(view, Everything(view, view.alive, "price_asc"), query)
    men = view.matching({"gender": "men"})
    assert found(view, Everything(view, men, "price_asc"), query) == ["p000"]


def test_diversity_is_maximal_marginal_relevance(make_view: MakeView) -> None:
    photos = unit(np.random.default_rng(5).normal(loc=(2, 0, 0, 0), size=(20, 4)))
    view = make_view([{}] * 20, photos)
    vector = unit(np.array([[1.0, 0, 0, 0]]))[0]
    halves = photos.astype(np.float16).astype(np.float64)
    relevant, left, chosen = halves @ vector, set(range(20)), list[int]()
    while left:

        def marginal(n: int) -> float:
            near = max((float(halves[n] @ halves[m]) for m in chosen), default=0.0)
            return 0.4 * max(0.0, float(relevant[n])) - 0.6 * max(0.0, near)

        best = max(left, key=marginal)
        chosen.append(best)
        left.remove(best)
    query = query_of(like="x", diversity=0.6, k=20)
    ids = found(view, Looks(view, vector, view.alive, worth), query)
    assert ids == [f"p{n:03}" for n in chosen]


def test_near_duplicates_stand_behind_the_first_of_them(make_view: MakeView) -> None:
    least = near_duplicate_cosine(make_view([], np.zeros((0, 2))).encoder)
    angles = np.array([0.0, 0.9, 1.1]) * np.arccos(least)
    photos = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    view = make_view([{}] * 3, photos)
    query = query_of(like="x", group_by="near_duplicate")
    leaders = page(view, Looks(view, photos[0], view.alive, worth), query, alike)
    assert [leader.candidate.product_id for leader in leaders] == ["p000", "p002"]
    assert leaders[0].others == ["p001"]


@common
@given(PRODUCTS, st.lists(st.sampled_from([0.0, 0.1, 0.25]), min_size=60, max_size=60))
def test_a_bonus_is_ranked_exactly(
    make_view: MakeView, rows: list[tuple[str, str, int | None, int]], bonuses: list[float]
) -> None:
    view, vector = made(make_view, rows), looks(77)
    bonus = np.array(bonuses[: len(rows)])
    ranking = Looks(view, vector, view.alive, worth, bonus, 0.75)
    cosines = [float(looks(n).astype(np.float16).astype(np.float64) @ vector) for *_, n in rows]
    scores = {
        view.product_ids[row]: 0.75 * max(0.0, cosine) + bonus[row]
        for row, cosine in enumerate(cosines)
        if rows[row][3]
    }
    for k in (1, 7, 60):
        best = ranking.best(k)
        assert [candidate.score for candidate in best] == pytest.approx(
            sorted(scores.values(), reverse=True)[:k], abs=1e-5
        )
        assert all(c.score == pytest.approx(scores[c.product_id], abs=1e-5) for c in best)
