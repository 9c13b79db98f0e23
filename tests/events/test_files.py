"""Files of events, as other systems write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.events import (
    Event,
    EventError,
    EventProduct,
    Visitor,
    read_events,
    read_visitors,
    write_events,
)

HM = """t_dat,customer_id,article_id,price,sales_channel_id
2018-09-20,c1,663713001,0.0508,2
2018-09-20,c1,663713001,0.0508,2
2018-09-20,c2,541518023,0.0304,1
2018-09-21,c2,,0.0304,1
someday,c2,541518023,0.0304,1
"""
PLAIN = """event_id,event_type,visitor_id,at,product_id,quantity,value,aspect
b1,purchase-complete,v1,2026-01-05T10:00:00Z,p1,2,,
b1,purchase-complete,v1,2026-01-05T10:00:00Z,p2,,,
,like,v2,2026-01-05,p1,,,
,like,v2,2026-01-05,p1,,,
b2,rate,v2,1767571200,p1,,4,novelty
b3,purchase-complete,v1,2026-01-05,p1,1,,
b3,purchase-complete,v1,2026-01-05,p2,many,,
"""


def events_of(path: Path, format: str | None = None) -> list[Event]:
    return [event for _, event in read_events(path, format)[1] if isinstance(event, Event)]


def errors_of(path: Path) -> list[tuple[int, str]]:
    return [
        (line, error.code) for line, error in read_events(path)[1] if isinstance(error, EventError)
    ]


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_hm_gives_every_piece_an_id_of_its_own_that_stays(tmp_path: Path) -> None:
    path = write(tmp_path, "transactions_train.csv", HM)
    assert read_events(path)[0] == "hm"
    first = events_of(path)
    assert first == events_of(path)
    assert len({event.event_id for event in first}) == 3
    assert first[0].products == (EventProduct("0663713001", price=0.0508),)
    assert (first[0].at, first[0].visitor_id) == (1_537_401_600.0, "c1")
    assert first[2].attributes == {"sales_channel_id": "1"}
    assert errors_of(path) == [(5, "field_missing"), (6, "time_invalid")]


def test_our_own_table_joins_rows_of_one_event(tmp_path: Path) -> None:
    path = write(tmp_path, "events.csv", PLAIN)
    assert read_events(path)[0] == "csv"
    basket, like, again, rated = events_of(path)
    assert basket.products == (EventProduct("p1", 2), EventProduct("p2"))
    assert like.event_id != again.event_id
    assert (rated.value, rated.aspect, rated.at) == (4.0, "novelty", 1_767_571_200.0)
    assert errors_of(path) == [(8, "value_invalid")]
    assert events_of(path) == [basket, like, again, rated]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_tables_of_spreadsheets_are_read(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, "events.csv", "\ufeff" + PLAIN.replace(",", delimiter))
    assert len(events_of(path)) == 4


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("event_type,visitor_id,product_id", "in no known|no file of events"),
        ("event_type,visitor_id,at,prodct_id", "Did you mean 'product_id'"),
    ],
)
def test_columns_that_lack_or_are_misspelt_are_named(
    tmp_path: Path, header: str, reason: str
) -> None:
    path = write(tmp_path, "events.csv", f"{header}\nlike,v,2026-01-01,p\n")
    with pytest.raises(DataError, match=reason):
        events_of(path)


@pytest.mark.parametrize("name", ["events.jsonl", "events.csv"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    kept = [
        Event("a", "purchase-complete", "v,1", 5.25, (EventProduct("ü", 2), EventProduct("x"))),
        Event("b", "search", "v", 6.0, query='red "coat"\nlong', attributes={"list": "衣"}),
        Event("c", "rate", "v", 7.0, value=2.0, aspect="usefulness"),
    ]
    assert write_events(kept, tmp_path / name) == 3
    assert events_of(tmp_path / name) == kept
    with pytest.raises(UsageError, match=r"\.jsonl"):
        write_events(kept, tmp_path / "events.xml")


@pytest.mark.parametrize("shape", ["lines", "list", "events", "userEvents", "one"])
def test_json_comes_in_many_shapes(tmp_path: Path, shape: str) -> None:
    google = {
        "eventId": "a",
        "eventType": "like",
        "visitorId": "v",
        "eventTime": "2026-01-01T00:00:00Z",
        "productDetails": [{"product": {"id": "p"}}],
    }
    algolia = {
        "eventType": "click",
        "userToken": "v",
        "timestamp": 1_700_000_000_000,
        "objectIDs": ["p"],
    }
    match shape:
        case "lines":
            text = f"{json.dumps(google)}\n\nnot json\n{json.dumps(algolia)}\n[]\n"
        case "list":
            text = json.dumps([google, algolia], indent=1)
        case "one":
            text = json.dumps(google, indent=1)
        case name:
            text = json.dumps({name: [google, algolia]})
    path = write(tmp_path, "events.json", text)
    assert [event.event_type for event in events_of(path)] == (
        ["like"] if shape == "one" else ["like", "detail-page-view"]
    )
    wrong = [(3, "malformed"), (5, "not_an_object")]
    assert errors_of(path) == (wrong if shape == "lines" else [])


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        read_events(tmp_path / "nothing.csv")
    path = write(tmp_path, "products.csv", "id,title\n1,Shirt\n")
    with pytest.raises(DataError, match="no file of events that is known"):
        read_events(path)
    with pytest.raises(UsageError, match="known: csv, hm, json"):
        read_events(path, "xml")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" * 9)
    with pytest.raises(DataError, match="no file of events"):
        read_events(tmp_path / "photo.jpg")
    with pytest.raises(DataError, match="no JSON"):
        events_of(write(tmp_path, "broken.json", '[{"eventType": '))
    with pytest.raises(DataError, match="no list of events"):
        events_of(write(tmp_path, "odd.json", '{"events": 3}'))


def test_customers_are_read_in_hms_words_and_in_ours(tmp_path: Path) -> None:
    hm = write(
        tmp_path,
        "customers.csv",
        "customer_id,FN,Active,club_member_status,age,postal_code\n"
        "c1,1.0,1.0,ACTIVE,49.0,52043e\nc2,,,,,\n,,,,30,\nc4,,,,999,\n",
    )
    found = list(read_visitors(hm))
    assert [visitor for _, visitor in found[:2]] == [
        Visitor("c1", 49, "", "52043e"),
        Visitor("c2"),
    ]
    assert [(line, error.code) for line, error in found[2:] if isinstance(error, EventError)] == [
        (4, "field_missing"),
        (5, "value_invalid"),
    ]
    ours = write(tmp_path, "visitors.csv", "visitor_id,gender,region\nv1,F,Kyoto\nv2,robot,\n")
    first, second = read_visitors(ours)
    assert first == (2, Visitor("v1", None, "women", "Kyoto"))
    assert "known: women, men" in str(second[1])
    with pytest.raises(DataError, match="visitor_id or customer_id"):
        list(read_visitors(write(tmp_path, "x.csv", "age\n3\n")))


@pytest.mark.real_data
def test_a_real_day_of_hm(real_data: Path) -> None:
    path = real_data / "hm" / "transactions_train_20180920.csv"
    found = events_of(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(found) == len(lines) - 1 == len({event.event_id for event in found})
    assert {event.at for event in found} == {1_537_401_600.0}
