"""Pages over the network, as far as they changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from vitrine.collect.found import Found
from vitrine.collect.journal import Journal, Page
from vitrine.collect.network import Network
from vitrine.collect.pages import read_page
from vitrine.collect.sitemaps import is_sitemap, read_sitemap

if TYPE_CHECKING:
    from vitrine.fetch import Fetched

State: TypeAlias = Literal["new", "changed", "unchanged", "resumed"]

_PAGE_BYTES = 6_000_000
_LIST_BYTES = 52_428_800
_SCROLLING_S = 300.0


class PageReader:
    """Reads pages of shops; what this run has read already is not asked for again."""

    def __init__(self, network: Network, journal: Journal, *, run: int) -> None:
        self._fetcher = network.fetcher
        self._manners = network.manners
        self._browser = network.browser
        self._journal = journal
        self._run = run
        self.n_bytes = 0

    def read(self, url: str) -> tuple[Page, State]:
        """Read a page that may be a product; in the browser too if its HTML alone says nothing.

        Raises:
            DisallowedError: robots.txt asks us not to.
            FetchError: it cannot be had.
            DataError: it holds nothing readable.
        """
        page, state = self._fetched(url, _PAGE_BYTES)
        if self._browser is None or page.found.products or state in ("unchanged", "resumed"):
            return page, state
        shown, html = next(self._browser.scroll(url, self._manners.allows, within_s=_SCROLLING_S))
        return replace(page, found=read_page(html.encode("utf-8", "replace"), shown)), state

    def read_list(self, url: str, n_wanted: int) -> tuple[Page, State]:
        """Read a page or sitemap that leads to products; with a browser, scrolled to its end.

        Args:
            url: its address.
            n_wanted: scrolling stops when this many probable products are known.

        Raises:
            DisallowedError, FetchError, DataError: as `read`.
        """
        if self._browser is None or url.endswith((".xml", ".gz")):
            return self._fetched(url, _LIST_BYTES)
        known = self._journal.page(url)
        if known is not None and known.run == self._run:
            return known, "resumed"
        self._manners.gate(url)
        found = Found()
        for shown, html in self._browser.scroll(url, self._manners.allows, within_s=_SCROLLING_S):
            found = _joined(found, read_page(html.encode("utf-8", "replace"), shown))
            if len(found.likely) >= n_wanted:
                break
        state: State = "changed" if known else "new"
        return Page(url, self._run, found, collected_at=_now(), kept=_kept(known, found)), state

    def _fetched(self, url: str, max_bytes: int) -> tuple[Page, State]:
        known = self._journal.page(url)
        if known is not None and known.run == self._run:
            return known, "resumed"
        fetched = self._fetcher.fetch(
            url,
            etag=known.etag if known else "",
            last_modified=known.last_modified if known else "",
            max_bytes=max_bytes,
            gate=self._manners.gate,
        )
        if fetched.data is None and known is not None:
            return replace(known, run=self._run), "unchanged"
        return self._page(url, fetched, known)

    def _page(self, url: str, fetched: Fetched, known: Page | None) -> tuple[Page, State]:
        data = fetched.data or b""
        self.n_bytes += len(data)
        sha256 = hashlib.sha256(data).hexdigest()
        versions = {"etag": fetched.etag, "last_modified": fetched.last_modified}
        if known is not None and known.sha256 == sha256:
            return replace(known, run=self._run, **versions), "unchanged"
        read = read_sitemap if is_sitemap(data) else read_page
        found = read(data, fetched.url)
        page = Page(url, self._run, found, sha256, collected_at=_now(), kept=_kept(known, found))
        return replace(page, **versions), "changed" if known else "new"


def _joined(one: Found, other: Found) -> Found:
    """What a page showed before, and what it shows now."""
    likely = tuple(dict.fromkeys((*one.likely, *other.likely)))
    possible = (*one.possible, *other.possible)
    return Found(
        products=other.products or one.products,
        likely=likely,
        possible=tuple(url for url in dict.fromkeys(possible) if url not in likely),
        further=other.further or one.further,
        problems=tuple(dict.fromkeys((*one.problems, *other.problems))),
    )


def _kept(known: Page | None, found: Found) -> int:
    return min(known.kept, len(found.products)) if known else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
