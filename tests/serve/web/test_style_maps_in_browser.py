from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from tests.serve.serving import Served
from tests.serve.web.test_style_maps import turned
from tests.serve.web.views import View, assert_sound, looking

pytestmark = pytest.mark.browser

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (360, "dark")]
DRAWN_MS = "performance.getEntriesByName('map drawn')[0].duration"
INK = """() => {
  const canvas = document.querySelector("[data-plane] canvas");
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  let n = 0;
  for (let place = 3; place < data.length; place += 4) n += data[place] > 0;
  return n;
}"""


@pytest.fixture(scope="module")
def mapped(boutique: Served) -> Iterator[Served]:
    with turned(boutique):
        yield boutique


def open_map(view: View) -> None:
    view.open("/styles/map")
    expect(view.page.locator("[data-plane]")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), LOOKS, ids=lambda look: str(look))
def test_pages_are_sound(
    chromium: Browser, mapped: Served, width: int, scheme: Literal["light", "dark"]
) -> None:
    size = {"width": width, "height": 800}
    with looking(chromium, mapped, viewport=size, color_scheme=scheme) as view:
        open_map(view)
        assert view.page.evaluate(INK) > 500
        assert_sound(view.page)
        view.open("/styles/trends?by=article_type&from=events")
        expect(view.page.locator(".chart.rising")).to_have_count(1)
        assert_sound(view.page)


def test_a_map_without_a_mouse(chromium: Browser, mapped: Served) -> None:
    with looking(chromium, mapped) as view:
        open_map(view)
        page = view.page
        page.locator("[data-plane]").focus()
        page.keyboard.press("ArrowRight")
        link = page.locator("[data-piece] a")
        expect(link).to_have_count(1)
        first = link.get_attribute("href")
        page.keyboard.press("ArrowLeft")
        expect(link).not_to_have_attribute("href", str(first))
        chosen = str(link.get_attribute("href"))
        whole = page.evaluate(INK)
        page.keyboard.press("+")
        page.keyboard.press("Shift+ArrowDown")
        page.wait_for_timeout(200)
        assert page.evaluate(INK) != whole
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{chosen}")


def test_a_map_with_a_mouse(chromium: Browser, mapped: Served) -> None:
    with looking(chromium, mapped) as view:
        open_map(view)
        page = view.page
        page.locator("[data-only]").first.click()
        page.wait_for_timeout(200)
        expect(page.locator("[data-only]").first).to_have_attribute("aria-pressed", "true")
        plane = page.locator("[data-plane]")
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        assert box
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        before = page.evaluate(INK)
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 0.4 * box["width"], middle[1], steps=4)
        page.mouse.up()
        page.wait_for_timeout(200)
        assert page.evaluate(INK) != before
        page.get_by_role("button", name="All of it").click()
        page.wait_for_timeout(200)
        assert page.evaluate(INK) == before


def test_twenty_thousand_dots_within_a_second(chromium: Browser, mapped: Served) -> None:
    told: dict[str, Any] = mapped("GET", "/styles/map/points").json()
    rng = np.random.default_rng(0)
    n = 20_000
    told |= {
        "product_ids": [f"p{number}" for number in range(n)],
        "x": rng.integers(-10_000, 10_000, n).tolist(),
        "y": rng.integers(-10_000, 10_000, n).tolist(),
        "style": rng.integers(0, len(told["styles"]), n).tolist(),
        "products": n,
    }
    body = json.dumps(told)
    with looking(chromium, mapped) as view:
        view.page.route(
            re.compile("/styles/map/points$"),
            lambda route: route.fulfill(body=body, content_type="application/json"),
        )
        open_map(view)
        assert view.page.evaluate(INK) > n
        assert view.page.evaluate(DRAWN_MS) < 1000


def test_without_a_script_there_is_the_table(chromium: Browser, mapped: Served) -> None:
    with looking(chromium, mapped, java_script_enabled=False) as view:
        view.open("/styles/map")
        expect(view.page.locator("[data-plane]")).to_be_hidden()
        expect(view.page.locator(".atlas-table tbody a").first).to_be_visible()
        expect(view.page.locator("[data-only]").first).to_be_hidden()
