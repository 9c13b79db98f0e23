from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AA_TEXT = 4.5  # WCAG 2.2, 1.4.3, text of any size
LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (width, scheme) for width in (1280, 360, 320) for scheme in ("light", "dark")
]
TEXT_COLOURS = """
() => [...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && [...e.childNodes].some(
    (n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => {
    let under = e;
    while (getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") {
      under = under.parentElement;
    }
    return [e.tagName + "." + e.className, getComputedStyle(e).color,
            getComputedStyle(under).backgroundColor];
  })
"""


class Ran(Protocol):
    """What the fixture `demo` gives."""

    @property
    def page(self) -> Path: ...


class View:
    """A page, and every request that it made."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: f"{look[0]}px-{look[1]}")
def view(request: pytest.FixtureRequest, chromium: Browser, demo: Ran) -> Iterator[View]:
    width, scheme = request.param
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    view = View(page)
    page.goto(demo.page.as_uri())
    page.wait_for_load_state()
    yield view
    page.close()


def test_nothing_scrolls_sideways(view: View) -> None:
    wide, seen = view.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen


def test_no_host_is_asked_for_anything(view: View) -> None:
    asked = [url for url in view.requests if not url.startswith("data:")]
    assert asked == [view.page.url]
    assert view.page.url.startswith("file:")


def test_every_image_is_shown_in_three_by_four(view: View) -> None:
    images = view.page.evaluate(
        "[...document.images].map((i) => [i.complete, i.naturalWidth, i.width / i.height])"
    )
    assert len(images) == 26
    for complete, width, ratio in images:
        assert complete
        assert width > 0
        assert ratio == pytest.approx(0.75, abs=0.01)


def test_text_stands_out_from_its_background(view: View) -> None:
    pairs = view.page.evaluate(TEXT_COLOURS)
    assert len(pairs) > 100
    faint = [pair for pair in pairs if _contrast(pair[1], pair[2]) < AA_TEXT]
    assert faint == []


def test_headings_are_in_order(view: View) -> None:
    headings = view.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert headings == [1, *[2, *[3] * 8] * 3, 2]


def test_the_theme_follows_the_system(view: View) -> None:
    dark = view.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    paper = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (_luminance(paper) < 0.05) == dark


def test_the_keyboard_finds_the_way_past_the_header(view: View) -> None:
    view.page.keyboard.press("Tab")
    focused = view.page.locator(":focus")
    assert focused.inner_text() == "Skip to the answers"
    box = focused.bounding_box()
    assert box
    assert box["y"] >= 0
    assert focused.evaluate("(e) => getComputedStyle(e).outlineStyle") != "none"


def _contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two CSS colours."""
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    numbers = [float(figure) for figure in re.findall(r"[\d.]+", colour)]
    assert len(numbers) == 3, f"{colour} is not opaque"
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (number / 255 for number in numbers)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
