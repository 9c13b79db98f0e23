"""HTML to what it says of itself: schema.org items, OpenGraph, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urldefrag, urljoin, urlsplit

from vitrine.errors import DataError, missing_extra
from vitrine.types import Json

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_Extractor: TypeAlias = Callable[[Any, str], Iterable[Any]]

_MOST_ITEMS = 2000
_MOST_PROPERTIES = 5000
_MOST_REPEATED = 100_000
_MOST_CHARACTERS = 5_000_000
_MOST_LINKS = 5000
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page, absolute and without its fragment."""

    url: str
    has_photo: bool
    is_chrome: bool
    """Stands in the page's header, footer or navigation."""


@dataclass(frozen=True, slots=True)
class Markup:
    """What a page says of itself."""

    url: str
    """Where relative addresses start."""
    canonical: str
    json_ld: Sequence[Json]
    microdata: Sequence[Json]
    """schema.org items that stand at the top, written as JSON-LD."""
    open_graph: Mapping[str, Sequence[str]]
    links: Sequence[Link]
    next_pages: Sequence[str]
    license: str
    """Address of the licence of the whole page (rel=license), or ""."""
    problems: Sequence[str]


def read_markup(data: bytes, url: str) -> Markup:
    """Read a page as far as it can be read; broken parts are in `problems`.

    Args:
        data: the page; UTF-8, or in the encoding that its own head names.
        url: where it came from.

    Raises:
        DataError: there is no HTML in it at all.
        MissingExtraError: extruct is not installed.
    """
    try:
        tree = _tree(data)
        json_ld, microdata, open_graph = _extractors()
    except ImportError as error:
        raise missing_extra("reading product pages", "extruct", "collect") from error
    base = _base(tree, url)
    problems: list[str] = []
    return Markup(
        url=base,
        canonical=_first_link(tree, base, "canonical"),
        json_ld=[*_json_ld(json_ld, tree, base, problems)],
        microdata=_microdata(microdata, tree, base, problems),
        open_graph=_open_graph(open_graph, tree, problems),
        links=[*_links(tree, base)],
        next_pages=[*_related(tree, base, "next")],
        license=_first_link(tree, base, "license"),
        problems=problems,
    )


def absolute(base: str, written: str) -> str:
    """An http(s) address as a page writes it, absolute and without fragment; else "".

    Example:
        >>> absolute("https://a.example/b/", "//c.example/d e.jpg#top")
        'https://c.example/d%20e.jpg'
        >>> absolute("https://a.example/", "javascript:alert(1)")
        ''
    """
    if not written.strip():
        return ""
    try:
        joined = urldefrag(urljoin(base, re.sub(r"[\t\r\n]", "", written.strip()))).url
        parts = urlsplit(joined)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        return ""
    encoded = re.sub(r"[\x00-\x20\"<>\\^`{|}\x7f]", lambda bad: f"%{ord(bad[0]):02X}", joined)
    return encoded if len(encoded) <= _LONGEST_URL else ""


def _tree(data: bytes) -> HtmlElement:
    import lxml.etree
    import lxml.html

    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # the page's own head says it
    parser = lxml.html.HTMLParser(encoding=encoding)
    try:
        return lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.LxmlError, ValueError, LookupError) as error:
        raise DataError(f"this is no HTML page: {error}") from error


def _base(tree: HtmlElement, url: str) -> str:
    written = next(iter(_attributes(tree, "//head/base/@href")), "")
    return absolute(url, written) or url


def _attributes(tree: HtmlElement, path: str) -> list[str]:
    found: Any = tree.xpath(path)
    return [str(value) for value in found]


def _extractors() -> tuple[_Extractor, _Extractor, _Extractor]:
    """Those of JSON-LD, microdata and OpenGraph."""
    from extruct.jsonld import JsonLdExtractor
    from extruct.opengraph import OpenGraphExtractor
    from extruct.w3cmicrodata import MicrodataExtractor

    return (
        JsonLdExtractor().extract_items,
        MicrodataExtractor().extract_items,
        OpenGraphExtractor().extract_items,
    )


def _json_ld(
    extract: _Extractor, tree: HtmlElement, base: str, problems: list[str]
) -> Iterator[Json]:
    """One script at a time, so that a broken one spoils no other."""
    scripts: Any = tree.xpath('//script[@type="application/ld+json"]')
    for script in scripts[:_MOST_ITEMS]:
        try:
            found = extract(script, base)
        except (ValueError, RecursionError) as error:
            problems.append(f"a JSON-LD block cannot be read: {' '.join(str(error).split())[:120]}")
            continue
        yield from (item for item in found if isinstance(item, dict))


def _microdata(
    extract: _Extractor, tree: HtmlElement, base: str, problems: list[str]
) -> list[Json]:
    if _is_excessive(tree):
        problems.append("the page has more microdata than is read")
        return []
    try:
        return [_as_json_ld(item) for item in extract(tree, base)]
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        problems.append(f"the microdata cannot be read: {' '.join(str(error).split())[:120]}")
        return []


def _is_excessive(tree: HtmlElement) -> bool:
    """Whether reading the microdata would take long; nested and repeated parts are read again."""
    properties: Any = tree.xpath("//*[@itemprop]")
    n_items = len(_attributes(tree, "//@itemscope"))
    n_references = sum(len(names.split()) for names in _attributes(tree, "//@itemref"))
    n_repeated = n_references * len(properties)
    if n_items > _MOST_ITEMS or len(properties) > _MOST_PROPERTIES or n_repeated > _MOST_REPEATED:
        return True
    n_characters = 0
    for element in properties:
        n_characters += len(element.text_content())
        if n_characters > _MOST_CHARACTERS:
            return True
    return False


def _as_json_ld(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_json_ld(one) for one in value]
    if not isinstance(value, dict):
        return value
    known = {"@type": value.get("type", ""), "@id": value.get("id", "")}
    properties = value.get("properties", {"name": value.get("value", "")})
    return known | {name: _as_json_ld(one) for name, one in properties.items()}


def _open_graph(
    extract: _Extractor, tree: HtmlElement, problems: list[str]
) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    try:
        found = [*extract(tree, "")]
    except (ValueError, AttributeError, IndexError) as error:
        problems.append(f"the OpenGraph tags cannot be read: {' '.join(str(error).split())[:120]}")
        return values
    for item in found:
        for name, value in item["properties"]:
            values.setdefault(str(name).lower(), []).append(str(value))
    return values


def _first_link(tree: HtmlElement, base: str, rel: str) -> str:
    return next(_related(tree, base, rel), "")


def _related(tree: HtmlElement, base: str, rel: str) -> Iterator[str]:
    named = f'contains(concat(" ", normalize-space(@rel), " "), " {rel} ")'
    for written in _attributes(tree, f"//*[self::a or self::link][{named}]/@href"):
        if url := absolute(base, written):
            yield url


def _links(tree: HtmlElement, base: str) -> Iterator[Link]:
    anchors: Any = tree.xpath("//a[@href]")
    for anchor in anchors[:_MOST_LINKS]:
        if url := absolute(base, str(anchor.get("href"))):
            has_photo = anchor.find(".//img") is not None or anchor.find(".//picture") is not None
            is_chrome = next(anchor.iterancestors("nav", "header", "footer"), None) is not None
            yield Link(url, has_photo, is_chrome)
