"""Shopify's product export, with the column names of either of its templates.

https://help.shopify.com/en/manual/products/import-export/using-csv

**One product per colour.** An export has a row per variant and per photo. Sizes of a shirt
look the same and share their photos, so one product per variant would answer every search
with five equal hits; colours look different, and a search for a red shirt must not find the
blue one. So the rows of a handle are joined into one product per value of its colour option:
`product_id` is the handle, or `handle/colour` where there are several colours;
`item_group_id` is the handle; `size` lists the sizes, `extra` the SKUs; the price is that of
the cheapest variant. An export names no currency: map one, `currency==EUR`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import Mapped, match_columns, squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.money import parse_price
from vitrine.catalog.photos import split_photos
from vitrine.catalog.tables import BadRow, Row, draft_of, finder_of
from vitrine.errors import DataError

_NAMES = {
    "handle": "Handle, URL handle",
    "title": "Title",
    "body": "Body (HTML), Description",
    "vendor": "Vendor",
    "category": "Product Category",
    "type": "Type",
    "tags": "Tags",
    "status": "Status",
    "sku": "Variant SKU, SKU",
    "barcode": "Variant Barcode, Barcode",
    "price": "Variant Price, Price",
    "compare_at": "Variant Compare At Price, Compare-at price",
    "stock": "Variant Inventory Qty, Inventory quantity",
    "policy": "Variant Inventory Policy, Continue selling when out of stock",
    "photo": "Image Src, Product image URL",
    "position": "Image Position",
    "variant_photo": "Variant Image, Variant image URL",
    "gender": "Google Shopping / Gender",
    "age_group": "Google Shopping / Age Group",
    "name1": "Option1 Name",
    "name2": "Option2 Name",
    "name3": "Option3 Name",
    "value1": "Option1 Value",
    "value2": "Option2 Value",
    "value3": "Option3 Value",
}
"""Our short name -> the column in the older and the newer template."""

_OPTIONS = {
    "colour": frozenset({"color", "colour", "colors", "colours", "farbe", "couleur", "kleur"}),
    "size": frozenset({"size", "sizes", "größe", "groesse", "taille", "maat", "talla"}),
    "material": frozenset({"material", "fabric"}),
}
"""Field -> names of a product option that fill it."""

_MOST_PHOTOS = 250
"""Shopify's own limit for one product."""

_GENDER_TAGS = frozenset(
    {"women", "womens", "woman", "ladies", "men", "mens", "man", "girls", "boys", "unisex"}
)


def is_shopify(path: Path) -> bool:
    """A table with handles, titles and either variants' prices or photos."""
    columns = _columns(read_header(path)) if path.is_file() else {}
    return {"handle", "title", "value1"} <= set(columns) and bool({"price", "photo"} & set(columns))


def read_shopify(source: Source) -> Catalogue:
    """Read an export; the module says how rows become products.

    Drafts and archived products are kept as `out_of_stock`; `extra` keeps their status.

    Raises:
        DataError: no column of handles.
    """
    table = read_delimited(source.path)
    columns = _columns(table.header)
    if "handle" not in columns:
        raise DataError(f"{source.path} has no column Handle; read as shopify it needs one")
    mapped = match_columns(table.header, source.columns, known={})
    assembly = Assembly("shopify", source, finder_of(source))
    handles: dict[str, list[_Line]] = {}
    for row in table.rows:
        if isinstance(row, BadRow):
            assembly.fail(row.line, "", "", row.reason)
        elif handle := str(row.cells[columns["handle"]]).strip():
            handles.setdefault(handle, []).append(_Line(row, columns))
        else:
            assembly.fail(row.line, "", "Handle", "the row has no handle")
    for handle, lines in handles.items():
        for draft in _products(handle, lines, mapped):
            assembly.add(draft)
    return assembly.catalogue()


class _Line:
    """One row of the export, asked by our short names."""

    def __init__(self, row: Row, columns: Mapping[str, str]) -> None:
        self.row = row
        self._columns = columns

    def __getitem__(self, name: str) -> str:
        column = self._columns.get(name, "")
        return str(self.row.cells.get(column, "")).strip()

    def extra(self) -> dict[str, str]:
        """What no field takes; status and tags are kept."""
        used = {column for name, column in self._columns.items() if name not in ("status", "tags")}
        return {k: str(v) for k, v in self.row.cells.items() if v and k not in used}


def _products(handle: str, lines: Sequence[_Line], mapped: Mapped) -> Iterable[Draft]:
    """Yield one draft per colour of a handle."""
    options = _options(lines)
    first = next((line for line in lines if line["title"]), lines[0])
    variants = [line for line in lines if line["value1"] or line["price"] or line["sku"]]
    colours: dict[str, list[_Line]] = {}
    for line in variants or [first]:
        colours.setdefault(_slug(_option(line, options, "colour")), []).append(line)
    photos = _photos_by_colour(lines, colours)
    for colour, own in colours.items():
        draft = _draft(handle, first, own, options)
        draft.photos = photos[colour]
        if len(colours) > 1:
            draft.fields["product_id"] = f"{handle}/{colour}"
        _apply(mapped, own[0], draft)
        yield draft


def _draft(handle: str, first: _Line, own: Sequence[_Line], options: Mapping[str, str]) -> Draft:
    price, sale_price = _prices(own)
    fields = {
        "product_id": handle,
        "item_group_id": handle,
        "title": first["title"],
        "description": first["body"],
        "brand": first["vendor"],
        "product_type": first["type"] or first["category"],
        "gender": first["gender"] or _gender(first["tags"]),
        "age_group": first["age_group"],
        "availability": _availability(first["status"], own),
        "price": price,
        "sale_price": sale_price,
        "gtin": own[0]["barcode"].lstrip("'"),
        **{field: _listed(_option(line, options, field) for line in own) for field in options},
    }
    skus = _listed(line["sku"].lstrip("'") for line in own)
    extra = {**first.extra(), **({"Variant SKU": skus} if skus else {})}
    return Draft(own[0].row.line, fields, extra=extra)


def _options(lines: Sequence[_Line]) -> dict[str, str]:
    """Field -> the short name of the column with its values; named in a handle's first row."""
    found: dict[str, str] = {}
    for number in "123":
        name = next((line[f"name{number}"] for line in lines if line[f"name{number}"]), "")
        for field, names in _OPTIONS.items():
            if name.casefold() in names:
                found[field] = f"value{number}"
    return found


def _option(line: _Line, options: Mapping[str, str], field: str) -> str:
    return line[options[field]] if field in options else ""


def _photos_by_colour(
    lines: Sequence[_Line], colours: Mapping[str, Sequence[_Line]]
) -> dict[str, list[str]]:
    """A colour's own photos first, then the product's, without those of the other colours."""
    placed = sorted((line for line in lines if line["photo"]), key=_position)
    shown = [*dict.fromkeys(line["photo"] for line in placed)][:_MOST_PHOTOS]
    own = {
        colour: [*dict.fromkeys(line["variant_photo"] for line in rows if line["variant_photo"])]
        for colour, rows in colours.items()
    }
    owned = {photo for photos in own.values() for photo in photos}
    shared = [photo for photo in shown if photo not in owned]
    return {
        colour: [photo for cell in (*photos, *shared) for photo in split_photos(cell)]
        for colour, photos in own.items()
    }


def _position(line: _Line) -> int:
    return int(line["position"]) if re.fullmatch(r"[0-9]{1,9}", line["position"]) else 10**9


def _prices(own: Sequence[_Line]) -> tuple[str, str]:
    """The regular and the reduced price of the cheapest variant, as written."""
    cheapest = min(own, key=lambda line: _amount(line["price"]) or Decimal("Infinity"))
    price, before = cheapest["price"], cheapest["compare_at"]
    reduced = (_amount(before) or Decimal(0)) > (_amount(price) or Decimal("Infinity"))
    return (before, price) if reduced else (price, "")


def _amount(text: str) -> Decimal | None:
    try:
        return parse_price(text).amount
    except DataError:
        return None


def _availability(status: str, own: Sequence[_Line]) -> str:
    if status.casefold() in ("draft", "archived"):
        return "out_of_stock"
    stocks = [line["stock"] for line in own]
    if any(re.fullmatch(r"0*[1-9][0-9]*", stock) for stock in stocks):
        return "in_stock"
    if not all(stocks):
        return ""  # not counted
    return (
        "backorder"
        if any(line["policy"].casefold() == "continue" for line in own)
        else "out_of_stock"
    )


def _gender(tags: str) -> str:
    """Whom the tags name, if exactly one."""
    words = {re.sub(r"\W", "", tag.casefold()) for tag in tags.split(",")} & _GENDER_TAGS
    return words.pop() if len(words) == 1 else ""


def _apply(mapped: Mapped, line: _Line, draft: Draft) -> None:
    """Let the user's own mapping win."""
    theirs = draft_of(line.row, mapped)
    draft.fields.update(theirs.fields)
    draft.fields.update(mapped.constants)
    draft.photos = theirs.photos or draft.photos


def _columns(header: Iterable[str]) -> dict[str, str]:
    squeezed = {squeeze(name): name for name in header}
    return {
        ours: squeezed[key]
        for ours, names in _NAMES.items()
        for key in map(squeeze, reversed(names.split(",")))
        if key in squeezed
    }


def _listed(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value))


def _slug(colour: str) -> str:
    return re.sub(r"[\W_]+", "-", colour.casefold()).strip("-") or "other"
