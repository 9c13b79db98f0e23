"""Everything that one run needs to ask servers for things."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrine.collect.robots import Manners
from vitrine.collect.wish import Wish
from vitrine.errors import ConfigurationError
from vitrine.fetch import Fetcher, FetchLimits, ScrollingBrowser, open_browser

if TYPE_CHECKING:
    from vitrine.settings import Settings


@dataclass(frozen=True, slots=True)
class Network:
    """The ways out, and the manners that go with them."""

    fetcher: Fetcher
    manners: Manners
    browser: ScrollingBrowser | None


@contextmanager
def open_network(
    wish: Wish, settings: Settings, fetcher: Fetcher | None = None
) -> Generator[Network]:
    """Open what a wish needs; closed afterwards, but for a `fetcher` that is given.

    Raises:
        ConfigurationError: the network is switched off, or there is no Chromium for scrolling.
        MissingExtraError: the extra `collect` is not installed.
    """
    if settings.offline:
        raise ConfigurationError("collecting needs the network, and VITRINE_OFFLINE is set")
    with ExitStack() as opened:
        fetcher = fetcher or opened.enter_context(_fetcher(wish, settings))
        manners = Manners(fetcher, delay_s=wish.delay_s)
        browser = None
        if wish.scroll and not wish.tag:
            starting = open_browser(
                fetcher, chromium=settings.chromium, timeout_s=settings.fetch_timeout_s
            )
            browser = opened.enter_context(starting)
        yield Network(fetcher, manners, browser)


def _fetcher(wish: Wish, settings: Settings) -> Fetcher:
    limits = FetchLimits(
        max_bytes=int(settings.max_photo_mb * 2**20),
        timeout_s=settings.fetch_timeout_s,
        per_host=1,
        allow_private=settings.fetch_allow_private,
    )
    return Fetcher(limits, contact=wish.contact or settings.collect_contact)
