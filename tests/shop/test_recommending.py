"""Recommendations of a shop: feedback at once, changes of the shop, reasons, errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.shop.conftest import MakeProduct, catalogue_of

from vitrine.errors import DataError, NotFoundError, QueryError
from vitrine.events import Event, EventProduct, Visitor
from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop, open_shop, recommending

Happen = Callable[..., None]


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Iterator[Shop]:
    with create_shop(tmp_path / "my.shop", settings=settings) as made:
        made.add(catalogue_of(*(product(number) for number in range(20))))
        yield made


@pytest.fixture
def happen(shop: Shop) -> Happen:
    """Let visitors do something."""
    numbers = iter(range(10_000))

    def append(kind: str, product_id: str, *visitors: str) -> None:
        shop.events.append(
            Event(f"e{next(numbers)}", kind, visitor, time.time(), (EventProduct(product_id),))
            for visitor in visitors
        )

    return append


def ids(shop: Shop, **asked: object) -> list[str]:
    return [hit.product_id for hit in shop.recommend(explore=False, **asked).hits]


def test_a_like_counts_at_once_and_says_so(shop: Shop, happen: Happen) -> None:
    assert shop.recommend(visitor="ann").strategy == "popular"
    happen("like", "p007", "ann")
    found = shop.recommend(visitor="ann", k=6, explore=False)
    assert found.strategy == "like"
    assert found.ranked_by == "blend"
    first = found.hits[0]
    assert first.product["title"].startswith("Shirt number")
    assert first.why == {
        "because": "liked",
        "product_ids": ["p007"],
        "text": "because you liked Shirt number 7",
    }
    assert first.product_id == shop.search(like="p007", k=1).hits[0].product_id
    assert "p007" not in [hit.product_id for hit in found.hits]


def test_strangers_get_what_people_choose(shop: Shop, happen: Happen) -> None:
    happen("purchase-complete", "p003", "a", "b", "c")
    happen("purchase-complete", "p012", "a", "b")
    found = shop.recommend(k=2)
    assert [hit.product_id for hit in found.hits] == ["p003", "p012"]
    assert [hit.why["text"] for hit in found.hits] == ["popular now"] * 2


def test_what_is_known_of_a_visitor_counts(shop: Shop, happen: Happen) -> None:
    happen("like", "p004", "a", "b")
    happen("like", "p005", "c", "d")
    assert ids(shop, gender="women", k=1) == ["p005"]
    shop.events.put_visitors([Visitor("him", gender="men")])
    assert ids(shop, visitor="him", k=1) == ["p004"]


def test_a_change_of_the_shop_counts_at_once(shop: Shop, happen: Happen) -> None:
    happen("purchase-complete", "p003", "a", "b", "c")
    assert ids(shop, k=1) == ["p003"]
    shop.patch("p003", availability="out_of_stock")
    assert "p003" not in ids(shop, k=19)
    shop.patch("p003", availability="in_stock")
    assert ids(shop, k=1) == ["p003"]
    shop.delete("p003")
    assert "p003" not in ids(shop, k=20)


def test_a_filter_gives_k_where_k_match(shop: Shop, happen: Happen) -> None:
    happen("like", "p001", "ann")
    assert sorted(ids(shop, visitor="ann", where="gender=men price<20", k=5)) == [
        f"p{number:03}" for number in range(0, 10, 2)
    ]
    assert len(ids(shop, like=["p001", "p003"], dislike="p005", k=100)) == 17


def test_pages_follow_each_other(shop: Shop, happen: Happen) -> None:
    happen("like", "p001", "ann")
    whole = ids(shop, visitor="ann", k=12)
    assert len(set(whole)) == 12
    assert ids(shop, visitor="ann", k=12) == whole


def test_kinds(shop: Shop, happen: Happen) -> None:
    for visitor in ("a", "b", "c"):
        happen("purchase-complete", "p002", visitor)
        happen("purchase-complete", "p011", visitor)
    together = shop.recommend(kind="bought-together", like="p002", k=2)
    assert together.strategy == "bought-together"
    assert together.hits[0].product_id == "p011"
    assert together.hits[0].why["text"] == "often chosen together with Shirt number 2"
    similar = shop.recommend(kind="looking-similar", like="p002", k=2)
    assert similar.hits[0].product_id == shop.search(like="p002", k=1).hits[0].product_id
    assert similar.hits[0].why["text"] == "looks like Shirt number 2"
    assert shop.recommend(kind="trending", k=1).hits[0].product_id in ("p002", "p011")


def test_another_process_and_a_purge_are_noticed(
    shop: Shop, happen: Happen, settings: Settings
) -> None:
    assert shop.recommend(visitor="ann").strategy == "popular"
    with open_shop(shop.location, settings=settings) as other:
        liked = (EventProduct("p007"),)
        other.events.append([Event("other", "like", "ann", time.time(), liked)])
    assert shop.recommend(visitor="ann").strategy == "like"
    shop.events.purge_visitor("ann")
    assert shop.recommend(visitor="ann").strategy == "popular"


def test_what_takes_long_is_counted_beside_the_answers(
    shop: Shop, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_COUNTED_AT_ONCE", "_RECOUNT_S", "_REST"):
        monkeypatch.setattr(recommending, name, 0)
    happen("purchase-complete", "p003", "a", "b")
    assert ids(shop, k=1) == ["p003"]
    happen("purchase-complete", "p012", "c", "d", "e", "f")
    until(lambda: ids(shop, k=1) == ["p012"])
    for visitor in ("c", "d", "e", "f"):
        shop.events.purge_visitor(visitor)
    until(lambda: ids(shop, k=1) == ["p003"])


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)


def test_bad_questions_are_refused(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="no product 'nope'"):
        shop.recommend(like="nope")
    with pytest.raises(QueryError, match="Did you mean 'for-you'"):
        shop.recommend(kind="for-yu")
    with pytest.raises(QueryError, match="say which one with like"):
        shop.recommend(kind="bought-together")
    with pytest.raises(QueryError, match="out of range"):
        shop.recommend(k=0)
    with pytest.raises(QueryError, match="no filter field is called 'sise'"):
        shop.recommend(where="sise=L")
    with pytest.raises(DataError, match="no events yet"):
        shop.train_ranker()


def test_an_empty_shop_recommends_nothing(tmp_path: Path, settings: Settings) -> None:
    with create_shop(tmp_path / "empty.shop", settings=settings) as empty:
        assert empty.recommend(visitor="ann").hits == ()
