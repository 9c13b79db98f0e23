"""People at the desk, as a program plays them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from tests.serve.serving import Served
from tests.serve.web.pages import AS_PERSON, Page, visit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Person:
    """Somebody with cookies of their own, in front of a server."""

    server: Served
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask as a person does, unless the headers say otherwise."""
        headers = AS_PERSON | options.pop("headers", {})
        with self._client() as client:
            answer = client.request(method, path, headers=headers, **options)
            self.cookies = client.cookies
        return answer

    def open(self, path: str) -> Page:
        """Visit a page, and check what is true of every page."""
        with self._client() as client:
            server = self.server
            page = visit(Served(server.url, server.service, server.shop, client), path)
            self.cookies = client.cookies
        return page

    def send(self, path: str, *pairs: tuple[str, str], **said: str) -> httpx.Response:
        """Post a form as it is given."""
        return self.ask("POST", path, content=urlencode([*said.items(), *pairs]), headers=FORM)

    def fill(self, page: Page, path: str, *pairs: tuple[str, str], **said: str) -> httpx.Response:
        """Post a form with the token that the page holds."""
        return self.send(path, *pairs, csrf=token_on(page), **said)

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.server.url, timeout=30, trust_env=False, cookies=self.cookies
        )


def signed_in(server: Served, key: str) -> Person:
    """Somebody who came in with a key."""
    who = Person(server)
    answer = who.fill(who.open("/desk/sign-in"), "/desk/sign-in", key=key)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    return who


def token_on(page: Page) -> str:
    """What proves that a form is of this page."""
    return page.all("input", name="csrf")[0]["value"]
