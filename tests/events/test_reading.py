"""Events out of JSON objects, in whatever words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import UsageError
from vitrine.events import (
    ASPECTS,
    EVENT_TYPES,
    MOST_PRODUCTS,
    Event,
    EventError,
    EventProduct,
    check,
    read_event,
    to_google,
)
from vitrine.events.flat import joined, read_flat, to_flat

NOW = 1_750_000_000.0

GOOGLE: dict[str, Any] = {
    "eventId": "e1",
    "eventType": "purchase-complete",
    "visitorId": "v1",
    "eventTime": "2020-01-01T03:33:33.000001Z",
    "sessionId": "s1",
    "productDetails": [
        {"product": {"id": "dress-1", "priceInfo": {"price": 49.9, "currencyCode": "EUR"}}},
        {"product": {"name": "projects/1/products/coat"}, "quantity": 2},
    ],
    "purchaseTransaction": {"id": "t9", "revenue": 59.7, "currencyCode": "EUR"},
    "attributes": {"team": {"text": ["a", "b"]}, "size": {"numbers": [38]}, "page": "home"},
    "userInfo": {"ipAddress": "203.0.113.9", "userAgent": "Firefox"},
    "uri": "https://shop.example/?name=Ann",
    "pageCategories": ["Women > Dresses"],
}
ALGOLIA: dict[str, Any] = {
    "eventType": "click",
    "eventName": "PLP: Product clicked",
    "index": "products",
    "userToken": "anonymous-1",
    "timestamp": 1_529_055_974_000,
    "objectIDs": ["9780545139700", "p2"],
    "positions": [7, 6],
    "queryID": "43b15df305339e827f0ac0bdc5ebcaa7",
}


def test_google_retail_is_read_without_who_somebody_is() -> None:
    assert read_event(GOOGLE) == Event(
        "e1",
        "purchase-complete",
        "v1",
        1_577_849_613.000001,
        (EventProduct("dress-1", price=49.9), EventProduct("coat", 2)),
        session_id="s1",
        currency="EUR",
        attributes={
            "pageCategories": "Women > Dresses",
            "purchase.id": "t9",
            "purchase.revenue": "59.7",
            "team": "a | b",
            "size": "38",
            "page": "home",
        },
    )


def test_algolia_insights_are_read() -> None:
    event = read_event(ALGOLIA)
    assert (event.event_type, event.visitor_id, event.at) == (
        "detail-page-view",
        "anonymous-1",
        1_529_055_974.0,
    )
    assert event.products == (
        EventProduct("9780545139700", position=6),
        EventProduct("p2", position=5),
    )
    assert event.attributes["queryID"] == "43b15df305339e827f0ac0bdc5ebcaa7"


@pytest.mark.parametrize(
    ("said", "event_type"),
    [
        ({"eventType": "view", "eventName": "PLP: viewed"}, "impression"),
        ({"eventType": "view", "eventName": "PDP: Product Viewed"}, "detail-page-view"),
        ({"eventType": "click", "objectIDs": [], "filters": ["brand:A"]}, "category-page-view"),
        ({"eventType": "conversion", "eventSubtype": "addToCart"}, "add-to-cart"),
        ({"eventType": "conversion", "eventSubtype": "purchase"}, "purchase-complete"),
        ({"eventType": "conversion", "eventName": "Products Purchased"}, "purchase-complete"),
        ({"eventType": "conversion", "eventName": "Added to basket"}, "add-to-cart"),
        ({"eventType": "conversion", "eventName": "Wishlisted"}, "like"),
    ],
)
def test_what_algolia_calls_things(said: dict[str, Any], event_type: str) -> None:
    assert read_event(ALGOLIA | {"positions": []} | said).event_type == event_type


def test_algolia_says_prices_and_pieces_beside_the_ids() -> None:
    bought = ALGOLIA | {
        "eventType": "conversion",
        "eventSubtype": "purchase",
        "positions": [],
        "objectData": [{"price": "19.90", "quantity": 2}, {"price": 5}],
        "currency": "EUR",
        "value": 44.8,
    }
    event = read_event(bought)
    assert [(p.quantity, p.price) for p in event.products] == [(2, 19.9), (1, 5.0)]
    assert (event.currency, event.attributes["value"]) == ("EUR", "44.8")


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"eventTypo": "x"}, "field_unknown", "Did you mean 'eventType'"),
        ({"eventTime": "yesterday"}, "time_invalid", "write it like 2026-"),
        ({"eventTime": True}, "time_invalid", "eventTime is 'True'"),
        ({"eventTime": None}, "field_missing", "eventTime is missing"),
        ({"productDetails": {}}, "value_invalid", "productDetails must be a list"),
        ({"productDetails": ["p"]}, "not_an_object", r"productDetails\[0\] is no object"),
        (
            {"productDetails": [{"id": "p", "quantity": 1.5}]},
            "value_invalid",
            r"productDetails\[0\]\.quantity is '1.5', which is no whole number",
        ),
        ({"attributes": {"a": {"text": [{}]}}}, "value_invalid", "attribute 'a' is no text"),
        ({"visitorId": ["v"]}, "value_invalid", "visitorId must be a text"),
    ],
)
def test_what_google_would_not_say_is_an_error(
    change: dict[str, Any], code: str, reason: str
) -> None:
    with pytest.raises(EventError, match=reason) as refused:
        read_event(GOOGLE | change)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"eventType": "conversion", "eventName": "Won"}, "add eventSubtype"),
        ({"eventType": "conversion", "eventSubtype": "gift"}, "known: addToCart, purchase"),
        ({"eventType": "sigh"}, "Algolia has view, click, conversion"),
        ({"positions": [1]}, "positions has 1 entries for 2 objectIDs"),
        ({"objectIDs": [None, "p"]}, r"objectIDs\[0\] must be a text"),
    ],
)
def test_what_algolia_would_not_say_is_an_error(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(EventError, match=reason):
        read_event(ALGOLIA | change)


def test_anything_but_an_object_is_no_event() -> None:
    for nothing in (None, [], "event", 3):
        with pytest.raises(EventError, match="an event is an object"):
            read_event(nothing)
    with pytest.raises(UsageError, match="known: algolia, google, plain"):
        read_event({}, wording="amazon")


def test_sent_again_an_event_without_an_id_has_the_same_one() -> None:
    nameless = {name: value for name, value in GOOGLE.items() if name != "eventId"}
    first, second = read_event(nameless), read_event(nameless)
    assert first == second
    assert read_event(nameless | {"visitorId": "v2"}).event_id != first.event_id
    assert read_event(ALGOLIA).event_id == read_event(dict(ALGOLIA)).event_id


def test_without_a_time_and_an_id_no_two_events_are_the_same() -> None:
    said = {"eventType": "like", "visitorId": "v", "productDetails": [{"id": "p"}]}
    first, second = read_event(said, NOW), read_event(said, NOW)
    assert first.at == NOW
    assert first.event_id != second.event_id


events = st.builds(
    Event,
    event_id=st.text("ab1-é", min_size=1, max_size=9),
    event_type=st.sampled_from([kind for kind in EVENT_TYPES if kind != "rate"]),
    visitor_id=st.text("v衣", min_size=1, max_size=9),
    at=st.integers(0, 1_700_000_000).map(float),
    products=st.lists(
        st.builds(
            EventProduct,
            st.text("p0 ;,\"'\n", min_size=1).map(lambda text: f"x{text}x"),
            st.integers(1, 9),
            st.none() | st.integers(0, 50),
            st.none() | st.floats(0, 1e6),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    session_id=st.text("s", max_size=3),
    query=st.text("q ", max_size=5).map(str.strip),
    currency=st.sampled_from(["", "EUR"]),
    attributes=st.dictionaries(st.text("ab", min_size=1), st.text("xy", min_size=1), max_size=3),
)


@given(event=events)
def test_written_and_read_an_event_is_the_same(event: Event) -> None:
    check(event, now=NOW)
    assert read_event(to_google(event)) == event
    assert joined([read_flat(row) for row in to_flat(event)]) == event


def test_ratings_come_back_too() -> None:
    for aspect in ASPECTS:
        rated = Event("r", "rate", "v", 5.0, (EventProduct("p"),), value=4.5, aspect=aspect)
        check(rated, now=NOW)
        assert read_event(to_google(rated)) == rated
        assert read_flat(to_flat(rated)[0]) == rated


GOOD = Event("e", "like", "v", NOW, (EventProduct("p"),))
RATED = Event("e", "rate", "v", NOW, value=3.0, aspect="novelty")


@pytest.mark.parametrize(
    ("event", "code", "reason"),
    [
        (replace(GOOD, event_type="lik"), "type_unknown", "Did you mean 'like'"),
        (replace(GOOD, event_id=""), "field_missing", "event_id is missing"),
        (replace(GOOD, visitor_id=""), "field_missing", "visitor_id is missing"),
        (replace(GOOD, visitor_id="v" * 201), "value_invalid", "longer than 200"),
        (replace(GOOD, visitor_id="v\0"), "value_invalid", "NUL"),
        (replace(GOOD, query="\ud800"), "value_invalid", "half a letter"),
        (replace(GOOD, at=float("nan")), "time_invalid", "nan"),
        (replace(GOOD, at=-1.0), "time_invalid", "none since 1970"),
        (replace(GOOD, at=NOW + 7200), "time_ahead", "2 hours in the future"),
        (replace(GOOD, products=()), "field_missing", "at least one product"),
        (replace(GOOD, products=(EventProduct(""),)), "field_missing", "no id"),
        (replace(GOOD, products=(EventProduct("p", 0),)), "value_invalid", "quantity is 0"),
        (replace(GOOD, products=(EventProduct("p", 10**9),)), "value_invalid", "quantity"),
        (replace(GOOD, products=(EventProduct("p", 1, -1),)), "value_invalid", "position is -1"),
        (
            replace(GOOD, products=(EventProduct("p", price=float("inf")),)),
            "value_invalid",
            "price is inf",
        ),
        (
            replace(GOOD, products=(EventProduct("p"),) * (MOST_PRODUCTS + 1)),
            "value_invalid",
            "one event has 500 at most",
        ),
        (replace(GOOD, value=3.0), "value_invalid", "belong to rate"),
        (replace(GOOD, currency="euro"), "value_invalid", "write it like EUR"),
        (replace(GOOD, currency="XYZ"), "value_invalid", "'XYZ', no code of ISO 4217"),
        (replace(GOOD, attributes={"a": "b" * 2001}), "value_invalid", "attribute 'a' is longer"),
        (
            replace(GOOD, attributes={str(n): "b" for n in range(51)}),
            "value_invalid",
            "at most 50",
        ),
        (replace(RATED, value=None), "field_missing", "1 to 5"),
        (replace(RATED, value=5.5), "value_invalid", "value is 5.5"),
        (replace(RATED, aspect="beauty"), "value_invalid", "known: novelty, relevance"),
    ],
)
def test_events_that_no_store_should_hold_are_refused(event: Event, code: str, reason: str) -> None:
    with pytest.raises(EventError, match=reason) as refused:
        check(event, now=NOW)
    assert refused.value.code == code


def test_a_phone_may_be_a_little_ahead_and_old_events_are_taken() -> None:
    check(replace(GOOD, at=NOW + 600), now=NOW)
    check(replace(GOOD, at=0.0), now=NOW)
    with pytest.raises(EventError, match="keeps events for 10 days"):
        check(replace(GOOD, at=NOW - 11 * 86_400), now=NOW, kept_s=10 * 86_400)
