"""Products of a page: schema.org items first, OpenGraph where they say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from vitrine.collect.found import FoundPhoto, FoundProduct
from vitrine.collect.markup import Markup, absolute
from vitrine.collect.offers import read_availability, read_offers, read_price
from vitrine.collect.schema import Graph, clean, kinds_of
from vitrine.errors import DataError
from vitrine.types import Json

PRODUCTS = ("Product", "ProductGroup", "IndividualProduct", "ProductModel")

_PLAIN = {
    "title": ("name",),
    "description": ("description",),
    "brand": ("brand", "manufacturer"),
    "colour": ("color",),
    "pattern": ("pattern",),
    "material": ("material",),
    "size": ("size",),
    "mpn": ("mpn",),
    "gtin": ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn"),
    "product_id": ("sku", "productID", "productId"),
    "item_group_id": ("productGroupID", "inProductGroupWithID"),
}
_OPEN_GRAPH = {
    "title": ("og:title",),
    "description": ("og:description",),
    "brand": ("product:brand", "og:brand"),
    "colour": ("product:color",),
    "pattern": ("product:pattern",),
    "material": ("product:material",),
    "size": ("product:size",),
    "gtin": ("product:gtin", "product:ean", "product:upc", "product:isbn"),
    "product_id": ("product:retailer_item_id", "product:retailer_part_no"),
    "item_group_id": ("product:item_group_id",),
    "gender": ("product:target_gender", "product:gender"),
    "age_group": ("product:age_group",),
    "product_type": ("product:category",),
}
_PARENT_ONLY = ("product_id", "gtin", "mpn", "size", "colour")
"""What a variant does not take from its group."""
_MOST_PRODUCTS = 500
_HOMES = ("home", "homepage", "start", "startseite", "accueil", "inicio", "home page", "shop")


def read_products(markup: Markup, problems: list[str]) -> list[tuple[str, FoundProduct]]:
    """All products of a page, each with the address it gives as its own ("" for this page).

    JSON-LD is believed first, then microdata, then OpenGraph; a page of one product is completed
    by what the later ones say besides. Variants of a group come as products of their own, joined
    by `item_group_id`.
    """
    sources = [
        _from_schema(markup, markup.json_ld, problems),
        _from_schema(markup, markup.microdata, problems),
        [("", product) for product in _from_open_graph(markup, problems)],
    ]
    first, *others = [source for source in sources if source] or [[]]
    if len(first) != 1:
        return first
    own, product = first[0]
    for other in others:
        if len(other) == 1:
            product = _completed(product, other[0][1])
    return [(own, product if product.photos else _with_shared_photos(product, markup))]


def _from_schema(
    markup: Markup, items: Sequence[Json], problems: list[str]
) -> list[tuple[str, FoundProduct]]:
    graph = Graph(items)
    reading = _Reading(markup, graph, problems)
    items = graph.main(*PRODUCTS)[:_MOST_PRODUCTS]
    found = [one for item in items for one in reading.products(item)][:_MOST_PRODUCTS]
    return [one for one in found if one[1].fields.get("title") or one[1].photos]


class _Reading:
    """One page's graph, and what its photos' licences are."""

    def __init__(self, markup: Markup, graph: Graph, problems: list[str]) -> None:
        self._markup = markup
        self._graph = graph
        self._problems = problems
        self._described = {
            address: item
            for item in graph.all("ImageObject")
            if (address := self._address(item)) and len(item) > 2
        }
        self._path = _breadcrumbs(graph)

    def products(self, item: Json) -> Iterator[tuple[str, FoundProduct]]:
        """The product that an item is, or the variants that it has."""
        graph = self._graph
        fields, photos = self._fields(item), self._photos(item)
        own = absolute(self._markup.url, graph.text(item, "url", "@id"))
        held = graph.items(item, "hasVariant")[:_MOST_PRODUCTS]
        variants = [one for one in held if kinds_of(one) & {*PRODUCTS}]
        if not variants:
            for parent in graph.items(item, "isVariantOf")[:1]:
                fields = self._inherited(parent) | fields
            yield own, FoundProduct(fields, tuple(photos))
            return
        group = self._inherited(item)
        for variant in variants:
            said = group | self._fields(variant)
            shown = self._photos(variant) or photos
            yield own, FoundProduct(self._linked(variant, said), tuple(shown))

    def _inherited(self, parent: Json) -> dict[str, str]:
        """What a variant says too because its group does."""
        fields = self._fields(parent)
        name = self._graph.text(parent, "productGroupID", "sku", "productID", "@id", "url", "name")
        kept = {key: value for key, value in fields.items() if key not in _PARENT_ONLY}
        return kept | ({"item_group_id": name} if name else {})

    def _linked(self, variant: Json, fields: dict[str, str]) -> dict[str, str]:
        link = absolute(self._markup.url, self._graph.text(variant, "url"))
        for offer in self._graph.items(variant, "offers")[:1]:
            link = link or absolute(self._markup.url, self._graph.text(offer, "url"))
        return fields | ({"link": link} if link else {})

    def _fields(self, item: Json) -> dict[str, str]:
        graph = self._graph
        said = {field: graph.text(item, *names) for field, names in _PLAIN.items()}
        for field in ("colour", "size", "material"):
            said[field] = ", ".join(graph.texts(item, *_PLAIN[field])) or said[field]
        said["product_type"] = " > ".join(graph.texts(item, "category")) or self._path
        for audience in graph.items(item, "audience"):
            said["gender"] = graph.text(audience, "suggestedGender", "gender").rsplit("/", 1)[-1]
            said["age_group"] = graph.text(audience, "suggestedAge") if not said["gender"] else ""
        said |= read_offers(graph, item, self._problems)
        return {field: value for field, value in said.items() if value}

    def _photos(self, item: Json) -> list[FoundPhoto]:
        found: dict[str, FoundPhoto] = {}
        for value in self._graph.values(item, "image", "images", "photo"):
            if address := self._address(value):
                described = value if isinstance(value, dict) and len(value) > 2 else {}
                found.setdefault(
                    address, self._photo(address, {**self._described.get(address, {}), **described})
                )
        return [*found.values()]

    def _photo(self, address: str, item: Json) -> FoundPhoto:
        graph, base = self._graph, self._markup.url
        return FoundPhoto(
            address,
            self._license(graph.text(item, "license")) or self._markup.license,
            absolute(base, graph.text(item, "acquireLicensePage")),
            graph.text(item, "creditText", "creator", "author"),
            graph.text(item, "copyrightNotice", "copyrightHolder"),
        )

    def _license(self, written: str) -> str:
        """An address made absolute; a licence that is only named stays as it is."""
        is_address = written.startswith(("http:", "https:", "/", "."))
        return absolute(self._markup.url, written) if is_address else written[:300]

    def _address(self, image: Any) -> str:
        """Where a photo is, written as a string, an ImageObject or a reference to one."""
        if isinstance(image, str):
            return absolute(self._markup.url, image)
        if not isinstance(image, dict):
            return ""
        (real,) = self._graph.items({"image": image}, "image") or [image]
        names = ("contentUrl", "url", "image", "thumbnailUrl", "@id")
        return absolute(self._markup.url, self._graph.text(real, *names))


def _completed(product: FoundProduct, other: FoundProduct) -> FoundProduct:
    """Add what only the other says; prices stay together."""
    ignored = ("price", "sale_price") if "price" in product.fields else ()
    more = {name: value for name, value in other.fields.items() if name not in ignored}
    return FoundProduct({**more, **product.fields}, product.photos or other.photos)


def _with_shared_photos(product: FoundProduct, markup: Markup) -> FoundProduct:
    return FoundProduct(product.fields, tuple(_shared_photos(markup)))


def _from_open_graph(markup: Markup, problems: list[str]) -> Iterator[FoundProduct]:
    said = markup.open_graph
    amount = _first(said, "product:price:amount", "og:price:amount")
    if not amount and "product" not in _first(said, "og:type"):
        return
    fields = {field: _first(said, *names) for field, names in _OPEN_GRAPH.items()}
    fields["availability"] = read_availability(_first(said, "product:availability"))
    fields["seller"] = _first(said, "og:site_name")
    currency = _first(said, "product:price:currency", "og:price:currency")
    prices = {"price": amount, "sale_price": _first(said, "product:sale_price:amount")}
    for field, written in prices.items():
        try:
            fields[field] = str(read_price(written, currency)) if written else ""
        except DataError as error:
            problems.append(str(error))
    filled = {field: value for field, value in fields.items() if value}
    yield FoundProduct(filled, tuple(_shared_photos(markup)))


def _shared_photos(markup: Markup) -> Iterator[FoundPhoto]:
    said = markup.open_graph
    written = said.get("og:image:secure_url") or said.get("og:image") or said.get("og:image:url")
    for address in dict.fromkeys(absolute(markup.url, one) for one in written or ()):
        if address:
            yield FoundPhoto(address, markup.license)


def _first(said: Mapping[str, Sequence[str]], *names: str) -> str:
    return next((clean(said[name][0]) for name in names if said.get(name)), "")


def _breadcrumbs(graph: Graph) -> str:
    """The path of the first breadcrumb list, without the home page and the product itself."""
    titles = {graph.text(item, "name") for item in graph.main(*PRODUCTS)}
    for crumbs in graph.all("BreadcrumbList")[:1]:
        names = [
            graph.text(step, "name") or graph.text(step, "item")
            for step in graph.items(crumbs, "itemListElement")
        ]
        if names and names[0].casefold() in _HOMES:
            del names[0]
        return " > ".join(name for name in names if name and name not in titles)
    return ""


def host_of(url: str) -> str:
    """The site of an address: its host without www, and its port where it has one."""
    return urlsplit(url).netloc.lower().removeprefix("www.")
