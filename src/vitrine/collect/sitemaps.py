"""Sitemaps and indexes of them, packed or not."""

from __future__ import annotations

from vitrine.collect.found import Found
from vitrine.collect.markup import absolute
from vitrine.collect.pages import looks_like_a_product
from vitrine.collect.products import host_of
from vitrine.errors import DataError
from vitrine.fetch import unpack_gzip

_MOST_BYTES = 52_428_800
"""Of an unpacked sitemap, by sitemaps.org."""
_MOST_ENTRIES = 50_000
_GZIP = b"\x1f\x8b"


def is_sitemap(data: bytes) -> bool:
    """Whether a file is a sitemap, an index of them, or a packed file that may be one."""
    head = data[:4096]
    return head.startswith(_GZIP) or b"<urlset" in head or b"<sitemapindex" in head


def read_sitemap(data: bytes, url: str) -> Found:
    """Read a sitemap; addresses on other sites are left out, as the protocol says.

    Probable products come first. What stands before a broken place is kept.

    Raises:
        DataError: no sitemap, or one that declares entities.
        FetchError: a packed one that is too large, or damaged.
    """
    if data.startswith(_GZIP):
        data = unpack_gzip(data, _MOST_BYTES)
    pages, indexed, problems = _locations(data, url)
    site = host_of(url)
    pages = [one for one in dict.fromkeys(pages) if host_of(one) == site]
    further = [one for one in dict.fromkeys(indexed) if host_of(one) == site]
    return Found(
        likely=tuple(sorted(pages, key=lambda one: not looks_like_a_product(one))),
        further=tuple(sorted(further, key=lambda one: "product" not in one.lower())),
        problems=tuple(problems),
    )


def _locations(data: bytes, url: str) -> tuple[list[str], list[str], list[str]]:
    """Addresses of pages, of further sitemaps, and what broke."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    target = _Locations(url)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    problems: list[str] = []
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise DataError(f"{url}: a sitemap that declares entities is refused: {error}") from error
    except (ParseError, ValueError, LookupError) as error:
        if not target.pages and not target.sitemaps:
            raise DataError(f"{url}: this is no sitemap: {error}") from error
        problems.append(f"the sitemap breaks off: {error}")
    return target.pages, target.sitemaps, problems


class _Locations:
    """Target of the XML parser: keeps the addresses and no tree."""

    def __init__(self, url: str) -> None:
        self.pages: list[str] = []
        self.sitemaps: list[str] = []
        self._url = url
        self._path: list[str] = []
        self._text = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag.rpartition("}")[2] if "image" not in tag else "image")
        self._text = ""

    def data(self, text: str) -> None:
        if self._path[-1:] == ["loc"] and len(self._text) < 4096:
            self._text += text

    def end(self, tag: str) -> None:
        if self._path[-2:] in (["url", "loc"], ["sitemap", "loc"]):
            kept = self.pages if self._path[-2] == "url" else self.sitemaps
            if len(kept) < _MOST_ENTRIES and (address := absolute(self._url, self._text)):
                kept.append(address)
        del self._path[-1:]

    def close(self) -> None:
        """Nothing is left open."""
