"""A real Chromium for pages that load more as one scrolls; its only way out is our proxy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from vitrine.errors import ConfigurationError, FetchError, missing_extra
from vitrine.fetch.proxy import open_proxy
from vitrine.fetch.urls import read_url, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, Route

    from vitrine.fetch.web import Fetcher

Allow: TypeAlias = Callable[[str], bool]
"""Whether the browser may ask for a URL (robots rules; addresses are judged anyway)."""

_LOADED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "other"})
"""What a page may load; photos are fetched later, without it."""
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
_SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_SIDE_PX = {"width": 1280, "height": 2000}
_MOST_BYTES = 500_000_000
_QUIET_STEPS = 3


class ScrollingBrowser:
    """Opens pages and scrolls them; one page at a time, in the thread that made it."""

    def __init__(self, context: BrowserContext, timeout_s: float, sandboxed: bool) -> None:
        self._context = context
        self._timeout_s = timeout_s
        self.sandboxed = sandboxed

    def scroll(self, url: str, allow: Allow, *, within_s: float) -> Iterator[tuple[str, str]]:
        """Open a page, and give its address and its HTML, again after each scroll to its end.

        Ends when three scrolls in a row bring nothing new, or `within_s` has passed. Whoever has
        seen enough stops asking.

        Raises:
            FetchError: it cannot be opened.
        """
        from playwright.sync_api import Error

        address = str(read_url(url))
        ends = monotonic() + within_s
        self._context.unroute_all()
        self._context.route("**/*", lambda route, request: _judge(route, request, allow))
        page = self._context.new_page()
        try:
            # a page may leave itself before it is whole, so only its arrival is waited for
            answer = page.goto(address, wait_until="commit")
            if answer is not None and answer.status >= 400:
                problem = FetchError(f"{shown(url)}: the server answers {answer.status}")
                problem.status = answer.status
                raise problem
            if not allow(page.url):
                raise FetchError(
                    f"{shown(url)}: it leads to {shown(page.url)}, where robots.txt "
                    "or our rules let nobody in"
                )
            yield from self._growing(page, ends)
        except Error as error:
            said = str(error).splitlines()[0][:200]
            raise FetchError(f"{shown(url)}: Chromium cannot show it: {said}") from error
        finally:
            with suppress(Error):
                page.close()

    def _growing(self, page: Page, ends: float) -> Iterator[tuple[str, str]]:
        seen, quiet = -1, 0
        while quiet <= _QUIET_STEPS:
            self._settle(page)
            html = page.content()
            yield page.url, html
            quiet = quiet + 1 if len(html) == seen else 0
            seen = len(html)
            if monotonic() > ends:
                return
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            page.mouse.move(_SIDE_PX["width"] / 2, _SIDE_PX["height"] / 2)
            page.mouse.wheel(0, 10 * _SIDE_PX["height"])
            page.wait_for_timeout(300)

    def _settle(self, page: Page) -> None:
        """Wait until the page loads nothing, but not for pages that never rest."""
        from playwright.sync_api import Error

        with suppress(Error):
            page.wait_for_load_state("networkidle", timeout=min(3.0, self._timeout_s) * 1000)


@contextmanager
def open_browser(
    fetcher: Fetcher, *, chromium: str = "", timeout_s: float = 20.0
) -> Generator[ScrollingBrowser]:
    """Start Chromium with an empty profile of its own, which is gone afterwards.

    It resolves and connects to nothing but our proxy, which judges addresses as `fetcher` does.
    It keeps no downloads, asks for no permissions and runs no service workers. Its sandbox is on
    wherever the system lets it; `sandboxed` says so.

    Args:
        fetcher: whose rule of addresses, and whose user agent.
        chromium: the program; else Playwright's own, else the system's.
        timeout_s: for one page to open.

    Raises:
        MissingExtraError: Playwright is not installed.
        ConfigurationError: there is no Chromium, or it does not start.
    """
    import asyncio

    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise missing_extra("scrolling pages", "playwright", "collect") from error
    connections = open_proxy(fetcher.backend, max_bytes=_MOST_BYTES, connect_s=timeout_s)
    with connections as (host, port), sync_playwright() as playwright:
        # Ctrl-C reaches Playwright's own process too; what it leaves undone is no news
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        program = chromium or _program(playwright)
        browser, sandboxed = _launched(playwright, program, f"http://{host}:{port}")
        try:
            context = browser.new_context(
                accept_downloads=False,
                service_workers="block",
                user_agent=fetcher.user_agent,
                viewport={"width": _SIDE_PX["width"], "height": _SIDE_PX["height"]},
            )
            context.set_default_timeout(timeout_s * 1000)
            yield ScrollingBrowser(context, timeout_s, sandboxed)
        finally:
            browser.close()


def _judge(route: Route, request: Request, allow: Allow) -> None:
    """Let through what a page needs to list its products, where robots rules allow it."""
    wanted = request.resource_type in _LOADED and request.method in ("GET", "POST")
    if wanted and request.url.startswith(("http://", "https://")) and allow(request.url):
        route.continue_()
    else:
        route.abort("aborted")  # any other reason would replace the page by one of errors


def _program(playwright: Playwright) -> str:
    from pathlib import Path

    own = playwright.chromium.executable_path
    if Path(own).is_file():
        return own
    found = next(filter(None, map(shutil.which, _SYSTEM_NAMES)), None)
    if found is None:
        raise ConfigurationError(
            "there is no Chromium: install one with 'playwright install chromium', or name its "
            "program in VITRINE_CHROMIUM"
        )
    return found


def _launched(playwright: Playwright, program: str, proxy: str) -> tuple[Browser, bool]:
    """Start with the sandbox; without it where the system has none to give (root, containers)."""
    from playwright.sync_api import Error

    problem = ""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for sandboxed in (False,) if is_root else (True, False):
        try:
            browser = playwright.chromium.launch(
                executable_path=program,
                chromium_sandbox=sandboxed,
                args=[*_ARGUMENTS],
                proxy={"server": proxy, "bypass": "<-loopback>"},
            )
        except Error as error:
            problem = str(error).splitlines()[0][:200]
        else:
            return browser, sandboxed
    raise ConfigurationError(f"Chromium ({program}) does not start: {problem}")
