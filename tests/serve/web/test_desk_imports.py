from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.serve.importing import events_of, gated_site, photo_archive, table_of
from tests.serve.serving import MARKUP, Served, served
from tests.serve.test_access import make_key
from tests.serve.web.desks import Person, signed_in, token_on
from tests.serve.web.pages import Page

from vitrine.settings import Settings
from vitrine.shop import create_shop


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A server in front of an empty shop that may fetch from this computer, and its key."""
    folder = tmp_path_factory.mktemp("desk-imports")
    settings = Settings(models_dir=folder / "models", threads=1)
    create_shop(folder / "a.shop", encoder="colour", settings=settings).close()
    key, _ = make_key(folder / "a.shop", "admin")
    limits: dict[str, Any] = {"fetch_allow_private": True, "serve_import_mb": 1}
    with served(folder / "a.shop", folder / "models", **limits) as running:
        yield running, key


@pytest.fixture(scope="module")
def staff(desk: tuple[Served, str]) -> Person:
    return signed_in(*desk)


def send(
    who: Person, data: bytes, name: str = "spring.csv", *, options: str = "{}"
) -> httpx.Response:
    """Send the form of a file, as the page has it."""
    action = who.open("/desk/imports").all("form", action="/desk/imports?csrf=")[0]["action"]
    parts: dict[str, Any] = {"file": (name, data), "options": (None, options)}
    return who.ask("POST", action, files=parts)


def after(who: Person, answer: httpx.Response) -> Page:
    """The page of an import once it is over."""
    assert answer.status_code == 303, answer.text
    ends = time.monotonic() + 60
    while (page := who.open(answer.headers["location"])).all("progress"):
        assert time.monotonic() < ends
        time.sleep(0.1)
    return page


def test_an_archive_comes_in_through_the_form(desk: tuple[Served, str], staff: Person) -> None:
    assert "There is nothing in the window yet" in staff.open("/desk").text
    page = after(
        staff,
        send(staff, photo_archive(3, more=b"z999,Broken,Red,women,cheap,no.png\n"), "spring.zip"),
    )
    assert "Done" in page.text
    rows = [found for found in page.said if "cheap" in found]
    assert rows, page.text
    assert "price" in page.text
    assert "5" in page.said
    server, _ = desk
    assert len(server.service.shop) >= 3
    listed = staff.open("/desk/imports")
    assert "spring.zip" in listed.text
    overview = staff.open("/desk")
    assert "spring.zip" in overview.text
    assert "left out" in overview.text


def test_a_catalogue_can_take_the_place_of_all(desk: tuple[Served, str], staff: Person) -> None:
    shop = desk[0].service.shop
    after(staff, send(staff, table_of(("a", ""), ("b", ""))))
    page = after(staff, send(staff, table_of(("b", "")), options='{"prune": true}'))
    assert "Deleted" in page.text
    assert [product.product_id for product in shop.products()] == ["b"]


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("empty.csv", b"", 422, "This is no table of products"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(400), 422, "This is no table of products"),
        ("a.zip", b"PK\x03\x04" + bytes(50), 422, "This archive cannot be taken"),
        ("large.csv", b"x" * 1_500_000, 413, "This file is too large"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_form(
    staff: Person, name: str, data: bytes, status: int, said: str
) -> None:
    answer = send(staff, data, name)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert 'aria-invalid="true"' in answer.text
    assert "/work" not in answer.text
    assert "/tmp" not in answer.text


def test_a_file_without_the_token_is_not_taken(staff: Person) -> None:
    parts = {"file": ("spring.csv", table_of(("x", "")))}
    for address in ("/desk/imports", "/desk/imports?csrf=wrong"):
        assert staff.ask("POST", address, files=parts).status_code == 403
    assert Person(staff.server).ask("POST", "/desk/imports", files=parts).status_code == 303


def test_a_feed_is_followed_and_stopped(staff: Person) -> None:
    with gated_site() as site:
        site.pages["/gated.csv"] = table_of(("f", ""))
        asked = {"url": f"{site.url}/gated.csv", "prune": "no"}
        answer = staff.fill(staff.open("/desk/imports"), "/desk/imports/feed", **asked)
        place = answer.headers["location"]
        page = staff.open(place)
        assert page.all("progress")
        assert page.all("section", data_follow=f"{place}/events")
        assert "refresh" not in page.answer.headers
        watching = staff.open(f"{place}?watch=1")
        assert watching.answer.headers["refresh"] == "3"
        assert not watching.all("meta", http_equiv="refresh")
        asked_next = staff.fill(staff.open("/desk/imports"), "/desk/imports/feed", **asked)
        second = asked_next.headers["location"]
        stopped = staff.fill(staff.open(second), f"{second}/stop")
        assert stopped.headers["location"] == second
        assert "Stopped" in staff.open(second).text
        site.gate.set()
        assert "Done" in after(staff, answer).text
        assert staff.fill(staff.open("/desk/imports"), f"{place}/stop").status_code == 303
        with (
            httpx.Client(
                base_url=staff.server.url, cookies=staff.cookies, trust_env=False
            ) as client,
            client.stream("GET", f"{place}/events") as stream,
        ):
            assert [name for name, _ in events_of(stream.iter_lines())] == ["done"]
        assert Person(staff.server).ask("GET", f"{place}/events").status_code == 303


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://shop.example/feed.csv", "Nothing can be fetched from there"),
        ("", "This is no web address"),
        ("x" * 2001, "This is no web address"),
        (f"https://{MARKUP}", "Nothing can be fetched from there"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_said_beside_the_form(
    staff: Person, url: str, said: str
) -> None:
    answer = staff.fill(staff.open("/desk/imports"), "/desk/imports/feed", url=url)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert MARKUP not in answer.text


def test_reasons_cannot_become_markup(staff: Person) -> None:
    table = b"id,title,price\nq1," + MARKUP.replace('"', "'").encode() + b",<b>cheap</b>\n"
    page = after(staff, send(staff, table, f"{MARKUP}.csv"))
    assert not page.all("b")
    assert MARKUP not in page.answer.text


def test_an_import_that_nobody_knows(staff: Person) -> None:
    assert staff.ask("GET", "/desk/imports/nothing").status_code == 404
    assert staff.ask("GET", "/desk/imports/nothing/events").status_code == 404
    page = staff.open("/desk/imports")
    assert staff.fill(page, "/desk/imports/nothing/stop").status_code == 404
    assert token_on(page)
