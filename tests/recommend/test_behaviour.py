from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.recommend.conftest import DAY_S, NOW, Said, event_rows

from vitrine.recommend import Behaviour, behaviour_of
from vitrine.recommend.behaviour import DISLIKE, LIKE, VIEW
from vitrine.store import EventRows

_KINDS = ("impression", "detail-page-view", "like", "search", "purchase-complete")
_SAID = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(_KINDS),
    st.sampled_from(["p1", "p2", "p3"]),
    st.integers(0, 20).map(float),
)


def seen(behaviour: Behaviour, visitor: str, at: float = NOW) -> list[tuple[float, int, str]]:
    events = behaviour.of_visitor(visitor, at)
    names = [behaviour.product_names[code] for code in events.products.tolist()]
    return list(zip(events.at.tolist(), events.kinds.tolist(), names, strict=True))


@given(st.lists(_SAID, max_size=25), st.integers(0, 25), st.booleans())
def test_however_events_come_a_visitor_did_the_same(
    said: list[Said], first: int, fold: bool
) -> None:
    whole = behaviour_of(event_rows(said))
    grown = behaviour_of(event_rows(said[:first]))
    grown = grown.then(event_rows(said[first:], last=len(said[:first])))
    grown = grown.folded() if fold else grown
    assert grown.last == whole.last == len(said)
    assert grown.n_events == whole.n_events
    for visitor in ("a", "b", "c", "nobody"):
        expected = sorted(
            (NOW - days * DAY_S, kind, product)
            for who, kind, product, days in said
            if who == visitor and kind != "search" and days > 0
        )
        assert len(seen(grown, visitor)) == len(expected)
        assert sorted(seen(grown, visitor)) == sorted(seen(whole, visitor))
        assert [at for at, *_ in seen(grown, visitor)] == [at for at, *_ in expected]


@given(st.lists(_SAID, max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_what_was_counted_meanwhile_is_swapped_in(
    said: list[Said], first: int, second: int
) -> None:
    cuts = sorted((min(first, len(said)), min(second, len(said))))
    grown = behaviour_of(event_rows(said[: cuts[0]]))
    early = grown.then(event_rows(said[cuts[0] : cuts[1]], cuts[0]))
    late = early.then(event_rows(said[cuts[1] :], cuts[1]))
    swapped = late.refolded(early.folded())
    assert swapped.last == late.last
    for visitor in ("a", "b", "c"):
        assert sorted(seen(swapped, visitor)) == sorted(seen(late, visitor))


def test_before_is_before() -> None:
    behaviour = behaviour_of(event_rows([("a", "like", "p1", 2.0), ("a", "like", "p2", 1.0)]))
    moment = NOW - 1.0 * DAY_S
    assert [product for *_, product in seen(behaviour.before(moment), "a")] == ["p1"]
    assert [product for *_, product in seen(behaviour, "a", moment)] == ["p1"]


def test_ratings_count_as_likes_and_dislikes() -> None:
    rows = event_rows([("a", "rate", f"p{n}", 6.0 - n) for n in range(1, 6)])
    rated = EventRows(
        rows.last,
        rows.at,
        rows.types,
        rows.visitors,
        rows.products,
        np.array([1, 2, 3, 4, 5], np.float32),
        rows.positions,
        rows.type_names,
        rows.visitor_ids,
        rows.product_ids,
    )
    kinds = [kind for _, kind, _ in seen(behaviour_of(rated), "a")]
    assert kinds == [DISLIKE, DISLIKE, LIKE, LIKE]


def test_a_long_past_is_cut() -> None:
    said: list[Said] = [("a", "detail-page-view", "p1", 900.0 - n / 10) for n in range(600)]
    events = seen(behaviour_of(event_rows(said)), "a")
    assert len(events) == 500
    assert {kind for _, kind, _ in events} == {VIEW}
