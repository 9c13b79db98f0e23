"""The catalogue that `vitrine index` takes, and the source of every photo in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vitrine.collect.found import FoundProduct
from vitrine.collect.journal import Journal, Page, Photo
from vitrine.collect.products import host_of
from vitrine.types import Json

CATALOGUE = "products.jsonl"
SOURCES = "sources.jsonl"

_LONGEST_ID = 200


def write_catalogue(out: Path, journal: Journal) -> tuple[int, int, int]:
    """Write both tables anew, each whole or not at all.

    Returns:
        How many products, photo files, and products without a photo there are.
    """
    photos = {photo.found.url: photo for photo in journal.photos()}
    products: list[Json] = []
    shown: dict[str, Photo] = {}
    taken: set[str] = set()
    for page, product in unique_products(journal.pages()):
        own = [photos[photo.url] for photo in product.photos if photo.url in photos]
        files = [*dict.fromkeys(photo.file for photo in own)]
        shown |= {photo.found.url: photo for photo in own}
        products.append(_row(_unique_id(product, page, taken), product, files, page))
    _write(out / CATALOGUE, products)
    _write(out / SOURCES, map(_source, shown.values()))
    n_bare = sum("image_link" not in product for product in products)
    return len(products), len({photo.file for photo in shown.values()}), n_bare


def unique_products(pages: Iterable[Page]) -> Iterator[tuple[Page, FoundProduct]]:
    """Products that belong to the catalogue, those that several pages show only once."""
    seen: set[tuple[str, ...]] = set()
    for page in pages:
        for product in page.found.products[: page.kept]:
            key = identity(product)
            if key not in seen:
                seen.add(key)
                yield page, product


def identity(product: FoundProduct) -> tuple[str, ...]:
    """What makes two finds the same product: the shop's number, else its page."""
    fields = product.fields
    link, sku = fields.get("link", ""), fields.get("product_id", "")
    kinds = (fields.get(name, "") for name in ("gtin", "colour", "size"))
    return (host_of(link), sku or link or fields.get("title", ""), *kinds)


def _row(product_id: str, product: FoundProduct, files: list[str], page: Page) -> Json:
    fields = {name: value for name, value in product.fields.items() if name != "product_id"}
    row: Json = {"product_id": product_id, **fields}
    if files:
        row["image_link"] = files[0]
    if files[1:]:
        row["additional_image_link"] = files[1:]
    return row | {"collected_at": page.collected_at}


def _unique_id(product: FoundProduct, page: Page, taken: set[str]) -> str:
    """The shop's own number, else the name of its page; told apart by shop, then by number."""
    fields = product.fields
    link = fields.get("link", page.url)
    named = next(filter(None, (fields.get(name) for name in ("product_id", "gtin", "mpn"))), "")
    plain = (named or _last_part(link) or fields.get("title", "product"))[:_LONGEST_ID]
    candidates = [plain, f"{plain}@{host_of(link)}"]
    number = 2
    while all(candidate in taken for candidate in candidates):
        candidates.append(f"{candidates[1]}-{number}")
        number += 1
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


def _last_part(link: str) -> str:
    """The name of a page in its address.

    Example:
        >>> _last_part("https://a.example/products/red%20coat.html?x=1")
        'red coat'
    """
    path = unquote(urlsplit(link).path).rstrip("/").rsplit("/", 1)[-1]
    words = re.sub(r"\.(?:html?|php|aspx?)$", "", path, flags=re.IGNORECASE)
    return "".join(letter for letter in words if letter.isprintable()).strip()


def _source(photo: Photo) -> Json:
    found = photo.found
    return {
        "file": photo.file,
        "sha256": photo.sha256,
        "url": found.url,
        "page": photo.page,
        "license": found.license,
        "acquire_license_page": found.acquire_license_page,
        "credit": found.credit,
        "copyright": found.copyright,
        "collected_at": photo.collected_at,
    }


def _write(path: Path, rows: Iterable[Json]) -> None:
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    os.replace(unfinished, path)
