"""One run: from where the user points to products and photos in a folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from vitrine.collect.journal import Journal, Page
from vitrine.collect.output import identity
from vitrine.collect.photos import PhotoFolder
from vitrine.collect.reading import PageReader, State
from vitrine.collect.report import CollectReport, Problem
from vitrine.collect.robots import DisallowedError
from vitrine.errors import MissingExtraError, VitrineError
from vitrine.fetch import Gate

_GONE = (404, 410)
_MOST_LISTS = 500
_MOST_MISSES = 30
"""Pages in a row without a product, after which there is no point in going on."""


class Gathering:
    """Visits pages, keeps what they hold, and counts."""

    def __init__(
        self,
        journal: Journal,
        photos: PhotoFolder,
        report: CollectReport,
        *,
        limit: int,
        photos_each: int,
        gate: Gate,
        on_page: Callable[[int], None],
    ) -> None:
        """Start with nothing visited.

        Args:
            journal: remembers each page once its photos are there.
            photos: where photos go.
            report: counts and problems are added to it.
            limit: how many products are wanted.
            photos_each: of one product at most.
            gate: asked before each photo.
            on_page: called after each page with the products that this run has met.
        """
        self._journal = journal
        self._photos = photos
        self._report = report
        self._limit = limit
        self._photos_each = photos_each
        self._gate = gate
        self._on_page = on_page
        self._seen: set[tuple[str, ...]] = set()
        self._visited: set[str] = set()
        self._misses = 0

    @property
    def n_left(self) -> int:
        """Products that may still be taken; 0 too where it makes no sense to look for more."""
        return 0 if self._misses >= _MOST_MISSES else self._limit - len(self._seen)

    def follow(self, start: str, reader: PageReader) -> None:
        """Collect from a product's page, a list of products or a sitemap.

        Raises:
            VitrineError: the start itself cannot be read.
        """
        later: list[str] = []
        for page, state in lists(start, reader, lambda: self.n_left, self.note):
            self._visited.add(page.url)
            self.keep(page, state)
            # what the page of one product links to is another matter
            if page.url != start or len(page.found.products) != 1:
                later += page.found.possible
                self._visit(page.found.likely, reader)
        self._visit(later, reader)
        if self._misses >= _MOST_MISSES:
            self._report.notes.append(
                f"stopped after {_MOST_MISSES} pages in a row without a product; name a list of "
                "products, or the shop's sitemap"
            )

    def keep(self, page: Page, state: State, *, with_photos: bool = True) -> None:
        """Take a page's products, as many as are wanted, with their photos."""
        n_kept = 0
        for product in page.found.products:
            if identity(product) not in self._seen and self.n_left <= 0:
                break
            self._seen.add(identity(product))
            n_kept += 1
            for photo in product.photos[: self._photos_each if with_photos else 0]:
                try:
                    self._photos.keep(photo, page.url, gate=self._gate, ask=state == "changed")
                except VitrineError as error:
                    self.note(photo.url, error)
        has_products = bool(page.found.products)
        self._report.pages[state if has_products else "empty"] += 1
        if has_products:
            self._misses = 0
            self._report.problems += [Problem(page.url, reason) for reason in page.found.problems]
        n_kept = max(n_kept, min(page.kept, len(page.found.products)))
        self._journal.put_page(replace(page, kept=n_kept, run=self._photos.run))
        self._on_page(len(self._seen))

    def note(self, url: str, error: VitrineError) -> None:
        """Count what could not be had; a product whose page is gone leaves the catalogue.

        Raises:
            MissingExtraError: `error` itself, as nothing else would go better.
        """
        if isinstance(error, MissingExtraError):
            raise error
        if getattr(error, "status", 0) in _GONE and self._journal.drop_page(url):
            self._report.pages["gone"] += 1
            return
        reason = str(error).removeprefix(f"{url}: ")
        problem = Problem(url, reason, isinstance(error, DisallowedError))
        self._report.problems.append(problem)

    def _visit(self, urls: Iterable[str], reader: PageReader) -> None:
        for url in urls:
            if self.n_left <= 0:
                return
            if url in self._visited:
                continue
            self._visited.add(url)
            try:
                page, state = reader.read(url)
            except VitrineError as error:
                self.note(url, error)
                self._misses += 1
                continue
            self._misses += 1
            self.keep(page, state)


def lists(
    start: str,
    reader: PageReader,
    n_left: Callable[[], int],
    on_problem: Callable[[str, VitrineError], None],
) -> Iterator[tuple[Page, State]]:
    """The page to start from and those that go on with it, while products are wanted.

    Raises:
        VitrineError: the start cannot be read; of the others `on_problem` is told.
    """
    waiting, met = deque([start]), {start}
    while waiting and len(met) <= _MOST_LISTS and n_left() > 0:
        url = waiting.popleft()
        try:
            page, state = reader.read_list(url, n_left())
        except VitrineError as error:
            if url == start:
                raise
            on_problem(url, error)
            continue
        further = [one for one in page.found.further if one not in met]
        met.update(further)
        waiting.extend(further)
        yield page, state
