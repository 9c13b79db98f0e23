from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.postgres import PASSWORD, postgres_server

from vitrine.errors import ConfigurationError
from vitrine.events import Event, EventError, EventProduct, Visitor
from vitrine.settings import Settings, read_settings
from vitrine.shop import Refused, Shop, ShopEvents, Taken, create_shop, open_shop
from vitrine.store import Appended, open_sqlite

NOW = 1_750_000_000.0
DAY_S = 86_400


@pytest.fixture
def shop(tmp_path: Path, settings: Settings) -> Iterator[Shop]:
    with create_shop(tmp_path / "a.shop", settings=settings) as opened:
        yield opened


def like(event_id: str, product_id: str = "p1", at: float = NOW - 60) -> Event:
    return Event(event_id, "like", "v1", at, (EventProduct(product_id),))


def test_events_and_plain_objects_are_kept_alike(shop: Shop, settings: Settings) -> None:
    plain = {"event_id": "b", "event_type": "like", "visitor_id": "v1", "product_id": "p2"}
    google = {"eventId": "c", "eventType": "home-page-view", "visitorId": "v2"}
    assert shop.events.append([like("a"), plain, google]) == Appended(3, 0)
    assert shop.events.append([plain]) == Appended(0, 1)
    with open_shop(shop.location, settings=settings) as again:
        kept = list(again.events.iterate())
    assert kept[0] == like("a")
    assert [event.products for event in kept[1:]] == [(EventProduct("p2"),), ()]


def test_one_bad_event_and_nothing_is_kept(shop: Shop) -> None:
    with pytest.raises(EventError, match="at least one product"):
        shop.events.append([like("a"), replace(like("b"), products=())])
    assert shop.events.last() == 0


def test_of_a_batch_the_good_is_kept_and_the_bad_is_named(shop: Shop) -> None:
    shop.events.append([like("a")])
    items = [like("a"), {"eventType": "lik", "visitorId": "v"}, "nonsense", like("b")]
    taken = shop.events.take(items)
    assert (taken.accepted, taken.known) == (1, 1)
    assert [(failed.index, failed.code) for failed in taken.failed] == [
        (1, "type_unknown"),
        (2, "not_an_object"),
    ]
    assert "Did you mean 'like'?" in taken.failed[0].detail


def test_what_is_known_of_a_visitor_goes_with_the_events(shop: Shop) -> None:
    shop.events.append([like("a"), replace(like("b"), visitor_id="v2")])
    shop.events.put_visitors([Visitor("v1", 30)])
    assert shop.events.visitors() == {"v1": Visitor("v1", 30)}
    assert shop.events.purge_visitor("v1") == 1
    assert (shop.events.n_purges(), shop.events.visitors()) == (1, {})
    assert [event.event_id for event in shop.events.of_visitor("v2", 5)] == ["b"]


def test_events_older_than_the_shop_keeps_are_refused_and_removed(shop: Shop) -> None:
    store = open_sqlite(Path(shop.location)).events()
    times = iter([NOW] * 4 + [NOW + 2 * DAY_S] * 9)
    events = ShopEvents(lambda: store, 10, clock=lambda: next(times))
    taken = events.take([like("old", at=NOW - 11 * DAY_S), like("a", at=NOW - 9 * DAY_S)])
    assert taken == Taken(
        1, 0, [Refused(0, "expired", "the shop keeps events for 10 days; this one is older", "at")]
    )
    assert [event.event_id for event in store.iterate()] == ["a"]
    events.append([like("new")])
    assert [event.event_id for event in store.iterate()] == ["new"]
    store.close()


def test_without_a_limit_the_oldest_event_stays(shop: Shop) -> None:
    assert shop.events.append([like("a", at=0.0)]) == Appended(1, 0)
    assert shop.events.purge_expired() == 0


def test_settings_name_the_database_and_never_show_its_password() -> None:
    settings = read_settings(events_url="postgresql://me:hidden@127.0.0.1:9/x")
    assert "hidden" not in repr(settings)
    assert "hidden" not in str(settings.model_dump())


def test_a_database_that_is_not_there_stops_no_search(tmp_path: Path, settings: Settings) -> None:
    elsewhere = settings.model_copy(
        update=read_settings(events_url="postgresql://me:hidden@127.0.0.1:9/x").model_dump(
            include={"events_url"}
        )
    )
    with create_shop(tmp_path / "a.shop", settings=elsewhere) as shop:
        assert len(shop) == 0
        with pytest.raises(ConfigurationError, match="cannot be used"):
            shop.events.last()


@pytest.mark.postgres
def test_a_shop_keeps_its_events_where_the_setting_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server() as url:
        monkeypatch.setenv("VITRINE_EVENTS_URL", url)
        monkeypatch.setenv("VITRINE_ENCODER", "colour")
        with create_shop(tmp_path / "a.shop") as shop:
            shop.events.append([like("a")])
        with open_shop(tmp_path / "a.shop") as shop:
            assert list(shop.events.iterate()) == [like("a")]
    store = open_sqlite(tmp_path / "a.shop")
    assert store.events().last() == 0
    store.close()
    assert PASSWORD not in (tmp_path / "a.shop").read_bytes().decode("latin-1")
