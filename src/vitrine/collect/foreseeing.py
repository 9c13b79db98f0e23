"""What a collection would ask for, without asking for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.collect.gathering import lists
from vitrine.collect.journal import JOURNAL, open_journal
from vitrine.collect.network import open_network
from vitrine.collect.reading import PageReader
from vitrine.collect.wish import Wish
from vitrine.errors import UsageError
from vitrine.types import Json

if TYPE_CHECKING:
    from vitrine.fetch import Fetcher
    from vitrine.settings import Settings


def foresee(
    wish: Wish, out: Path, settings: Settings, *, fetcher: Fetcher | None = None
) -> list[Json]:
    """What `collect` would ask for, in its order; reads lists of products and writes nothing.

    Returns:
        For each page its `url`, whether robots.txt lets us (`allowed`), and whether the folder
        has it already (`known`).

    Raises:
        UsageError: of a hashtag nobody knows beforehand what is there.
        FetchError, DataError: the source cannot be read.
    """
    if wish.tag:
        raise UsageError("a hashtag cannot be foreseen: each question counts; collect it instead")
    likely: dict[str, None] = {}
    possible: dict[str, None] = {}
    with (
        open_network(wish, settings, fetcher) as network,
        open_journal(out / JOURNAL, read_only=True) as journal,
    ):
        reader = PageReader(network, journal, run=-1)
        start = wish.source

        def n_left() -> int:
            return wish.limit - len(likely)

        for page, _ in lists(start, reader, n_left, lambda _url, _error: None):
            if page.found.products:
                likely[page.url] = None
            if page.url != start or len(page.found.products) != 1:
                likely.update(dict.fromkeys(page.found.likely))
                possible.update(dict.fromkeys(page.found.possible))
        return [
            {
                "url": url,
                "allowed": network.manners.allows(url),
                "known": journal.page(url) is not None,
            }
            for url in [*(likely | possible)][: wish.limit]
        ]
