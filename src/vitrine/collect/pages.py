"""A page to its products, and to the pages that probably show more of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from vitrine.collect.found import Found, FoundProduct
from vitrine.collect.markup import Link, Markup, absolute, read_markup
from vitrine.collect.products import PRODUCTS, host_of, read_products
from vitrine.collect.schema import Graph

_PRODUCT_WORDS = (
    "products?|produkte?|produits?|productos?|produtos?|prodott[oi]|artikel|articles?|items?|"
    "p|dp|pd|pdp|prd|prod|sku|style|ip"
)
_PRODUCT_PATH = re.compile(
    rf"(?:^|[/_.-])(?:{_PRODUCT_WORDS})(?:[/_.-]|\d|$)|[-_/.]\d{{4,}}(?:\D|$)|\.html?$",
    re.IGNORECASE,
)
_OTHER_PATH = re.compile(
    r"(?:^|[/_-])(?:cart|basket|checkout|login|signin|register|account|wishlist|help|faq|contact|"
    r"about|privacy|terms|imprint|impressum|returns|shipping|blog|news|stores?|search|compare|"
    r"newsletter|careers|sitemap)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|webp|avif|gif|svg|pdf|zip|css|js|mp4|xml|json|rss|txt)$", re.IGNORECASE
)
_MOST_LISTED = 2000
_PAGE_IN_QUERY = ("page", "p", "pg", "seite", "pagina")
_PAGE_IN_PATH = re.compile(r"/(?:page|seite)[/-]?(\d{1,4})/?$", re.IGNORECASE)


def read_page(data: bytes, url: str) -> Found:
    """Read a page of a shop.

    Args:
        data: HTML, however broken.
        url: where it came from, after redirects.

    Raises:
        DataError: there is no HTML in it.
        MissingExtraError: extruct is not installed.
    """
    markup = read_markup(data, url)
    problems = [*markup.problems]
    products = read_products(markup, problems)
    here = {_compared(one) for one in (url, markup.canonical, *markup.open_graph.get("og:url", []))}
    mine = [one for one in products if not one[0] or _compared(one[0]) in here]
    elsewhere = [own for own, _ in products if own and _compared(own) not in here]
    if len(products) == 1:
        mine, elsewhere = products, []
    likely, possible = _ranked(markup, url, elsewhere)
    return Found(
        products=tuple(_at_home(product, own, markup, url) for own, product in mine),
        likely=likely,
        possible=possible,
        further=tuple(_same_site(url, _next_pages(markup, url))),
        problems=tuple(dict.fromkeys(problems)),
    )


def looks_like_a_product(url: str) -> bool:
    """Whether an address is of the kind that shops give to products.

    Example:
        >>> looks_like_a_product("https://a.example/products/red-coat")
        True
        >>> looks_like_a_product("https://a.example/pages/about")
        False
    """
    path = urlsplit(url).path
    return bool(_PRODUCT_PATH.search(path)) and not _OTHER_PATH.search(path)


def _at_home(product: FoundProduct, own: str, markup: Markup, url: str) -> FoundProduct:
    """The product with its page's address, and the shop that sells it."""
    canonical = markup.canonical if host_of(markup.canonical) == host_of(url) else ""
    link = own if own and host_of(own) == host_of(url) else canonical or url
    site = markup.open_graph.get("og:site_name", [""])[0].strip() or host_of(url)
    return FoundProduct({"link": link, "seller": site, **product.fields}, product.photos)


def _ranked(
    markup: Markup, url: str, elsewhere: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses of probable products, the likeliest first, and of other pages of this site."""
    levels: dict[str, int] = dict.fromkeys(_same_site(url, [*elsewhere, *_listed(markup)]), 0)
    for link in markup.links:
        if any(_same_site(url, [link.url])):
            levels[link.url] = min(_level(link), levels.get(link.url, 4))
    ordered = sorted(levels, key=lambda one: levels[one])
    likely = tuple(one for one in ordered if levels[one] < 3)
    return likely, tuple(one for one in ordered if levels[one] == 3)


def _level(link: Link) -> int:
    path = urlsplit(link.url).path
    if _OTHER_PATH.search(path) or _NO_PAGE.search(path) or path in ("", "/"):
        return 4
    if looks_like_a_product(link.url):
        return 0 if link.has_photo else 1
    if link.is_chrome:
        return 4
    return 2 if link.has_photo else 3


def _listed(markup: Markup) -> Iterator[str]:
    """Addresses in lists of products that the page describes."""
    for items in (markup.json_ld, markup.microdata):
        graph = Graph(items)
        for list_item in graph.all("ItemList", "OfferCatalog"):
            for step in graph.items(list_item, "itemListElement")[:_MOST_LISTED]:
                (inner,) = graph.items(step, "item")[:1] or [step]
                yield absolute(markup.url, graph.text(inner, "url", "@id"))
                yield absolute(markup.url, graph.text(step, "url"))
        for product in graph.all(*PRODUCTS)[:_MOST_LISTED]:
            yield absolute(markup.url, graph.text(product, "url"))


def _next_pages(markup: Markup, url: str) -> Iterator[str]:
    yield from markup.next_pages
    here = _page_number(url)
    followers = {
        number: link.url
        for link in reversed(markup.links)
        if (number := _page_number(link.url)) > here and _bare(link.url) == _bare(url)
    }
    if followers:
        yield followers[min(followers)]


def _page_number(url: str) -> int:
    """Which page of a list an address is; 1 where it does not say."""
    parts = urlsplit(url)
    numbers = [
        value for name, value in parse_qsl(parts.query) if name.lower() in _PAGE_IN_QUERY
    ] + _PAGE_IN_PATH.findall(parts.path)
    return next((int(one) for one in numbers if re.fullmatch("[0-9]{1,4}", one)), 1)


def _bare(url: str) -> tuple[str, str]:
    """The list that a numbered page belongs to."""
    return host_of(url), _PAGE_IN_PATH.sub("", urlsplit(url).path).rstrip("/")


def _same_site(url: str, others: Iterable[str]) -> Iterator[str]:
    site, here = host_of(url), url.partition("#")[0]
    for other in others:
        if other and other != here and host_of(other) == site:
            yield other


def _compared(url: str) -> tuple[str, str]:
    """What of an address tells pages apart: not its scheme, query or last slash."""
    return host_of(url), urlsplit(url).path.rstrip("/")
