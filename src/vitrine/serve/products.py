"""Products as the API shows and takes them: never with a path of this machine."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import quote

from vitrine.catalog import Catalogue, Source
from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.photos import PhotoFinder
from vitrine.serve.questions import PriceIn, ProductIn
from vitrine.shop import SearchResult, Shop, product_to_json
from vitrine.types import Hit, Json, Product

_OF_THIS_MACHINE = re.compile(r"\s*(?:file:|[A-Za-z]:[\\/]|\\\\|/|~/|\.\.?[\\/])", re.IGNORECASE)
_NOT_TEXT = {"photos", "extra", "price", "sale_price"}


def public_product(product: Product) -> Json:
    """What anyone with a key may read of a product."""
    return _public(product_to_json(product))


def public_page(result: SearchResult, k: int) -> Json:
    """The first k hits and what was asked for besides, as JSON."""
    shown = result.to_json() | {"hits": [public_hit(hit) for hit in result.hits[:k]]}
    if result.facets is not None:
        shown["facets"] = {name: _public_facet(facet) for name, facet in result.facets.items()}
    return shown


def photo_path(product_id: str, position: int) -> str:
    """Where a product's photo is, on this server."""
    return f"/v1/products/{quote(product_id, safe='')}/photos/{position}"


def put_products(shop: Shop, items: Sequence[ProductIn]) -> Json:
    """Insert or replace products; photos are fetched before anything is written.

    Raises:
        LockedError: another process is importing.
    """
    catalogue = _catalogue(items)
    with TemporaryDirectory(prefix="vitrine-") as folder:
        listed = Path(folder, "errors.csv")
        report = shop.add(catalogue, errors=listed)
        failures = _failures(listed) if report.errors else []
    counts = ("products", "added", "changed", "unchanged", "photos", "embedded")
    return {**{name: getattr(report, name) for name in counts}, "failures": failures}


def _catalogue(items: Sequence[ProductIn]) -> Catalogue:
    """Say the products in the house's vocabulary, as any reader of a table does."""
    assembly = Assembly("http", Source(Path("batch")), PhotoFinder([]))
    for number, item in enumerate(items, 1):
        assembly.add(_draft(number, item))
    return assembly.catalogue()


def _draft(number: int, item: ProductIn) -> Draft:
    said = item.model_dump(exclude=_NOT_TEXT)
    fields = {name: str(value) for name, value in said.items() if value not in ("", None)}
    for name in ("price", "sale_price"):
        if price := getattr(item, name):
            fields[name] = _price_text(price)
    return Draft(number, fields, [*item.photos], dict(item.extra))


def _price_text(price: PriceIn | str) -> str:
    return price if isinstance(price, str) else f"{price.amount} {price.currency}"


def _failures(path: Path) -> list[Json]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {
                "item": int(row["line"]) if row["line"] else None,
                "product_id": row["product_id"],
                "field": row["column"],
                "reason": row["reason"],
            }
            for row in csv.DictReader(file)
        ]


def public_hit(hit: Hit) -> Json:
    """What anyone with a key may read of a hit."""
    return {**asdict(hit), "product": _public(hit.product)}


def _public(product: Json) -> Json:
    shown = dict(product)
    photos = cast("list[str]", shown.pop("photos", []))
    product_id = str(shown["product_id"])
    if photos:
        shown["photos"] = [photo_path(product_id, n) for n in range(len(photos))]
    for name in ("original", "extra"):
        if name in shown:
            shown[name] = _without_paths(shown[name], photos)
    return public_link(shown)


def public_link(shown: Json) -> Json:
    """Leave out a link that leads into this machine."""
    if re.match(r"\s*(?:file:|[A-Za-z]:[\\/]|\\\\)", str(shown.get("link", "")), re.IGNORECASE):
        return {name: value for name, value in shown.items() if name != "link"}
    return shown


def _public_facet(facet: Json) -> Json:
    values: list[Json] = facet.get("values", [])
    kept = [each for each in values if not _OF_THIS_MACHINE.match(str(each["value"]))]
    return facet if len(kept) == len(values) else {**facet, "values": kept}


def _without_paths(said: Mapping[str, Any], photos: Sequence[str]) -> dict[str, str]:
    names = {Path(photo).name for photo in photos}
    return {
        name: value
        for name, value in said.items()
        if not _OF_THIS_MACHINE.match(str(value)) and Path(str(value)).name not in names
    }
