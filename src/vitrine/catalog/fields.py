"""The vocabulary: one word for each thing that a product may say of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["choice", "text", "money", "number", "moment"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a product and how its values are compared."""

    name: str
    kind: Kind
    """choice: whole values, case ignored; text: words; money: an amount and a currency; moment: ISO
    8601."""
    description: str


_FIELDS: tuple[tuple[str, Kind, str], ...] = (
    ("product_id", "choice", "the shop's own name for the product; unique in a shop"),
    ("title", "text", "what the product is called"),
    ("description", "text", "plain text, without markup"),
    ("link", "text", "the product's page"),
    ("brand", "choice", "who makes it"),
    ("price", "money", "the regular price"),
    ("sale_price", "money", "the reduced price, where there is one"),
    ("availability", "choice", "in_stock, out_of_stock, preorder or backorder"),
    ("gender", "choice", "women, men, girls, boys or unisex"),
    ("age_group", "choice", "newborn, infant, toddler, kids or adult"),
    ("master_category", "choice", "Apparel, Footwear, Accessories, ..."),
    ("sub_category", "choice", "Topwear, Shoes, Bags, ..."),
    ("article_type", "choice", "Tshirts, Dresses, Casual Shoes, ..."),
    (
        "product_type",
        "choice",
        "the shop's own category, a path with ' > ' where it has levels",
    ),
    ("colour", "choice", "the main colour: Black, Navy Blue, Multi, ..."),
    ("pattern", "choice", "Solid, Striped, Checked, Dotted, Floral, Graphic, Printed, ..."),
    ("material", "choice", "what it is made of"),
    ("size", "choice", "the size, or all of them with commas"),
    ("season", "choice", "Spring, Summer, Fall or Winter"),
    ("usage", "choice", "Casual, Formal, Sports, Party, ..."),
    ("year", "number", "year of the collection"),
    ("gtin", "choice", "EAN, UPC or ISBN"),
    ("seller", "choice", "the shop that sells it, where a catalogue holds several"),
    ("item_group_id", "choice", "joins the colours and sizes of one design"),
    ("added_at", "moment", "when it came into the shop; what is new comes now"),
)

FIELDS: Mapping[str, Field] = {
    name: Field(name, kind, description) for name, kind, description in _FIELDS
}
"""Every field of `Product` that can be searched and filtered, in its order."""
