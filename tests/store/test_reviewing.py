"""Decisions of people, over the table of stores in conftest."""

from __future__ import annotations

from collections.abc import Callable

from vitrine.store import ReviewRecord, Store

Put = Callable[..., None]
AT = "2026-11-21T10:00:00+00:00"
LATER = "2026-11-21T11:00:00+00:00"


def review(product_id: str, field: str = "colour", value: str = "Red") -> ReviewRecord:
    return ReviewRecord(product_id, field, value, "kept", AT)


def decide(store: Store, *reviews: ReviewRecord) -> int:
    with store.transaction() as writer:
        return writer.put_reviews(reviews)


def test_reviews_are_found_by_product_and_field(store: Store, put: Put) -> None:
    put(store, "p1")
    put(store, "p2")
    kept = [review("p1"), review("p1", "gender", "women"), review("p2")]
    assert decide(store, *reversed(kept), review("nobody")) == 3
    assert store.reviews() == kept
    assert store.reviews(["p1"]) == kept[:2]
    assert store.reviews(fields=["colour"]) == [kept[0], kept[2]]
    assert store.reviews(["p2", "p1", "p2"], ["gender"]) == [kept[1]]
    assert store.reviews([]) == []


def test_the_latest_decision_counts(store: Store, put: Put) -> None:
    put(store, "p1")
    decide(store, review("p1"))
    corrected = ReviewRecord("p1", "colour", "Navy Blue", "corrected", LATER)
    assert decide(store, corrected) == 1
    assert store.reviews() == [corrected]


def test_a_review_stays_when_its_product_is_put_again_and_goes_with_it(
    store: Store, put: Put
) -> None:
    put(store, "p1", colour="Red")
    decide(store, review("p1"))
    counter = store.counter()
    put(store, "p1", colour="Red")
    put(store, "p1", colour="Red", title="another title")
    assert store.reviews() == [review("p1")]
    assert store.counter() == counter + 1
    with store.transaction() as writer:
        writer.delete_products(["p1"])
    put(store, "p1", colour="Red")
    assert store.reviews() == []
