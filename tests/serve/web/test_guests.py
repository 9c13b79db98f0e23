"""Visitors are known again by a number, for as long as they do not mind."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.serve.serving import Serve, Served, code_of, served, until
from tests.serve.web.desks import FORM, Person

from vitrine.events import Event

COOKIE = "vitrine_visitor"


@pytest.fixture(scope="module")
def own(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a copy of the drawn shop, where events are kept."""
    folder = tmp_path_factory.mktemp("guests")
    with served(Path(shutil.copy(built, folder / "own.shop")), folder / "models") as running:
        yield running


@pytest.fixture
def guest(own: Served) -> Person:
    """Somebody who was here once."""
    who = Person(own)
    who.open("/")
    return who


def noted(who: Person) -> list[Event]:
    """What the shop keeps of a visitor, the oldest first."""
    number = re.search(r"Your number: (web-\w{32})", who.open("/your-data").text)
    assert number
    return list(who.server.service.shop.events.iterate(number[1]))


def kinds(who: Person) -> list[str]:
    return [event.event_type for event in noted(who)]


def n_events(server: Served) -> int:
    return sum(1 for _ in server.service.shop.events.iterate())


def sighting(number: int, **said: object) -> dict[str, object]:
    return {"sighting_id": f"sighting-{number}", "kind": "impression", "shelf": "home.new", **said}


def beacon(who: Person, *seen: dict[str, object], **headers: str) -> httpx.Response:
    return who.ask("POST", "/seen", json={"page": "/", "seen": seen}, headers=headers)


def test_the_cookie_is_random_and_out_of_reach_of_scripts(own: Served) -> None:
    given = [Person(own).ask("GET", "/").headers["set-cookie"] for _ in range(2)]
    assert given[0].split(";")[0] != given[1].split(";")[0]
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"):
        assert part in given[0]
    assert len(given[0].split(";")[0]) == len(COOKIE) + 1 + 22


def test_a_program_that_keeps_no_cookie_makes_no_visitor(own: Served) -> None:
    before = n_events(own)
    for _ in range(3):
        Person(own).open("/products/p0")
    assert n_events(own) == before


def test_views_and_searches_are_noted_in_words_of_the_shop(own: Served, guest: Person) -> None:
    guest.open("/products/p0")
    guest.open("/products/p0")  # once more within a minute is the same look
    guest.open("/search?q=red+dress&colour=Red")
    guest.open("/search?colour=Red")
    guest.open("/search?q=dress&page=2")
    until(lambda: len(noted(guest)) == 3)
    view, search, browsed = sorted(noted(guest), key=lambda event: event.at)
    assert (view.event_type, view.products[0].product_id) == ("detail-page-view", "p0")
    assert (search.event_type, search.query) == ("search", "red dress")
    assert search.attributes["colour"] == "Red"
    assert browsed.event_type == "category-page-view"
    assert guest.cookies[COOKIE] not in repr(noted(guest))


@pytest.mark.parametrize("signal", ["DNT", "Sec-GPC"])
def test_whoever_says_no_is_not_followed(own: Served, guest: Person, signal: str) -> None:
    before = n_events(own)
    for who in (guest, Person(own)):
        answer = who.ask("GET", "/products/p0", headers={signal: "1"})
        assert "set-cookie" not in answer.headers
        assert "data-opinion" not in answer.text
    beacon(guest, sighting(1, products=[{"product_id": "p1"}]), **{signal: "1"})
    assert n_events(own) == before


def test_a_shop_may_remember_nobody(serve: Serve) -> None:
    with serve(serve_visitors=False) as own:
        answer = Person(own).ask("GET", "/products/p0")
        assert "set-cookie" not in answer.headers
        assert "data-opinion" not in answer.text
        assert "notes nothing" in Person(own).open("/your-data").text


def test_a_like_is_kept_before_it_is_answered_and_shows(guest: Person) -> None:
    answer = guest.send("/likes", product="p3", opinion="like", back="/products/p3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/products/p3")
    assert kinds(guest).count("like") == 1
    pressed = guest.open("/products/p3").all("button", aria_pressed="true")
    assert [button["data-opinion-of"] for button in pressed] == ["like"]
    guest.send("/likes", product="p3", opinion="dislike", back="//evil.example")
    pressed = guest.open("/products/p3").all("button", aria_pressed="true")
    assert [button["data-opinion-of"] for button in pressed] == ["dislike"]


def test_forms_lead_back_to_pages_of_ours_only(guest: Person) -> None:
    for place in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        answer = guest.send("/likes", product="p3", opinion="like", back=place)
        assert answer.headers["location"] == "/"


def test_other_sites_cannot_speak_for_a_visitor(guest: Person) -> None:
    said = "product=p3&opinion=like"
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for path in ("/likes", "/ratings", "/your-data/delete"):
            refused = guest.ask("POST", path, content=said, headers=FORM | headers)
            assert refused.status_code == 403, (path, headers)
        assert beacon(guest, sighting(1, products=[]), **headers).status_code == 403
    plain = guest.ask("POST", "/seen", content="{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    assert "like" not in kinds(guest)


def test_nonsense_is_refused_in_one_line(own: Served, guest: Person) -> None:
    as_program = {"Accept": "application/json"}
    for said, code in (
        ("product=p3&opinion=love", "invalid"),
        ("product=none&opinion=like", "product_not_found"),
        ("product=p3&opinion=%00", "malformed_form"),
    ):
        refused = guest.ask("POST", "/likes", content=said, headers=FORM | as_program)
        assert code_of(refused) == code
    stranger = httpx.post(own.url + "/likes", content="product=p3&opinion=like", headers=FORM)
    assert code_of(stranger) == "not_noted"
    for seen in (
        sighting(1, products=[]),
        sighting(1, products=[{"product_id": "p1", "position": -1}]),
        sighting(1, products=[{"product_id": "p1"}], kind="purchase-complete"),
        sighting(1, products=[{"product_id": "p1"}] * 101),
    ):
        assert beacon(guest, seen).status_code == 422


def test_what_was_seen_is_kept_once_with_its_place(guest: Person) -> None:
    cards = [{"product_id": "p1", "position": 4}, {"product_id": "p2", "position": 5}]
    click = sighting(2, products=cards[:1], kind="detail-page-view")
    for _ in range(2):
        assert beacon(guest, sighting(1, products=cards), click).status_code == 204
    guest.open("/products/p1")  # the page that was clicked for
    shown, clicked = noted(guest)
    assert [(each.product_id, each.position) for each in shown.products] == [("p1", 4), ("p2", 5)]
    assert shown.attributes["list"] == "home.new"
    assert (clicked.event_type, clicked.products[0].position) == ("detail-page-view", 4)


def test_a_list_is_rated_as_a_whole(guest: Person) -> None:
    said = {"list": "for-you", "strategy": "popular", "back": "/for-you?rated=1#rating"}
    answer = guest.send("/ratings", relevance="4", novelty="2", **said)
    assert answer.headers["location"] == "/for-you?rated=1#rating"
    rates = {event.aspect: event.value for event in noted(guest)}
    assert rates == {"relevance": 4.0, "novelty": 2.0}
    assert guest.send("/ratings", relevance="6").status_code == 422


def test_visitors_see_take_along_and_delete_their_data(own: Served, guest: Person) -> None:
    guest.send("/likes", product="p3", opinion="like", back="/")
    other = Person(own)
    other.open("/")
    other.send("/likes", product="p5", opinion="like", back="/")
    page = guest.open("/your-data")
    assert page.all("a", href="/products/p3")
    assert not page.all("a", href="/products/p5")
    before = n_events(own)
    (line,) = guest.ask("GET", "/your-data/export").text.splitlines()
    assert json.loads(line)["productDetails"][0]["product"]["id"] == "p3"

    assert guest.send("/your-data/delete").headers["location"] == "/your-data?done=deleted"
    assert kinds(other) == ["like"]
    assert n_events(own) == before - 1
    assert "Nothing is noted yet" in guest.open("/your-data?done=deleted").text


def test_visitors_may_stop_it_and_begin_again(own: Served, guest: Person) -> None:
    guest.send("/your-data/stop")
    assert guest.cookies[COOKIE] == "no"
    before = n_events(own)
    assert "data-opinion" not in guest.ask("GET", "/products/p0").text
    assert n_events(own) == before
    assert guest.open("/your-data").all("form", action="/your-data/start")
    guest.send("/your-data/start")
    guest.open("/")
    assert len(guest.cookies[COOKIE]) == 22
