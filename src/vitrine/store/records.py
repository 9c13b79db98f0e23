"""Products and tags as the store writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from vitrine.store.folding import has_spelling, terms
from vitrine.store.nouns import PhotoRef
from vitrine.store.schema import TEXT_FIELDS
from vitrine.types import Price, Product, Tag, Tags


def product_values(product: Product) -> dict[str, Any]:
    """Column -> value of the products table, without the columns that the store itself keeps."""
    return {
        "product_id": product.product_id,
        **{name: getattr(product, name) for name in TEXT_FIELDS},
        **_price_values("price", product.price),
        **_price_values("sale_price", product.sale_price),
        "year": product.year,
        "original": to_json(product.original),
        "extra": to_json(product.extra),
    }


def product_from(row: Mapping[str, Any], photos: Sequence[PhotoRef]) -> Product:
    """Build the product of one row of the products table."""
    return Product(
        product_id=row["product_id"],
        **{name: row[name] for name in TEXT_FIELDS},
        price=_price_from("price", row),
        sale_price=_price_from("sale_price", row),
        year=row["year"],
        original=json.loads(row["original"]),
        extra=json.loads(row["extra"]),
        photos=tuple(photo.location for photo in photos),
        added_at=row["added_at"] or "",
    )


def fingerprint(values: Mapping[str, Any], photos: Sequence[PhotoRef]) -> str:
    """Hash of all that a product says; equal fingerprints need no write."""
    shown = [[photo.location, photo.sha256, photo.etag] for photo in photos]
    return hashlib.sha256(to_json({"product": dict(values), "photos": shown}).encode()).hexdigest()


def texts_of(product: Product) -> dict[str, str]:
    """Column of the full-text table -> what the product says there.

    Attributes stand in the vocabulary's words and in the shop's own.
    """
    attributes = [
        *(getattr(product, name) for name in _ATTRIBUTES),
        *product.original.values(),
        *(value for value in product.extra.values() if not value.startswith("http")),
    ]
    return {
        "title": product.title,
        "brand": product.brand,
        "attributes": " ".join(dict.fromkeys(filter(None, attributes))),
        "description": product.description,
    }


def word_values(product: Product) -> dict[str, str]:
    """Column -> terms of the full-text table, spaces between them."""
    return {column: " ".join(terms(text)) for column, text in texts_of(product).items()}


def spelled_words(values: Iterable[str]) -> set[str]:
    """Give the words in columns of the full-text table that can be misspelt."""
    return {word for value in values for word in value.split() if has_spelling(word)}


_ATTRIBUTES = (
    *("product_id", "gender", "age_group", "master_category", "sub_category", "article_type"),
    *("product_type", "colour", "pattern", "material", "season", "usage", "gtin", "seller"),
)


def tags_to_json(tags: Tags) -> str:
    """Head -> [value, confidence, unsure]."""
    return to_json({h: [t.value, round(t.confidence, 4), t.unsure] for h, t in tags.items()})


def tags_from_json(text: str) -> dict[str, Tag]:
    """Read back what `tags_to_json` wrote."""
    return {head: Tag(*fields) for head, fields in json.loads(text).items()}


def to_json(value: object) -> str:
    """Same value, same text: keys sorted, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _price_values(name: str, price: Price | None) -> dict[str, str | None]:
    return {
        f"{name}_amount": None if price is None else str(price.amount),
        f"{name}_currency": None if price is None else price.currency,
    }


def _price_from(name: str, row: Mapping[str, Any]) -> Price | None:
    amount = row[f"{name}_amount"]
    return None if amount is None else Price(Decimal(amount), row[f"{name}_currency"])
