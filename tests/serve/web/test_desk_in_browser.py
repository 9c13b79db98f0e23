"""The desk in a real browser: by keyboard, without scripts, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import (  # pyright: ignore[reportMissingTypeStubs]
    Axe,
)
from playwright.sync_api import Browser, Page, expect
from tests.serve.importing import photo_archive
from tests.serve.serving import Served, served
from tests.serve.test_access import make_key
from tests.serve.web.desks import signed_in

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.demo import demo_source
from vitrine.settings import Settings
from vitrine.shop import build

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000  # on a busy machine
LOOKS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (360, "dark")]
PLACES = (
    "/desk",
    "/desk/imports",
    "/desk/imports/{job}",
    "/desk/review",
    "/desk/review?kind=missing&field=gender",
    "/desk/review?kind=unsure&field=season",
    "/desk/copies",
    "/desk/delete?product=D0001",
    "/desk/sign-in",
    "/desk/nothing",
)
N_SHOWN = 40


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A part of the demo catalogue with labels mixed up, gaps, and a copy; and its key."""
    folder = tmp_path_factory.mktemp("desk-browser")
    settings = Settings(models_dir=folder / "models", threads=1)
    whole = read_catalogue(demo_source())
    products = list(whole.products)[:N_SHOWN]
    products[:12] = [replace(each, article_type="Ties") for each in products[:12]]
    products[12:20] = [replace(each, gender="") for each in products[12:20]]
    products.append(replace(products[0], product_id="D0001-copy", item_group_id=""))
    part = Catalogue(whole.format, whole.source, products, [])
    build(part, folder / "demo.shop", settings=settings).close()
    key, _ = make_key(folder / "demo.shop", "admin")
    with served(folder / "demo.shop", folder / "models") as running:
        yield running, key


@pytest.fixture(scope="module")
def shop(guarded: tuple[Served, str]) -> tuple[Served, str]:
    """The same, and the token of somebody who signed in."""
    server, _ = guarded
    return server, signed_in(*guarded).cookies["vitrine_desk"]


@contextmanager
def at_the_desk(chromium: Browser, shop: tuple[Served, str], **options: Any) -> Generator[Page]:
    """Sit at the desk; nothing may come from elsewhere, nothing may be refused or break."""
    server, token = shop
    asked: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **options}
    context = chromium.new_context(**asked)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    hosts: set[str] = set()
    complaints: list[str] = []

    def note(kind: str, text: str) -> None:
        if kind in ("error", "warning") and "status of 404" not in text:
            complaints.append(text)

    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: note(message.type, message.text))
    try:
        if token:
            context.add_cookies(
                [{"name": "vitrine_desk", "value": token, "url": f"{server.url}/desk"}]
            )
        page.goto(f"{server.url}/desk")
        yield page
        assert hosts == {urlsplit(server.url).netloc}
        assert complaints == []
    finally:
        context.close()


@pytest.fixture(scope="module")
def job(guarded: tuple[Served, str]) -> str:
    """An import that left something out."""
    server, key = guarded
    table = b"id,title,color,gender,price,image_link\nx1,Coat,Red,women,cheap,no.png\n"
    files = {"file": ("left-out.csv", table)}
    headers = {"Authorization": f"Bearer {key}"}
    made = server("POST", "/v1/imports", files=files, headers=headers).json()
    while not server("GET", f"/v1/imports/{made['id']}", headers=headers).json()["finished_at"]:
        pass
    return made["id"]


@pytest.mark.parametrize(("width", "scheme"), LOOKS, ids=lambda look: str(look))
def test_every_page_is_sound(
    chromium: Browser,
    shop: tuple[Served, str],
    job: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    size = {"width": width, "height": 800}
    with at_the_desk(chromium, shop, viewport=size, color_scheme=scheme) as page:
        for place in PLACES:
            page.goto(shop[0].url + place.format(job=job))
            wide, seen = page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            assert wide <= seen, place
            found: Any = Axe().run(page)
            serious = [
                (each["id"], [node["target"] for node in each["nodes"]])
                for each in found.response["violations"]
                if each["impact"] in ("serious", "critical")
            ]
            assert serious == [], place


def test_values_are_reviewed_by_keyboard(chromium: Browser, guarded: tuple[Served, str]) -> None:
    server, key = guarded
    with at_the_desk(chromium, (server, "")) as page:
        page.keyboard.type(key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        tab_to(page, "Review")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/review")
        tab_to(page, "Kind")
        page.keyboard.press("Enter")
        page.wait_for_url("**field=article_type")
        doubts = page.locator("[data-doubt]")
        before = doubts.count()
        assert 4 < before < 24
        focused = page.locator("[data-doubt]:focus")
        for key, number in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
            page.keyboard.press(key)
            expect(focused).to_have_id(f"doubt-{number}")
        page.keyboard.press("a")
        expect(page.locator("#doubt-0 [data-do=keep]")).to_be_checked()
        expect(focused).to_have_id("doubt-1")
        page.keyboard.press("c")
        expect(page.locator("#doubt-1 [data-do=take]")).to_be_checked()
        page.keyboard.press("a")
        page.keyboard.press("k")
        page.keyboard.press("a")
        expect(page.locator("#doubt-2 [data-do=keep]")).not_to_be_checked()
        for key in "xjxc":
            page.keyboard.press(key)
        expect(page.locator("#doubt-2 [data-do=take]")).to_be_checked()
        expect(page.locator("#doubt-3 [data-do=take]")).to_be_checked()
        expect(page.get_by_text("4 decided")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("4 decided: 1 kept, 3 changed.")).to_be_visible()
        expect(page.locator("#doubt-0")).to_be_focused()
        assert doubts.count() == before - 4
        page.locator("[data-keys]").press("Space")
        page.keyboard.press("j")
        expect(focused).to_have_count(0)
        page.get_by_role("button", name="Take it back").press("Enter")
        expect(page.get_by_text("4 decisions taken back.")).to_be_visible()
        assert doubts.count() == before


def test_on_a_phone_a_value_is_typed_and_a_copy_deleted(
    chromium: Browser, shop: tuple[Served, str]
) -> None:
    with at_the_desk(chromium, shop, viewport={"width": 360, "height": 800}) as page:
        page.goto(f"{shop[0].url}/desk/review?kind=doubted&field=colour")
        typed = page.get_by_label("Colour of").first
        typed.press_sequentially("jackal")
        expect(typed).to_have_value("jackal")
        expect(page.locator("#doubt-0 [data-do=other]")).to_be_checked()
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("1 decided: 0 kept, 1 changed.")).to_be_visible()
        page.get_by_role("button", name="Take it back").click()
        page.get_by_role("link", name="Look-alikes").click()
        page.get_by_role("link", name="Delete").and_(page.locator("[href$=copy]")).click()
        page.get_by_role("button", name="Delete it").click()
        expect(page.get_by_text("D0001-copy is deleted.")).to_be_visible()
        expect(page.get_by_role("heading", name="No look-alikes")).to_be_visible()


def test_a_catalogue_is_brought(chromium: Browser, shop: tuple[Served, str]) -> None:
    with at_the_desk(chromium, shop) as page:
        bring(page, "with")


def test_the_desk_works_without_scripts(chromium: Browser, shop: tuple[Served, str]) -> None:
    with at_the_desk(chromium, shop, java_script_enabled=False) as page:
        bring(page, "without")
        page.goto(f"{shop[0].url}/desk/review?kind=missing&field=gender")
        expect(page.locator("kbd").first).to_be_hidden()
        before = page.locator("[data-doubt]").count()
        assert before
        page.get_by_role("link", name="Select all").click()
        page.get_by_role("button", name=re.compile("Take the photo")).click()
        expect(page.get_by_text(f"{before} decided: 0 kept, {before} changed.")).to_be_visible()
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("[data-doubt]")).to_have_count(before)


def bring(page: Page, prefix: str) -> None:
    """Bring an archive through the form, and wait for what it left out."""
    page.get_by_role("link", name="Imports").click()
    archive = photo_archive(3, prefix, b"z9,Coat,Red,women,cheap,no.png\n")
    given: Any = {"name": "winter.zip", "mimeType": "application/zip", "buffer": archive}
    page.get_by_label("Bring a file").set_input_files(given)
    page.get_by_role("button", name="Bring it in").click()
    page.wait_for_url("**/desk/imports/*")
    looking = page.get_by_role("link", name="keep looking")
    if looking.is_visible():
        looking.click()
    expect(page.get_by_role("heading", name="did not come in")).to_be_visible()
    expect(page.get_by_role("cell", name="price", exact=True)).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a link that begins so has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        said: str = page.evaluate("document.activeElement.textContent")
        if said.strip().startswith(name):
            return
    raise AssertionError(f"no way by Tab to {name!r}")
