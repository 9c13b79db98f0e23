"""A shop's pages, a sitemap or a hashtag into a folder that can be indexed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from vitrine.collect.gathering import Gathering
from vitrine.collect.instagram import GRAPH_API, Account, Hashtags
from vitrine.collect.journal import JOURNAL, Journal, open_journal
from vitrine.collect.network import Network, open_network
from vitrine.collect.output import write_catalogue
from vitrine.collect.photos import PhotoFolder
from vitrine.collect.reading import PageReader
from vitrine.collect.report import CollectReport
from vitrine.collect.wish import Wish
from vitrine.errors import DataError

if TYPE_CHECKING:
    from vitrine.fetch import Fetcher
    from vitrine.settings import Settings

_WRITTEN_EVERY_S = 10.0


def collect(
    wish: Wish,
    out: Path,
    settings: Settings,
    *,
    fetcher: Fetcher | None = None,
    graph_api: str = GRAPH_API,
    on_progress: Callable[[int, int], None] = lambda _done, _wanted: None,
) -> CollectReport:
    """Collect products and photos into a folder, polite to those who serve them.

    A run that was killed goes on where it stopped; a later one asks only for what has changed.
    The folder then holds `products.jsonl`, which `vitrine index` takes, `photos/`,
    `sources.jsonl` with the licence and source of each photo, and the journal.

    Args:
        wish: what to collect.
        out: the folder, made if it is not there.
        settings: limits of fetching, whether private addresses are allowed, tokens.
        fetcher: instead of one made from `settings`.
        graph_api: where Instagram's API is.
        on_progress: called with (products so far, products wanted).

    Raises:
        UsageError, ConfigurationError: what is asked for cannot be done here.
        FetchError: the source cannot be had, or its robots.txt asks us not to.
        DataError: no product was found, and the folder holds none.
        LockedError: another run collects into this folder.
    """
    account = Account.of(settings) if wish.tag else None
    report = CollectReport(wish.source, str(out))
    with open_network(wish, settings, fetcher) as network:
        out.mkdir(parents=True, exist_ok=True)
        with open_journal(out / JOURNAL) as journal:
            run = _Run(wish, out, settings, network, journal, report, on_progress)
            if account is None:
                run.follow_pages()
            else:
                run.take_posts(Hashtags(account, network.fetcher, network.manners.rest, graph_api))
    if not report.products:
        raise DataError(_nothing_found(wish, report))
    return report


class _Run:
    """One run over one folder."""

    def __init__(
        self,
        wish: Wish,
        out: Path,
        settings: Settings,
        network: Network,
        journal: Journal,
        report: CollectReport,
        on_progress: Callable[[int, int], None],
    ) -> None:
        self._wish = wish
        self._out = out
        self._network = network
        self._journal = journal
        self._report = report
        self._on_progress = on_progress
        self._started = perf_counter()
        self._written_at = monotonic()
        self._number, report.resumed = journal.begin(wish.name)
        manners = network.manners
        self._photos = PhotoFolder(
            out,
            journal,
            network.fetcher,
            run=self._number,
            max_bytes=int(settings.max_photo_mb * 2**20),
        )
        self._gathering = Gathering(
            journal,
            self._photos,
            report,
            limit=wish.limit,
            photos_each=wish.photos_each,
            gate=manners.rest if wish.tag else manners.gate,
            on_page=self._on_page,
        )

    def follow_pages(self) -> None:
        """Collect from pages; whatever happens, the folder is left whole."""
        browser = self._network.browser
        if browser is not None and not browser.sandboxed:
            self._report.notes.append("this system gave Chromium no sandbox; it ran without")
        reader = PageReader(self._network, self._journal, run=self._number)
        try:
            self._gathering.follow(self._wish.source, reader)
            self._journal.finish(self._number)
        finally:
            self._report.downloaded_bytes += reader.n_bytes
            self._finish()

    def take_posts(self, hashtags: Hashtags) -> None:
        """Collect a hashtag; a post that is there stays, as only its photos' addresses change."""
        try:
            for page in hashtags.pages(self._wish.tag, edge=self._wish.edge, run=self._number):
                known = self._journal.page(page.url)
                if known is not None and known.kept:
                    state = "resumed" if known.run == self._number else "unchanged"
                    self._gathering.keep(known, state, with_photos=False)
                else:
                    self._gathering.keep(page, "new")
                if self._gathering.n_left <= 0:
                    break
            self._journal.finish(self._number)
        finally:
            self._finish()

    def _on_page(self, n_products: int) -> None:
        self._report.visited = n_products
        self._on_progress(min(n_products, self._wish.limit), self._wish.limit)
        if monotonic() - self._written_at > _WRITTEN_EVERY_S:
            self._write()

    def _write(self) -> None:
        report = self._report
        report.products, report.photos, report.without_photo = write_catalogue(
            self._out, self._journal
        )
        self._written_at = monotonic()

    def _finish(self) -> None:
        self._write()
        report, photos = self._report, self._photos
        report.photos_new, report.photos_known = photos.n_new, photos.n_known
        report.photo_copies = photos.n_copies
        report.downloaded_bytes += photos.n_bytes
        report.requests = self._network.manners.n_requests
        report.seconds = perf_counter() - self._started
        delay_s = self._network.manners.longest_delay_s
        if delay_s > self._wish.delay_s:
            report.notes.append(f"robots.txt asks for {delay_s:g} s between requests")


def _nothing_found(wish: Wish, report: CollectReport) -> str:
    first = f": {report.problems[0].reason}" if report.problems else ""
    hint = "" if wish.scroll or wish.tag else "; a page that loads as one scrolls needs --scroll"
    return f"{wish.source}: no product was found{first}{hint}"
