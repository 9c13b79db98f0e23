from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, code_of, served
from tests.serve.test_access import make_key
from tests.serve.web.desks import FORM, Person, signed_in, token_on
from tests.serve.web.pages import AS_PERSON

from vitrine.serve import revoke_key
from vitrine.serve.web.desk.sessions import IDLE_S, LONGEST_S, Sessions
from vitrine.serve.web.wording import language
from vitrine.shop.coverage import COVERED
from vitrine.shop.doubts import KINDS, REVIEWED
from vitrine.store import open_sqlite

AS_PROGRAM = {"Accept": "application/json"}
ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
PAGES = (
    *("/desk", "/desk/imports", "/desk/review", "/desk/copies"),
    *("/desk/styles", "/desk/visitors"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[tuple[Served, str]]:
    """A server in front of a copy of the drawn shop, and an admin key to it."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("desk") / "own.shop"))
    key, _ = make_key(path, "admin")
    proxies = ("127.0.0.1",)
    with served(path, path.parent / "models", serve_trust_proxies=proxies) as running:
        yield running, key


@pytest.fixture(scope="module")
def staff(desk: tuple[Served, str]) -> Person:
    """Somebody who signed in there."""
    return signed_in(*desk)


@pytest.fixture(scope="module")
def colleague(desk: tuple[Served, str]) -> Person:
    """Somebody else who did."""
    return signed_in(*desk)


def test_the_admin_key_opens_a_session_that_scripts_and_other_sites_cannot_reach(
    serve: Serve, shop: Path
) -> None:
    key, record = make_key(shop, "admin")
    with serve() as own:
        who = Person(own)
        refused = who.ask("GET", "/desk/review")
        assert refused.status_code == 303
        assert refused.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Freview"
        door = who.open(refused.headers["location"])
        assert door.all("input", name="next", value="/desk/review")
        assert door.all("input", name="key", type="password")
        entered = who.fill(door, "/desk/sign-in", key=f" {key} ", next="/desk/review")
        assert (entered.status_code, entered.headers["location"]) == (303, "/desk/review")
        cookie = entered.headers["set-cookie"]
        assert "vitrine_desk=" in cookie
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/desk"))
        assert "Secure" not in cookie
        assert key not in cookie
        for path in PAGES:
            page = who.open(path)
            assert page.answer.status_code == 200
            assert page.answer.headers["cache-control"] == "no-store"
            assert key not in page.answer.text
        left = who.fill(who.open("/desk"), "/desk/sign-out")
        assert left.headers["location"] == "/desk/sign-in"
        assert who.ask("GET", "/desk").status_code == 303
        again = signed_in(own, key)
        store = open_sqlite(shop)
        revoke_key(store, record.key_id)
        store.close()
        own.service.keys._read_at = -1e9  # pyright: ignore[reportPrivateUsage]
        assert again.ask("GET", "/desk").status_code == 303


def test_over_https_the_cookie_stays_there(desk: tuple[Served, str]) -> None:
    door = Person(desk[0]).ask("GET", "/desk/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in door.headers["set-cookie"]


def test_other_keys_open_nothing_and_whoever_tries_them_has_to_wait(
    serve: Serve, shop: Path
) -> None:
    admin, search = (make_key(shop, kind)[0] for kind in ("admin", "search"))
    with serve() as own:
        who = Person(own)
        door = who.open("/desk/sign-in")
        insufficient = who.fill(door, "/desk/sign-in", key=search)
        assert insufficient.status_code == 403
        assert "This key is for searching only" in insufficient.text
        assert search not in insufficient.text
        for wrong in ("", admin[:-1], "vitrine_admin_nothing_nowhere", "x" * 9999, "ä"):
            unknown = who.fill(door, "/desk/sign-in", key=wrong)
            assert unknown.status_code == 401
            assert "No door opens to this key" in unknown.text
        late = who.fill(door, "/desk/sign-in", key=admin)
        assert (late.status_code, "tried too often" in late.text) == (429, True)
        assert int(late.headers["retry-after"]) > 0
        assert who.ask("GET", "/desk").status_code == 303


def test_sessions_end_by_themselves() -> None:
    now = 0.0
    sessions = Sessions(clock=lambda: now)
    token = sessions.open("key")
    now = IDLE_S
    assert sessions.find(token) is not None
    now = 2 * IDLE_S + 1
    assert sessions.find(token) is None
    token = sessions.open("key")
    first = now
    while now < first + LONGEST_S:
        assert sessions.find(token) is not None
        now += IDLE_S / 2
    now += 1
    assert sessions.find(token) is None
    assert len(sessions) == 0


def test_the_number_of_sessions_is_bounded() -> None:
    sessions = Sessions(clock=lambda: 0.0)
    tokens = [sessions.open("key") for _ in range(70)]
    assert len(sessions) == 64
    assert sessions.find(tokens[5]) is None
    assert sessions.find(tokens[6]) is not None


FORMS = ("sign-out", "undo", "review", "imports/feed", "copies/join", "copies/apart", "delete")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("proof", ["", "wrong", "of another session"])
def test_forms_without_their_token_are_refused(
    staff: Person, colleague: Person, name: str, proof: str
) -> None:
    if proof == "of another session":
        proof = token_on(colleague.open("/desk"))
    said = {"csrf": proof} if proof else {}
    refused = staff.send(f"/desk/{name}", **said)
    assert (refused.status_code, "Nothing was changed" in refused.text) == (403, True)
    problem = staff.ask("POST", f"/desk/{name}", content=b"", headers=FORM | AS_PROGRAM)
    assert code_of(problem) == "csrf_refused"


def test_the_door_wants_a_token_as_well(desk: tuple[Served, str]) -> None:
    server, key = desk
    who = Person(server)
    who.open("/desk/sign-in")
    assert who.send("/desk/sign-in", key=key).status_code == 403
    assert who.send("/desk/sign-in", key=key, csrf="wrong").status_code == 403


def test_programs_without_a_session_get_problems(desk: tuple[Served, str]) -> None:
    server, _ = desk
    assert code_of(server("GET", "/desk")) == "key_missing"
    assert code_of(server("POST", "/desk/review", content=b"", headers=FORM)) == "key_missing"


def test_forms_of_other_sites_are_refused(staff: Person) -> None:
    body = f"csrf={token_on(staff.open('/desk'))}"
    headers = FORM | {"Origin": "https://elsewhere.example"}
    answer = staff.ask("POST", "/desk/sign-out", content=body, headers=headers)
    assert code_of(answer) == "origin_refused"


def test_a_shop_without_keys_lets_its_own_computer_in(serve: Serve, shop: Path) -> None:
    with serve() as own:
        who = Person(own)
        page = who.open("/desk")
        assert page.answer.status_code == 200
        assert not page.all("form", action="/desk/sign-out")
        assert who.ask("GET", "/desk/sign-in").headers["location"] == "/desk"
        assert who.fill(who.open("/desk/imports"), "/desk/undo").status_code == 303
        assert who.send("/desk/undo", csrf="wrong").status_code == 403
        elsewhere = who.ask("GET", "/desk", headers=ELSEWHERE)
        assert (elsewhere.status_code, "has no lock yet" in elsewhere.text) == (403, True)
        make_key(shop, "admin")
        own.service.keys._read_at = -1e9  # pyright: ignore[reportPrivateUsage]
        assert who.ask("GET", "/desk").status_code == 303


def test_the_overview_counts(staff: Person) -> None:
    page = staff.open("/desk")
    for said in (
        "Products 9",
        "Photos 8",
        "Without a photo 1",
        "Colour 88\u00a0%",
        "Title 100\u00a0%",
    ):
        assert said.replace("\u00a0", " ") in page.text, said
    bars = {found["width"] for found in page.all("rect", class_="said")}
    assert {"100.00", "88.89", "0.00"} <= bars


def test_the_desk_can_be_left_out(serve: Serve) -> None:
    with serve(serve_web="off") as own:
        assert code_of(own("GET", "/desk", headers=AS_PERSON)) == "not_found"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"csrf=%00", FORM, 400),
        (b"&".join([b"a=1"] * 3000), FORM, 400),
        (b"\xff\xfe", FORM, 400),
        (b"x" * 600_000, FORM, 413),
        (b"{}", {"Content-Type": "application/json"}, 415),
    ],
)
def test_what_is_no_form_is_refused(
    staff: Person, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = staff.ask("POST", "/desk/review", content=content, headers=headers | AS_PROGRAM)
    assert (answer.status_code, code_of(answer) != "internal") == (status, True)


def test_every_word_of_the_desk_is_there() -> None:
    templates = files("vitrine.serve.web").joinpath("templates")
    sources = files("vitrine.serve.web").joinpath("desk")
    texts = set(language("en").texts)
    asked = {
        key
        for folder, ends in ((templates, ".jinja"), (sources, ".py"))
        for entry in folder.iterdir()
        if entry.name.endswith(ends)
        for key in re.findall(r"[\"'](desk(?:\.[a-z_]+)+)[\"']", entry.read_text("utf-8"))
    }
    assert len(asked) > 80
    assert asked - {"desk.css", "desk.js"} <= texts
    kinds = {f"desk.{each}.{kind}" for kind in KINDS for each in ("waiting", "review.about")}
    assert kinds | {f"desk.field.{name}" for name in (*REVIEWED, *COVERED)} <= texts
