"""What `vitrine index` would do, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from vitrine.cli.output import airy_table, cell, console, list_failures, n_of, say

if TYPE_CHECKING:
    from vitrine.catalog import Catalogue
    from vitrine.settings import Settings
    from vitrine.types import Json, Product

_N_SAMPLES = 5
_MOST_FAILURES = 1000
_SAMPLED = ("product_id", "title", "article_type", "colour", "gender", "price")


def forecast(
    catalogue: Catalogue, shop: Path, settings: Settings, *, encoder: str | None, prune: bool
) -> Json:
    """Count what an import of this catalogue would meet; a shop that is there is only read.

    Raises:
        UsageError: neither an encoder nor a folder has that name.
    """
    started = perf_counter()
    products = catalogue.products
    photos = [photo for product in products for photo in product.photos]
    name, changes = _against(products, shop, settings, encoder)
    return {
        "dry_run": True,
        "format": catalogue.format,
        "source": catalogue.source,
        "shop": str(shop),
        "encoder": name,
        "products": len(products),
        "photos": len(photos),
        "photos_at_urls": sum(photo.lower().startswith("http") for photo in photos),
        "without_photo": sum(not product.photos for product in products),
        "failed": len(catalogue.failures),
        **changes,
        "deleted": changes["deleted"] if prune else 0,
        "fields": _coverage(products),
        "other_columns": dict(Counter(name for product in products for name in product.extra)),
        "failures": [asdict(failure) for failure in catalogue.failures[:_MOST_FAILURES]],
        "sample": _sample(products),
        "seconds": round(perf_counter() - started, 3),
        "photos_per_second": 0.0,
    }


def print_forecast(plan: Json) -> None:
    """Say the same to a person."""
    from vitrine.types import RowFailure

    say(f"{plan['source']} reads as {plan['format']}; nothing was written (dry run)")
    say(
        f"{n_of(plan['products'], 'product')} with {n_of(plan['photos'], 'photo')}"
        f" ({plan['photos_at_urls']:,} at URLs), {plan['without_photo']:,} without a photo"
    )
    say(
        f"into {plan['shop']} with the encoder {plan['encoder']}: {plan['added']:,} new,"
        f" {plan['changed']:,} changed, {plan['unchanged']:,} as they are,"
        f" {plan['deleted']:,} to be deleted"
    )
    _print_coverage(plan)
    _print_sample(plan["sample"])
    if plan["failed"]:
        say(f"rows, cells or photos that would be left out: {plan['failed']:,}")
        list_failures([RowFailure(**failure) for failure in plan["failures"]], plan["failed"])


def _against(
    products: Iterable[Product], path: Path, settings: Settings, encoder: str | None
) -> tuple[str, dict[str, int]]:
    """The encoder's name, and how the products differ from those that the shop holds."""
    from vitrine.shop import look_into_shop

    known: dict[str, Product] = {}
    name = _checked_name(encoder or settings.encoder, settings)
    if path.exists():
        with look_into_shop(path, settings=settings) as shop:
            known = {product.product_id: product for product in shop.products()}
            name = shop.encoder.name
    there = [product for product in products if product.product_id in known]
    n_changed = sum(known[product.product_id] != product for product in there)
    n_products = len([*products])
    return name, {
        "added": n_products - len(there),
        "changed": n_changed,
        "unchanged": len(there) - n_changed,
        "deleted": len(known) - len(there),
    }


def _checked_name(encoder: str, settings: Settings) -> str:
    from vitrine.encoders import ENCODERS, load_encoder

    if encoder in ENCODERS:
        return encoder  # without downloading it
    return load_encoder(encoder, settings).identity.name


def _coverage(products: Iterable[Product]) -> dict[str, int]:
    """Field of the vocabulary -> how many products say something there, none left out."""
    from vitrine.catalog import FIELDS

    counts = {name: 0 for name in FIELDS}
    for product in products:
        for name in FIELDS:
            counts[name] += getattr(product, name) not in ("", None)
    return counts


def _sample(products: Iterable[Product]) -> list[Json]:
    from vitrine.shop import product_to_json

    return [product_to_json(product) for product in [*products][:_N_SAMPLES]]


def _print_coverage(plan: Json) -> None:
    n_products = max(1, plan["products"])
    filled = {name: n for name, n in plan["fields"].items() if n}
    say("understood: " + ", ".join(f"{name} {n / n_products:.0%}" for name, n in filled.items()))
    say("nothing for: " + ", ".join(sorted(plan["fields"].keys() - filled.keys())))
    if plan["other_columns"]:
        say(
            f"kept as they are: {', '.join(plan['other_columns'])}; "
            "--map FIELD=COLUMN puts one into a field"
        )


def _print_sample(sample: list[Json]) -> None:
    table = airy_table(*_SAMPLED, "photo", title="the first products")
    for product in sample:
        price = product.get("price")
        shown = product | {"price": f"{price['amount']} {price['currency']}" if price else ""}
        photo = Path(product["photos"][0]).name if product.get("photos") else "none"
        table.add_row(*(cell(shown.get(name, "")) for name in _SAMPLED), cell(photo))
    console().print(table)
