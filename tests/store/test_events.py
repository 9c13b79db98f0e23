"""What every store of events must do, in a shop's own file and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from tests.store.conftest import IDENTITY
from tests.store.postgres import PASSWORD, postgres_server

from vitrine.errors import ConfigurationError, DataError, EventsUnavailableError
from vitrine.events import Event, EventProduct, Visitor
from vitrine.store import (
    Appended,
    EventCounts,
    EventRows,
    EventStore,
    create_sqlite,
    open_postgres_events,
    open_sqlite,
)

OpenEvents = Callable[[], EventStore]
_TABLES = "event_products, events, visitors, event_marks"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(server: str) -> Iterator[str]:
    """An empty database."""
    yield server
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {_TABLES}"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def open_events(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[OpenEvents]:
    """Open the same events again and again."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            create_sqlite(tmp_path / "a.shop", IDENTITY).close()

            def open_one() -> EventStore:
                store = open_sqlite(tmp_path / "a.shop")
                stack.callback(store.close)
                return store.events()
        else:
            url: str = request.getfixturevalue("postgres_url")

            def open_one() -> EventStore:
                events = open_postgres_events(url)
                stack.callback(events.close)
                return events

        yield open_one


@pytest.fixture
def events(open_events: OpenEvents) -> EventStore:
    return open_events()


def view(number: int, visitor: str = "v1", *products: str) -> Event:
    named = tuple(EventProduct(product) for product in products or ("p1",))
    return Event(f"e{number}", "detail-page-view", visitor, 1000.0 + number, named)


FULL = Event(
    "a:b/ü-1",
    "purchase-complete",
    "besucher ü 衣",
    1_700_000_000.123,
    (
        EventProduct("kleid-1", 2, None, 49.9),
        EventProduct("kleid-1", 1, 3),
        EventProduct("a", price=0.1),
    ),
    session_id="s1",
    query="rotes Kleid 'quer\" %",
    currency="EUR",
    attributes={"list": "home", "b": "衣"},
)


def test_a_new_store_is_empty(events: EventStore) -> None:
    rows = events.rows()
    assert (events.last(), events.n_purges(), len(rows), rows.last) == (0, 0, 0, 0)
    assert (rows.visitor_ids, list(events.iterate()), events.visitors()) == ([], [], {})
    assert events.append([]) == Appended(0, 0)


def test_events_come_back_as_they_were_sent(events: EventStore, open_events: OpenEvents) -> None:
    rated = Event("r", "rate", "v", 5.0, (EventProduct("p"),), value=4.0, aspect="novelty")
    searched = Event("s", "search", "v", 6.0, query="coat")
    sent = [FULL, rated, searched]
    assert events.append(sent) == Appended(3, 0)
    assert list(open_events().iterate()) == sent
    assert list(events.iterate("v")) == [rated, searched]
    assert list(events.iterate("nobody")) == []


def test_an_event_sent_again_is_passed_over(events: EventStore) -> None:
    assert events.append([view(1), view(2), view(1)]) == Appended(2, 1)
    changed = replace(view(2), visitor_id="somebody else")
    assert events.append([view(3), changed]) == Appended(1, 1)
    assert [event.event_id for event in events.iterate()] == ["e1", "e2", "e3"]
    assert list(events.iterate())[1].visitor_id == "v1"
    assert events.last() == 3


def test_rows_have_one_line_for_each_product(events: EventStore) -> None:
    rated = Event("r", "rate", "v2", 5.0, (EventProduct("p2", 7, 4),), value=2.5, aspect="novelty")
    events.append([view(1, "v1", "p1", "p2"), Event("s", "search", "v3", 6.0), rated])
    rows = events.rows()
    assert rows.at.tolist() == [1001.0, 1001.0, 5.0]
    assert [rows.type_names[i] for i in rows.types] == ["detail-page-view"] * 2 + ["rate"]
    assert [rows.visitor_ids[i] for i in rows.visitors] == ["v1", "v1", "v2"]
    assert [rows.product_ids[i] for i in rows.products] == ["p1", "p2", "p2"]
    assert rows.values.tolist() == [1.0, 1.0, 2.5]
    assert rows.positions.tolist() == [-1, -1, 4]
    assert rows.last == events.last() == 3


def test_rows_since_hold_what_is_new_alone(events: EventStore) -> None:
    events.append([view(1), view(2)])
    before = events.rows()
    assert len(events.rows(before.last)) == 0
    events.append([view(3, "v9", "p9"), view(1)])
    delta = events.rows(before.last)
    assert (delta.visitor_ids, delta.product_ids, delta.last) == (["v9"], ["p9"], 3)


def test_events_are_counted(events: EventStore) -> None:
    assert events.counts() == EventCounts({}, 0, 0, None, None)
    searched = Event("s", "search", "v3", 6.0, query="coat")
    events.append([view(1, "v1", "p1", "p2"), view(2, "v1", "p2"), searched])
    counted = EventCounts({"detail-page-view": 2, "search": 1}, 2, 2, 6.0, 1002.0)
    assert events.counts() == counted


def test_a_visitors_newest_events_come_first_by_time(events: EventStore) -> None:
    late = replace(view(1, "v1", "p1"), at=9000.0)
    events.append([late, view(2), view(3, "v2"), replace(view(4), at=view(2).at)])
    assert [event.event_id for event in events.of_visitor("v1", 9)] == ["e1", "e4", "e2"]
    assert [event.event_id for event in events.of_visitor("v1", 1)] == ["e1"]
    assert events.of_visitor("v1", 1)[0].products == (EventProduct("p1"),)
    assert events.of_visitor("nobody", 5) == []


def test_what_is_known_of_visitors_is_replaced(events: EventStore) -> None:
    first, second = Visitor("v1", 31, "women", "DE"), Visitor("v2")
    events.put_visitors([first, second])
    events.put_visitors([Visitor("v1", 32), Visitor("v3", gender="men"), Visitor("v1", 33)])
    assert events.visitors(["v1", "nobody"]) == {"v1": Visitor("v1", 33)}
    assert set(events.visitors()) == {"v1", "v2", "v3"}
    assert events.visitors(["v2"])["v2"] == second
    events.put_visitors([])


def test_more_visitors_and_ids_than_one_statement_takes(events: EventStore) -> None:
    everybody = [Visitor(f"v{i}", i % 100) for i in range(4500)]
    events.put_visitors(iter(everybody))
    ids = [visitor.visitor_id for visitor in everybody]
    assert events.visitors(ids) == events.visitors() == dict(zip(ids, everybody, strict=True))


def test_a_purged_visitor_is_gone(events: EventStore) -> None:
    events.append([view(1, "v1"), view(2, "v2"), view(3, "v1")])
    events.put_visitors([Visitor("v1", 30), Visitor("v2", 40)])
    assert events.purge_visitor("v1") == 2
    assert events.n_purges() == 1
    assert [event.event_id for event in events.iterate()] == ["e2"]
    assert len(events.rows()) == 1
    assert set(events.visitors()) == {"v2"}
    assert events.purge_visitor("v1") == 0
    assert events.n_purges() == 1


def test_numbers_are_not_given_again_after_a_purge(events: EventStore) -> None:
    events.append([view(1), view(2, "v2")])
    last = events.last()
    events.purge_visitor("v2")
    assert events.last() == last
    events.append([view(3)])
    assert [*events.rows(last).at] == [view(3).at]


def test_old_events_are_purged_by_the_time_when_they_happened(events: EventStore) -> None:
    events.append([view(5), view(1), view(3)])
    assert events.purge_before(1003.0) == 1
    assert [event.event_id for event in events.iterate()] == ["e5", "e3"]
    assert events.purge_before(0) == 0


def test_more_events_than_one_transaction_removes(events: EventStore) -> None:
    events.append([view(i, "v1", "p1", "p2") for i in range(5001)])
    events.append([view(9999, "v2")])
    assert events.purge_visitor("v1") == 5001
    assert [event.event_id for event in events.iterate()] == ["e9999"]
    assert events.n_purges() == 2


def test_a_batch_is_kept_whole_or_not_at_all(events: EventStore) -> None:
    impossible = Event("e2", "like", "v1", 5.0, (EventProduct("p", 10**30),))
    with pytest.raises((EventsUnavailableError, OverflowError)):
        events.append([view(1), impossible])
    assert (events.last(), list(events.iterate())) == (0, [])
    assert events.append([view(1)]) == Appended(1, 0)


def test_writers_at_the_same_time_lose_and_repeat_nothing(open_events: OpenEvents) -> None:
    seen: list[EventRows] = []
    done = threading.Event()

    def write(writer: int) -> None:
        mine = open_events()
        for batch in range(15):
            shared = [view(batch, f"w{writer}")]
            own = [view(1000 * (writer + 1) + 10 * batch + i, f"w{writer}") for i in range(5)]
            mine.append([*shared, *own])

    def follow() -> None:
        mine, last = open_events(), 0
        while not done.is_set() or mine.last() > last:
            seen.append(mine.rows(last))
            last = seen[-1].last

    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(i,)) for i in range(3)]
    for thread in (follower, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    kept = list(open_events().iterate())
    assert len(kept) == len({event.event_id for event in kept}) == 15 + 3 * 15 * 5
    followed = [at for rows in seen for at in rows.at.tolist()]
    assert followed == [event.at for event in kept]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.one_of(
            st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), max_size=6),
            st.sampled_from("abc"),
            st.integers(1000, 1012),
        ),
        max_size=8,
    )
)
def test_any_sequence_of_steps_leaves_what_a_list_would_hold(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[list[tuple[int, str]] | str | int],
) -> None:
    path = tmp_path_factory.mktemp("law") / "a.shop"
    store = create_sqlite(path, IDENTITY)
    events, naive = store.events(), list[Event]()
    for step in steps:
        if isinstance(step, str):
            events.purge_visitor(step)
            naive = [event for event in naive if event.visitor_id != step]
        elif isinstance(step, int):
            events.purge_before(step)
            naive = [event for event in naive if event.at >= step]
        else:
            for number, visitor in step:
                if all(event.event_id != f"e{number}" for event in naive):
                    naive.append(view(number, visitor))
            events.append([view(number, visitor) for number, visitor in step])
    assert list(events.iterate()) == naive
    assert [events.rows().visitor_ids[i] for i in events.rows().visitors] == [
        event.visitor_id for event in naive
    ]
    store.close()


def test_events_flow_while_an_import_runs(tmp_path: Path) -> None:
    store = create_sqlite(tmp_path / "a.shop", IDENTITY)
    other = open_sqlite(tmp_path / "a.shop")
    with store.importing():
        assert other.events().append([view(1)]) == Appended(1, 0)
        with store.transaction():
            pass
    assert store.events().last() == 1
    assert store.counter() == other.counter()
    store.close()
    other.close()


def test_nothing_of_a_purged_visitor_stays_in_the_file(tmp_path: Path) -> None:
    store = create_sqlite(tmp_path / "a.shop", IDENTITY)
    secret = replace(view(1, "v-secret"), query="who-is-it", session_id="s-secret")
    store.events().append([secret, view(2, "v-other")])
    store.events().put_visitors([Visitor("v-secret", 30, "", "nowhere-land")])
    store.events().purge_visitor("v-secret")
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.glob("a.shop*"))
    assert b"v-other" in left
    for trace in (b"v-secret", b"who-is-it", b"s-secret", b"nowhere-land"):
        assert trace not in left


def test_events_are_part_of_a_backup(tmp_path: Path) -> None:
    store = create_sqlite(tmp_path / "a.shop", IDENTITY)
    store.events().append([FULL])
    store.backup(tmp_path / "copy.shop")
    store.close()
    copy = open_sqlite(tmp_path / "copy.shop")
    assert list(copy.events().iterate()) == [FULL]
    assert copy.problems() == []
    copy.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite:///a.shop", "postgresql://host", "mysql://a:hidden@b/c"]
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="VITRINE_EVENTS_URL") as refused:
        open_postgres_events(url)
    assert "hidden" not in str(refused.value)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(
        ConfigurationError, match=r"'shop' on 127\.0\.0\.1 cannot be used"
    ) as refused:
        open_postgres_events("postgresql://me:hidden@127.0.0.1:9/shop")
    assert "hidden" not in str(refused.value)


@pytest.mark.postgres
def test_a_wrong_password_is_not_shown(postgres_url: str) -> None:
    wrong = postgres_url.replace("not%3Ato", "hidden")
    with pytest.raises(ConfigurationError, match="password authentication failed") as refused:
        open_postgres_events(wrong)
    assert "hidden" not in str(refused.value)
    assert PASSWORD not in str(refused.value)


@pytest.mark.postgres
def test_tables_of_a_newer_release_are_refused(postgres_url: str) -> None:
    open_postgres_events(postgres_url).close()
    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE event_marks SET value = 99 WHERE name = 'schema'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match="newer release"):
        open_postgres_events(postgres_url)


def test_a_shop_that_cannot_be_written_keeps_no_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_sqlite(tmp_path / "a.shop", IDENTITY).close()
    monkeypatch.setattr("vitrine.store.sqlite.is_frozen", is_true)
    monkeypatch.setattr("vitrine.store.files.is_frozen", is_true)
    monkeypatch.setattr("vitrine.store.engines.is_frozen", is_true)
    store = open_sqlite(tmp_path / "a.shop")
    with pytest.raises(DataError, match="cannot be changed"):
        store.events().append([view(1)])
    assert list(store.events().iterate()) == []
    store.close()


def is_true(_path: Path) -> bool:
    return True
