"""`POST /v1/events` on real servers."""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.serve.serving import Serve, Served, code_of
from tests.serve.test_running import started

from vitrine.errors import EventsUnavailableError
from vitrine.serve.keys import create_key
from vitrine.store import open_sqlite

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")


def like(event_id: str, **more: Any) -> dict[str, Any]:
    said = {"eventId": event_id, "eventType": "like", "visitorId": "v1"}
    return said | {"productDetails": [{"product": {"id": "p1"}}]} | more


def send(server: Served, *events: object, **options: Any) -> httpx.Response:
    return server("POST", "/v1/events", json={"events": [*events]}, **options)


def kept(shop: Path) -> list[str]:
    store = open_sqlite(shop)
    ids = [event.event_id for event in store.events().iterate()]
    store.close()
    return ids


def test_one_event_or_many_are_on_disk_when_the_answer_comes(serve: Serve, shop: Path) -> None:
    with serve() as own:
        one = own("POST", "/v1/events", json=like("a"))
        assert (one.status_code, one.json()) == (200, {"accepted": 1, "known": 0, "failed": []})
        many = send(own, like("a"), like("b"), like("b"))
        assert (many.status_code, many.json()) == (200, {"accepted": 1, "known": 2, "failed": []})
        algolia = {
            "eventType": "click",
            "eventName": "clicked",
            "index": "products",
            "userToken": "v2",
            "objectIDs": ["p2"],
            "positions": [1],
            "timestamp": int(time.time() * 1000),
        }
        assert send(own, algolia).json()["accepted"] == 1
        assert len(kept(shop)) == 3
        [event] = own.service.shop.events.of_visitor("v2", 5)
        assert event.products[0].position == 0
        assert abs(own.service.shop.events.of_visitor("v1", 1)[0].at - time.time()) < 60


def test_of_a_batch_the_bad_events_are_listed_and_the_good_are_kept(
    serve: Serve, shop: Path
) -> None:
    with serve() as own:
        answer = send(
            own,
            like("a"),
            like("b", eventTime="2999-01-01T00:00:00Z"),
            like("c", eventTime="2009-01-01T00:00:00Z"),
            "nonsense",
            like("d", eventTypo="x"),
        )
        assert answer.status_code == 207
        said = answer.json()
        assert (said["accepted"], said["known"]) == (2, 0)
        assert [(one["index"], one["code"]) for one in said["failed"]] == [
            (1, "time_ahead"),
            (3, "not_an_object"),
            (4, "field_unknown"),
        ]
        none = send(own, like("e", visitorId=""))
        assert (none.status_code, code_of(none)) == (422, "events_invalid")
        assert none.json()["failed"][0]["code"] == "field_missing"
        assert kept(shop) == ["a", "c"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"[]", "malformed_json"),
        (b'{"events": []}', "invalid"),
        (b'{"events": {}}', "invalid"),
        (b'{"events": [{}], "x": 1}', "invalid"),
        (json.dumps({"events": [{}] * 1001}).encode(), "invalid"),
        (b"{}", "events_invalid"),
        (b'{"events": [{"eventType": NaN}]}', "malformed_json"),
    ],
)
def test_bodies_that_are_no_events(ask: Served, body: bytes, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert code_of(ask("POST", "/v1/events", content=body, headers=headers)) == code


def test_no_page_of_a_stranger_may_send_events(ask: Served) -> None:
    plain = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    beacon = ask("POST", "/v1/events", content=json.dumps(like("x")), headers=plain)
    assert code_of(beacon) == "origin_refused"
    del plain["Origin"]
    beacon = ask("POST", "/v1/events", content=json.dumps(like("x")), headers=plain)
    assert code_of(beacon) == "media_type_unsupported"


def test_a_search_key_sends_events_but_not_without_end(serve: Serve, shop: Path) -> None:
    store = open_sqlite(shop)
    search, admin = (create_key(store, kind)[0] for kind in ("search", "admin"))
    store.close()
    with serve(serve_rate_per_s=0.001, serve_burst=22) as own:
        assert code_of(send(own, like("a"))) == "key_missing"

        def batch(name: str, key: str) -> httpx.Response:
            events = [like(f"{name}-{n}") for n in range(1000)]
            return send(own, *events, headers={"Authorization": f"Bearer {key}"})

        assert batch("first", search).json()["accepted"] == 1000
        refused = batch("second", search)
        assert code_of(refused) == "rate_limited"
        assert int(refused.headers["retry-after"]) > 1
        assert batch("third", admin).json()["accepted"] == 1000
        assert len(kept(shop)) == 2000


def test_a_shop_that_keeps_events_for_a_time_refuses_older_ones(serve: Serve) -> None:
    with serve(events_kept_days=30) as own:
        old = send(own, like("a", eventTime="2020-01-01T00:00:00Z"))
        assert code_of(old) == "events_invalid"
        assert old.json()["failed"][0]["code"] == "expired"


def test_a_database_that_does_not_answer_is_no_acknowledgement(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as own:

        def full(_batches: object) -> None:
            raise EventsUnavailableError("disk full at /home/me/secret.shop")

        monkeypatch.setattr(own.service.shop.events, "take_all", full)
        answer = send(own, like("a"))
        assert code_of(answer) == "busy"
        assert answer.headers["retry-after"] == "5"
        assert "secret" not in answer.text


def test_events_that_wait_go_to_disk_together_and_are_counted_apart(
    serve: Serve, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as own:
        events, sizes, go_on = own.service.shop.events, list[int](), threading.Event()
        take_all = events.take_all

        def slow(batches: list[list[object]]) -> object:
            sizes.append(len(batches))
            go_on.wait(10)
            return take_all(batches)

        monkeypatch.setattr(events, "take_all", slow)
        with ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(send, own, like("shared"), like(f"own-{n}")) for n in range(8)]
            while own.service.ingest.lane.n_inside < 8:
                time.sleep(0.01)
            assert own.search(text="dress").status_code == 200
            go_on.set()
            said = [future.result().json() for future in sent]
        assert sum(sizes) == 8
        assert len(sizes) == 2
        assert sum(one["accepted"] for one in said) == 9
        assert sum(one["known"] for one in said) == 7
        assert all(one["accepted"] + one["known"] == 2 for one in said)
        assert len(kept(shop)) == 9


def test_when_too_much_waits_the_answer_is_busy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.serve.ingest._WAITING_BATCHES", 1)
    with serve() as own:
        events, go_on = own.service.shop.events, threading.Event()
        take_all = events.take_all

        def slow(batches: list[list[object]]) -> object:
            go_on.wait(10)
            return take_all(batches)

        monkeypatch.setattr(events, "take_all", slow)
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(send, own, like(str(n))) for n in range(2)]
            while own.service.ingest.lane.n_inside < 2:
                time.sleep(0.01)
            assert code_of(send(own, like("late"))) == "busy"
            go_on.set()
            assert [future.result().status_code for future in sent] == [200, 200]
        assert send(own, like("late")).json()["accepted"] == 1


@pytest.mark.slow
@needs_signals
def test_killed_in_the_middle_nothing_acknowledged_is_lost(shop: Path) -> None:
    acknowledged: set[str] = set()
    batches = [[like(f"{n}-{i}") for i in range(100)] for n in range(200)]
    left = iter(batches)
    for _ in range(3):
        with started(shop) as (process, url):
            killer = threading.Timer(0.5, process.kill)
            killer.start()
            with (
                httpx.Client(base_url=url, trust_env=False, timeout=5) as client,
                suppress(httpx.TransportError),
            ):
                while batch := next(left, None):
                    answer = client.post("/v1/events", json={"events": batch})
                    assert answer.status_code == 200
                    acknowledged |= {event["eventId"] for event in batch}
            process.communicate(timeout=10)
            killer.join()
        assert acknowledged <= set(kept(shop))
    assert acknowledged
    store = open_sqlite(shop)
    assert store.problems() == []
    for batch in batches:
        store.events().append([event_of(said) for said in batch])
    store.close()
    ids = kept(shop)
    assert len(ids) == len(set(ids)) == 200 * 100


def event_of(said: dict[str, Any]) -> Any:
    from vitrine.events import read_event

    return read_event(said, time.time())
