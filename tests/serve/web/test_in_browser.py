from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.serve.serving import Served
from tests.serve.web.views import View, assert_sound, looking

pytestmark = pytest.mark.browser

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (360, "dark")]
PLACES = (
    "/",
    "/search?q=shirt",
    "/search?like=D0040&dislike=D0031&but=striped&gender=women&price_max=60",
    "/search?q=shirt&price_max=1",
    "/search?photo=long-gone",
    "/products/D0040",
    "/why?like=D0040&product=D0044",
    "/nothing/here",
    "PHOTO",
)
GIVE = """
([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "look.webp", { type: "image/webp" }));
  const given = { bubbles: true, cancelable: true };
  document.dispatchEvent(name === "paste"
    ? new ClipboardEvent("paste", { ...given, clipboardData: carried })
    : new DragEvent("drop", { ...given, dataTransfer: carried }));
}
"""


@pytest.fixture
def view(chromium: Browser, window: Served) -> Iterator[View]:
    with looking(chromium, window) as shown:
        yield shown


@pytest.fixture(scope="module")
def kept(window: Served, photo: Path) -> str:
    """Address of a search by a photo."""
    answer = window("POST", "/photos", files={"photo": photo.read_bytes()})
    return answer.headers["location"]


@pytest.mark.parametrize(("width", "scheme"), LOOKS, ids=lambda look: str(look))
@pytest.mark.parametrize("place", PLACES)
def test_every_page_is_sound(
    chromium: Browser,
    window: Served,
    kept: str,
    place: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    size = {"width": width, "height": 800}
    with looking(chromium, window, viewport=size, color_scheme=scheme) as view:
        view.open(kept if place == "PHOTO" else place)
        assert_sound(view.page)


def test_a_photo_is_brought_framed_and_refined(view: View, photo: Path) -> None:
    view.bring(photo)
    page = view.page
    whole = view.ids
    assert whole[0] == "D0040"
    frame = page.locator(".frame")
    frame.focus()
    page.keyboard.press("ArrowLeft")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowUp")
    page.wait_for_url("**crop=0%2C0%2C0.9%2C0.88")
    expect(page.locator("[data-crop-status]")).to_have_text(re.compile("From 0 to 90 percent"))
    expect(page.locator("[data-hits]")).not_to_have_attribute("aria-busy", "true")
    assert view.ids != whole
    expect(page.locator("[name=crop_right]")).to_have_value("90")
    framed = view.path

    page.locator(".but .chip").first.click()
    page.wait_for_url("**but=**")
    assert "crop=0%2C0%2C0.9%2C0.88" in view.path
    expect(page.locator(".but .chip.on")).to_have_count(1)
    page.locator("[data-hits] .act").first.click()
    page.wait_for_url("**like=**")
    expect(page.locator(".examples li")).to_have_count(1)

    page.go_back()
    expect(page.locator(".examples li")).to_have_count(0)
    page.go_back()
    expect(page.locator(".but .chip.on")).to_have_count(0)
    assert view.path == framed
    page.reload()
    expect(page.locator("[name=crop_right]")).to_have_value("90")


def test_the_frame_follows_the_mouse(view: View, kept: str) -> None:
    view.open(kept)
    page = view.page
    box = page.locator(".stage").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    page.mouse.up()
    page.wait_for_url("**crop=**")
    sides = [float(page.locator(f"[name=crop_{side}]").input_value()) for side in ("left", "right")]
    assert sides == pytest.approx([20, 70], abs=1)
    page.locator("[data-crop-form]").evaluate("(form) => form.closest('details').open = true")
    page.get_by_role("link", name="The whole photo").click()
    page.wait_for_url(lambda url: "crop=" not in url)


@pytest.mark.parametrize("name", ["paste", "drop"])
def test_a_photo_may_be_pasted_or_dropped(view: View, photo: Path, name: str) -> None:
    view.open("/")
    view.page.evaluate(GIVE, [name, base64.b64encode(photo.read_bytes()).decode()])
    view.page.wait_for_url("**/search?photo=*")
    assert view.ids[0] == "D0040"


def test_further_hits_come_by_themselves(view: View) -> None:
    view.open("/search")
    assert len(view.ids) == 24
    view.page.locator("footer").scroll_into_view_if_needed()
    expect(view.page.locator("[data-more]")).to_have_count(0)
    expect(view.page.locator(".skeleton")).to_have_count(0)
    assert len(view.ids) == len(set(view.ids)) > 24


def test_the_drawer_shows_where_photos_match(view: View) -> None:
    view.open("/search?like=D0040")
    view.page.locator(".why summary").first.click()
    pictures = view.page.locator(".why .spots img")
    expect(pictures).to_have_count(2)
    assert pictures.evaluate_all("(all) => all.every((img) => img.naturalWidth > 0)")


def test_everything_works_without_a_script(chromium: Browser, window: Served, photo: Path) -> None:
    with looking(chromium, window, java_script_enabled=False) as view:
        page = view.page
        view.open("/")
        page.set_input_files("#photo", photo)
        page.locator(".drop button").click()
        assert re.fullmatch(r"/search\?photo=[\w-]{22}", view.path)
        page.locator(".cropping summary").click()
        page.fill("[name=crop_bottom]", "50")
        page.get_by_role("button", name="Search this part").click()
        assert "crop_bottom=50" in view.path
        page.locator(".but .chip").first.click()
        assert "but=" in view.path
        page.locator(".facet summary", has_text="Kind").click()
        page.locator(".values a:visible").first.click()
        assert "article_type=" in view.path
        page.locator("[data-hits] .act").first.click()
        assert "like=" in view.path
        page.locator(".why summary").first.click()
        page.locator(".where a").first.click()
        assert view.path.startswith("/why?")
        page.get_by_role("link", name="Back to the search").click()
        page.locator("[data-hits] .face").first.click()
        assert view.path.startswith("/products/")
        page.get_by_role("link", name="See everything").or_(page.locator(".wordmark")).first.click()
        page.get_by_role("link", name="See everything").click()
        page.get_by_role("link", name="Show more").click()
        assert view.path == "/search?page=2"


def test_the_keyboard_is_enough(view: View) -> None:
    view.open("/")
    page = view.page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    assert page.locator(":focus").evaluate("(e) => getComputedStyle(e).outlineStyle") != "none"
    _tab_to(page, "#q")
    page.keyboard.type("shirt")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=shirt")
    _tab_to(page, ".facet summary")
    page.keyboard.press("Enter")
    _tab_to(page, ".values a")
    page.keyboard.press("Enter")
    page.wait_for_url("**article_type=**")
    expect(page.locator("main")).to_be_focused()
    _tab_to(page, "[data-hits] .act")
    page.keyboard.press("Enter")
    page.wait_for_url("**like=**")
    _tab_to(page, ".frame, [data-hits] .face")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/**")


def _tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by the keyboard")
