"""What visitors do in a browser: likes, looks, boards, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.serve.serving import Served, until
from tests.serve.web.views import View, assert_sound, looking

from vitrine.events import Event

pytestmark = pytest.mark.browser

PLACES = (
    *("/for-you", "/outfits?keep=D0040", "/your-style", "/products/D0001"),
    *(
        pytest.param(place, marks=pytest.mark.slow)
        for place in ("/outfits", "/styles", "/styles/s01", "/reduced", "/your-data")
    ),
    *(pytest.param(place, marks=pytest.mark.slow) for place in ("/desk/styles", "/desk/visitors")),
)


@pytest.fixture(scope="module")
def shop(boutique: Served) -> Served:
    """The boutique, its styles found."""
    boutique.service.shop.styles.fit(6)
    return boutique


@pytest.fixture
def view(chromium: Browser, shop: Served) -> Iterator[View]:
    """A visitor who was here once."""
    with looking(chromium, shop) as shown:
        shown.open("/your-data")
        yield shown


def events_of(view: View, shop: Served) -> list[Event]:
    """What is noted of the visitor, the oldest first."""
    (cookie,) = view.page.context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
    number = view.page.request.get(f"{view.url}/your-data").text()
    found = re.search(r"web-\w{32}", number)
    assert found
    return list(shop.service.shop.events.iterate(found[0]))


@pytest.mark.parametrize("place", PLACES)
def test_every_page_is_sound(view: View, place: str) -> None:
    view.open(place)
    assert_sound(view.page)
    view.page.emulate_media(color_scheme="dark")
    view.page.set_viewport_size({"width": 360, "height": 800})
    assert_sound(view.page)


def test_a_heart_fills_where_it_stands_and_changes_the_next_page(view: View) -> None:
    view.open("/products/D0040")
    heart = view.page.locator(".about .opinion button[data-opinion-of=like]")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert view.path == "/products/D0040"
    view.open("/for-you")
    expect(view.page.locator("h2").first).to_contain_text("Puff-Sleeve Blouse")
    view.open("/products/D0040")
    expect(heart).to_have_attribute("aria-pressed", "true")


def test_what_was_in_view_is_told_with_its_place_and_so_is_a_click(
    view: View, shop: Served
) -> None:
    view.open("/")
    page = view.page
    second = page.locator("[data-list='home.new'] > li").nth(1)
    second.scroll_into_view_if_needed()
    product = second.get_attribute("data-product")
    page.wait_for_timeout(1200)
    second.locator(".face").click()
    page.wait_for_url("**/products/*")

    def kinds() -> set[str]:
        return {event.event_type for event in events_of(view, shop)}

    until(lambda: {"impression", "detail-page-view"} <= kinds())
    events = events_of(view, shop)
    shown = {
        (each.product_id, each.position)
        for event in events
        if event.event_type == "impression"
        for each in event.products
    }
    assert (product, 1) in shown
    assert len(shown) < 12  # not what lies further down
    looks = [event for event in events if event.event_type == "detail-page-view"]
    assert [(each.products[0].product_id, each.products[0].position) for each in looks] == [
        (product, 1)
    ]
    assert looks[0].attributes["list"] == "home.new"


def test_a_board_is_rearranged_by_the_keyboard(view: View) -> None:
    view.open("/outfits?keep=D0040")
    page = view.page
    control = page.locator("[id^=following-]").last
    name = control.get_attribute("id")
    before = page.locator(".piece .face").evaluate_all("(all) => all.map((a) => a.href)")
    control.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**passed=**")
    expect(page.locator(f"#{name}")).to_be_focused()
    after = page.locator(".piece .face").evaluate_all("(all) => all.map((a) => a.href)")
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    page.go_back()
    page.wait_for_url("**/outfits?keep=D0040")


def test_everything_works_without_a_script(chromium: Browser, shop: Served, photo: Path) -> None:
    with looking(chromium, shop, java_script_enabled=False) as view:
        page = view.page
        view.open("/")
        view.open("/products/D0040")
        page.locator(".about .opinion button[data-opinion-of=like]").click()
        assert view.path == "/products/D0040"
        expect(page.locator("[aria-pressed=true]").first).to_have_attribute(
            "data-opinion-of", "like"
        )
        page.get_by_role("link", name="Complete the look").click()
        page.locator("[id^=following-]").first.click()
        assert "passed=" in view.path
        page.get_by_role("button", name="Keep this look").click()
        expect(page.locator("[role=status]")).to_contain_text("Kept")
        view.open("/for-you")
        page.locator(".rating summary").click()
        page.locator("input[name=relevance][value='4']").check(force=True)
        page.get_by_role("button", name="Tell us").click()
        expect(page.locator("#rating")).to_contain_text("Thank you")
        view.open("/your-style")
        page.set_input_files("#photos", [photo, photo])
        page.get_by_role("button", name="Find my style").first.click()
        expect(page.locator(".own-photos img").first).to_be_visible()
        assert {"like", "outfit-save", "rate"} <= {e.event_type for e in events_of(view, shop)}
        view.open("/your-data")
        page.get_by_role("button", name="Delete all of it").click()
        expect(page.locator("[role=status]")).to_contain_text("deleted")
