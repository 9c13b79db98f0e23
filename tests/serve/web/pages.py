"""Pages as a program reads them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import httpx
from tests.serve.serving import Served

from vitrine.serve.web.rendering import CONTENT_POLICY

AS_PERSON = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en-GB,en;q=0.9"}


class Page(HTMLParser):
    """What a page says and where it leads."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.answer = answer
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.said: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Attributes of the elements of one kind; `class_` and `data_x` are written so."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            found
            for each, found in self.elements
            if each == tag and all(value in found.get(name, "") for name, value in names.items())
        ]

    @property
    def ids(self) -> list[str]:
        """Addresses of the products on it, in order."""
        return [found["href"].removeprefix("/products/") for found in self.all("a", class_="face")]


def visit(served: Served, path: str, **options: Any) -> Page:
    """Open a page as a browser does, and check what is true of every page."""
    method = "POST" if "files" in options else "GET"
    answer = served(method, path, headers=AS_PERSON | options.pop("headers", {}), **options)
    assert answer.headers["content-type"] == "text/html; charset=utf-8", answer.text
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in answer.text
    page = Page(answer)
    assert not page.all("style")
    for tag, found in page.elements:
        assert "style" not in found, (tag, found)
        assert not any(name.startswith("on") for name in found), (tag, found)
        assert tag != "script" or found["src"].startswith("/static/")
    return page
