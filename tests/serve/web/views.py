"""Pages as a browser shows them, and what is true of every one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import (  # pyright: ignore[reportMissingTypeStubs]
    Axe,
)
from playwright.sync_api import Browser, Page, expect
from tests.serve.serving import Served

PATIENCE_MS = 60_000  # on a busy machine
expect.set_options(timeout=PATIENCE_MS)


class View:
    """A page, where it asked for something, and what it complained of."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._complain(message.type, message.text))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def bring(self, photo: Path) -> None:
        self.open("/")
        self.page.set_input_files("#photo", photo)
        self.page.wait_for_url("**/search?photo=*")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    @property
    def ids(self) -> list[str]:
        faces = self.page.locator("[data-hits] .face")
        found: list[str] = faces.evaluate_all("(faces) => faces.map((face) => face.href)")
        return [address.rpartition("/")[2] for address in found]

    def _note(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.hosts.add(urlsplit(url).netloc)

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.complaints.append(text)


@contextmanager
def looking(chromium: Browser, window: Served, **options: Any) -> Generator[View]:
    """Look at the window; nothing may come from elsewhere, nothing may be refused or break."""
    asked: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **options}
    context = chromium.new_context(**asked)
    context.set_default_timeout(PATIENCE_MS)
    view = View(context.new_page(), window.url)
    try:
        yield view
        assert view.hosts == {urlsplit(window.url).netloc}
        assert view.complaints == []
    finally:
        context.close()


def assert_sound(page: Page) -> None:
    """Nothing is wider than the window, and axe finds nothing serious."""
    wide, seen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen
    found: Any = Axe().run(page)
    serious = [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
