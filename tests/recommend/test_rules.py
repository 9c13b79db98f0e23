"""What is never recommended, what is not repeated, what gets a place although few have seen it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.recommend.conftest import NOW, Events, Said

from vitrine.recommend import Asked, Ladder, Recommended, Shelf, blend, know, make_shelf


def hits(shelf: Shelf, events: Events, said: list[Said], k: int, **asked: object) -> list[str]:
    return [each.product_id for each in given(shelf, events, said, k, **asked)]


def given(
    shelf: Shelf, events: Events, said: list[Said], k: int, **asked: object
) -> list[Recommended]:
    question = replace(Asked(NOW, "v", explore=False), **asked)
    return blend(know(shelf, events(said), NOW)).recommend(question, k)


CROWD: list[Said] = [
    (f"v{n}", "purchase-complete", f"p{product:02}", 2.0)
    for product in (3, 13, 23)
    for n in range(5)
]


def test_a_like_is_answered_by_its_look_and_not_by_itself(shelf: Shelf, events: Events) -> None:
    found = given(shelf, events, [*CROWD, ("v", "like", "p15", 0.1)], 5)
    assert "p15" not in {each.product_id for each in found}
    assert [each.product_id[:2] for each in found[:4]] == ["p1"] * 4
    assert {each.because for each in found[:4]} == {"liked"}
    assert found[0].product_ids == ("p15",)


def test_what_was_bought_is_not_repeated_while_there_is_more(shelf: Shelf, events: Events) -> None:
    bought: list[Said] = [("v", "purchase-complete", "p03", 3.0)]
    assert "p03" not in hits(shelf, events, [*CROWD, *bought], 39)
    assert hits(shelf, events, [*CROWD, *bought], 40)[-1] == "p03"


def test_what_people_come_back_for_is_repeated(shelf: Shelf, events: Events) -> None:
    said = [
        (f"c{n}", "purchase-complete", "p03", days) for n in range(30) for days in (2.0, 20.0, 40.0)
    ]
    found = given(shelf, events, [*said, ("v", "purchase-complete", "p03", 20.0)], 12)
    [again] = [each for each in found if each.product_id == "p03"]
    assert again.because == "repurchase"


def test_a_dislike_keeps_its_look_alikes_away(events: Events) -> None:
    vectors = np.eye(30, dtype=np.float32)[np.repeat(np.arange(15), 2)]
    shelf = make_shelf([f"p{n}" for n in range(30)], vectors)
    found = hits(shelf, events, [("v", "dislike", "p4", 0.1)], 28)
    assert not {"p4", "p5"} & set(found)
    assert hits(shelf, events, [], 28, disliked=("p4",)) == found
    assert "p5" in hits(shelf, events, [("v", "dislike", "p4", 0.1)], 29)


def test_a_later_like_takes_a_dislike_back(shelf: Shelf, events: Events) -> None:
    said: list[Said] = [("v", "dislike", "p15", 0.2), ("v", "like", "p15", 0.1)]
    assert hits(shelf, events, said, 3)[0].startswith("p1")


@pytest.mark.parametrize("said", ["like", "dislike"])
def test_what_was_taken_back_was_never_said(shelf: Shelf, events: Events, said: str) -> None:
    undone: list[Said] = [("v", said, "p15", 0.2), ("v", "unlike", "p15", 0.1)]
    assert hits(shelf, events, [*CROWD, *undone], 12) == hits(shelf, events, CROWD, 12)
    for other in ("w", "v"):  # nor does a like that was taken back count for others
        assert hits(shelf, events, [*CROWD, *undone], 12, visitor_id=other) == hits(
            shelf, events, CROWD, 12, visitor_id=other
        )


def test_out_of_stock_is_out(shelf: Shelf, events: Events) -> None:
    sold_out = replace(shelf, sellable=np.arange(40) != 3)
    assert len(hits(sold_out, events, CROWD, 100)) == 39
    assert "p03" not in hits(sold_out, events, CROWD, 100)


def test_variants_stand_once_until_nothing_else_is_left(events: Events) -> None:
    vectors = np.eye(12, dtype=np.float32)
    ids = [f"p{n}" for n in range(12)]
    shelf = make_shelf(ids, vectors, groups=[f"g{n // 3}" for n in range(12)])
    said: list[Said] = [(f"v{n}", "like", "p0", 1.0) for n in range(3)]
    found = hits(shelf, events, said, 12)
    assert {int(product[1:]) // 3 for product in found[:4]} == {0, 1, 2, 3}
    assert sorted(found) == sorted(ids)


def test_lists_are_varied(events: Events) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 32)).astype(np.float32)
    vectors[:10] = vectors[0] + 0.1 * rng.normal(size=(10, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shelf = make_shelf([f"p{n:02}" for n in range(60)], vectors)
    said = [(f"v{n}", "like", f"p{p:02}", 1.0) for p in range(20) for n in range(30 - p)]
    knowledge, asked = know(shelf, events(said), NOW), Asked(NOW, explore=False)
    n_alike: list[int] = []
    for variety in (0.0, 0.25):
        found = Ladder("blend", knowledge, variety=variety).recommend(asked, 8)
        n_alike.append(sum(each.product_id < "p10" for each in found))
    assert n_alike[0] == 8
    assert n_alike[1] < 8


@pytest.mark.parametrize("k", [5, 12, 24])
def test_a_bounded_share_goes_to_what_few_have_seen(k: int, events: Events) -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(300, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shelf = make_shelf([f"p{n:03}" for n in range(300)], vectors)
    said = [(f"v{n}", "impression", f"p{p:03}", 1.0) for p in range(100) for n in range(60)]
    said += [(f"v{n}", "like", f"p{p:03}", 1.0) for p in range(100) for n in range(p % 7 + 2)]
    knowledge = know(shelf, events(said), NOW)
    lists = [blend(knowledge).recommend(Asked(NOW, f"w{n}"), k) for n in range(20)]
    explored = [[e.product_id for e in found if e.because == "explored"] for found in lists]
    assert {len(each) for each in explored} == {k // 6}
    assert all(int(product[1:]) >= 100 for each in explored for product in each)
    assert len({product for each in explored for product in each}) >= min(15, k // 6 * 15)
    assert lists[0] == blend(knowledge).recommend(Asked(NOW, "w0"), k)


def test_one_visitor_with_ten_thousand_likes_moves_nobody_else(
    shelf: Shelf, events: Events
) -> None:
    crowd = [
        (f"v{n}", kind, f"p{(n * 7 + step) % 40:02}", 1.0 + step)
        for n in range(60)
        for step, kind in enumerate(("detail-page-view", "like", "purchase-complete"))
    ]
    poison: list[Said] = [("x", "like", "p39", n / 5000) for n in range(10_000)]
    for visitor in ("", "v3", "v17", "stranger"):
        clean = hits(shelf, events, crowd, 12, visitor_id=visitor)
        assert hits(shelf, events, [*crowd, *poison], 12, visitor_id=visitor) == clean
