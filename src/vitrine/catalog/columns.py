"""Which column of a table fills which field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vitrine.catalog.fields import FIELDS
from vitrine.errors import UsageError, unknown

TARGETS = (*FIELDS, "currency", "photos", "more_photos")
"""What a column can fill: the vocabulary, the currency of the prices, and the photos."""

_SYNONYMS = {
    "product_id": "product id, id, sku, article id, item id, offer id, product code, code, "
    "style id, product number, article number, handle",
    "title": "title, name, product name, product title, product display name, prod name, "
    "display name, item name, structured title",
    "description": "description, product description, long description, desc, detail desc, "
    "body html, body, details, short description, structured description",
    "link": "link, url, product url, product link, page url, href, permalink",
    "brand": "brand, brand name, vendor, manufacturer, designer",
    "price": "price, regular price, list price, unit price, original price, retail price",
    "sale_price": "sale price, special price, discount price, discounted price, offer price",
    "availability": "availability, stock status, in stock, available",
    "gender": "gender, sex, target gender",
    "age_group": "age group, age",
    "master_category": "master category, department",
    "sub_category": "sub category",
    "article_type": "article type, product type name, garment type, clothing type, item type",
    "product_type": "product type, category, categories, type, product category, category path, "
    "google product category",
    "colour": "colour, color, base colour, base color, colour name, color name, "
    "colour group name, main colour, main color",
    "pattern": "pattern, print, graphical appearance name",
    "material": "material, materials, fabric, composition",
    "size": "size, sizes",
    "season": "season",
    "usage": "usage, occasion",
    "year": "year, collection year",
    "gtin": "gtin, ean, upc, barcode, gtin13, gtin14, ean13, isbn",
    "seller": "seller, seller name, shop, store, platform, merchant, retailer, marketplace",
    "item_group_id": "item group id, group id, parent sku, parent id, style group, style code, "
    "model code, item group",
    "added_at": "added at",
    "currency": "currency, price currency, currency code, currency iso",
    "photos": "image link, image, image url, image src, img, image path, images, image urls, "
    "photo, photos, photo url, picture, pictures, picture url, main image, image file, "
    "filename, file name, file, path",
    "more_photos": "additional image link, additional image links, additional images, "
    "additional image, gallery, gallery images, other images, more images, more photos, "
    "alternate images",
}
"""Field -> what tables call it, the likeliest first; case, spaces and underscores do not count."""

_NUMBERED_PHOTO = re.compile(r"(image|img|photo|picture|additionalimage)(url|link|src)?[0-9]+")
_ADDRESSES = ("link", "photos", "more_photos")
"""Fields that may share a column which the user has mapped, to `product_id` say."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """How one table is read: candidates per field, first filled cell wins, and constants."""

    candidates: Mapping[str, Sequence[str]]
    constants: Mapping[str, str]


def squeeze(name: str) -> str:
    """Leave of a column's name what counts: "g:Image_Link" and "image link" are the same."""
    return re.sub(r"[\W_]+", "", name.casefold().removeprefix("g:"))


def match_columns(
    header: Sequence[str],
    columns: Mapping[str, str],
    known: Mapping[str, str] | None = None,
) -> Mapped:
    """Find each field's columns in `header`.

    Args:
        header: the table's own column names.
        columns: the user's mapping, field -> column or `=constant`; wins over all else.
        known: the format's own mapping; without it, columns are matched by their names.

    Raises:
        UsageError: `columns` names a field or a column that does not exist.
    """
    given = {_target(name): source for name, source in columns.items()}
    constants = {
        field: source[1:].strip()
        for field, source in given.items()
        if source.startswith("=") and source not in header
    }
    mapped = {
        field: (_column(source, header),)
        for field, source in given.items()
        if field not in constants
    }
    taken = {name for names in mapped.values() for name in names}
    guessed = _by_name(header) if known is None else _present(known, header)
    free = {
        field: tuple(name for name in names if field in _ADDRESSES or name not in taken)
        for field, names in guessed.items()
        if field not in given
    }
    return Mapped({**{f: names for f, names in free.items() if names}, **mapped}, constants)


def known_fields(header: Iterable[str]) -> set[str]:
    """Which fields a table with this header would fill."""
    return set(_by_name([*header]))


def usual_names(field: str, n_others: int = 1) -> str:
    """Say what tables mostly call a field.

    Example:
        >>> usual_names("title", n_others=2)
        'title (or name, product name)'
    """
    names = [name.strip() for name in _SYNONYMS[field].split(",")]
    others = [name for name in names if squeeze(name) != squeeze(field)]
    return f"{field} (or {', '.join(others[:n_others])})"


def _by_name(header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    squeezed: dict[str, str] = {}
    for name in header:
        squeezed.setdefault(squeeze(name), name)
    found = {
        field: tuple(squeezed[key] for key in map(squeeze, names.split(",")) if key in squeezed)
        for field, names in _SYNONYMS.items()
    }
    numbered = [name for key, name in squeezed.items() if _NUMBERED_PHOTO.fullmatch(key)]
    found["more_photos"] = (*found["more_photos"], *numbered)
    return {field: names for field, names in found.items() if names}


def _present(known: Mapping[str, str], header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    squeezed = {squeeze(name): name for name in reversed(header)}
    return {
        field: (squeezed[squeeze(column)],)
        for field, column in known.items()
        if squeeze(column) in squeezed
    }


def _target(name: str) -> str:
    """The field that the user means; Google's names for the fields are understood too."""
    if name in TARGETS:
        return name
    key = squeeze(name)
    for field, names in _SYNONYMS.items():
        if key in map(squeeze, names.split(",")):
            return field
    raise UsageError(f"{unknown('field of the vocabulary', name, TARGETS)} (in columns / --map)")


def _column(name: str, header: Sequence[str]) -> str:
    if name in header:
        return name
    for column in header:
        if squeeze(column) == squeeze(name):
            return column
    raise UsageError(f"{unknown('column of this table', name, header)} (in columns / --map)")
