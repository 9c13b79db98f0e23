from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from vitrine.catalog import read_catalogue

HEADER = """
Handle, Title, Body (HTML), Vendor, Product Category, Type, Tags, Published, Option1 Name,
Option1 Value, Option2 Name, Option2 Value, Option3 Name, Option3 Value, Variant SKU, Variant
Grams, Variant Inventory Tracker, Variant Inventory Qty, Variant Inventory Policy, Variant
Fulfillment Service, Variant Price, Variant Compare At Price, Variant Requires Shipping,
Variant Taxable, Variant Barcode, Image Src, Image Position, Image Alt Text, Gift Card, SEO
Title, SEO Description, Google Shopping / Gender, Google Shopping / Age Group, Variant Image,
Status
"""
COLUMNS = " ".join(HEADER.split()).split(", ")
CDN = "https://cdn.shopify.example/"


def export(*rows: dict[str, str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *([row.get(c, "") for c in COLUMNS] for row in rows)])
    return out.getvalue()


def variant(colour: str, size: str, price: str = "40.00", **more: str) -> dict[str, str]:
    return {
        "Handle": "linen-shirt",
        "Option1 Value": colour,
        "Option2 Value": size,
        "Variant SKU": f"LS-{colour}-{size}",
        "Variant Price": price,
        **more,
    }


FIRST = variant("Navy", "S", "35.00", **{
    "Title": "Linen shirt",
    "Body (HTML)": "<p>Soft <b>linen</b></p>",
    "Vendor": "Example",
    "Type": "Shirts",
    "Tags": "summer, Women",
    "Option1 Name": "Color",
    "Option2 Name": "Size",
    "Variant Compare At Price": "50.00",
    "Variant Inventory Qty": "0",
    "Variant Image": CDN + "navy.jpg",
    "Image Src": CDN + "front.jpg",
    "Image Position": "2",
    "Status": "active",
})  # fmt: skip
SHIRT = (
    FIRST,
    variant("Navy", "M", **{"Variant Inventory Qty": "3", "Variant Image": CDN + "navy.jpg"}),
    variant("Red", "S", **{"Variant Inventory Qty": "0", "Variant Image": CDN + "red.jpg"}),
    {"Handle": "linen-shirt", "Image Src": CDN + "red.jpg", "Image Position": "3"},
    {"Handle": "linen-shirt", "Image Src": CDN + "navy.jpg", "Image Position": "1"},
)
BAG = {
    "Handle": "bag",
    "Title": "Bag",
    "Option1 Name": "Title",
    "Option1 Value": "Default Title",
    "Variant Price": "10.00",
    "Image Src": CDN + "bag.jpg",
    "Status": "draft",
}


def test_one_product_per_colour(write: Callable[..., Path]) -> None:
    table = write("products_export_1.csv", export(*SHIRT, BAG))
    catalogue = read_catalogue(table, columns={"currency": "=EUR"})
    navy, red, bag = catalogue
    assert (catalogue.format, catalogue.failures) == ("shopify", ())
    assert [p.product_id for p in catalogue] == ["linen-shirt/navy", "linen-shirt/red", "bag"]
    assert [p.item_group_id for p in catalogue] == ["linen-shirt", "linen-shirt", "bag"]
    assert (navy.title, navy.description, navy.brand) == ("Linen shirt", "Soft linen", "Example")
    assert (navy.colour, navy.size, navy.gender) == ("Navy Blue", "S, M", "women")
    assert (navy.article_type, navy.product_type) == ("Shirts", "Shirts")
    assert navy.photos == (CDN + "navy.jpg", CDN + "front.jpg")
    assert red.photos == (CDN + "red.jpg", CDN + "front.jpg")
    assert (str(navy.price), str(navy.sale_price)) == ("50.00 EUR", "35.00 EUR")
    assert (str(red.price), red.sale_price) == ("40.00 EUR", None)
    assert [p.availability for p in catalogue] == ["in_stock", "out_of_stock", "out_of_stock"]
    assert navy.extra["Variant SKU"] == "LS-Navy-S, LS-Navy-M"
    assert bag.extra["Status"] == "draft"
    assert (bag.colour, bag.size, bag.photos) == ("", "", (CDN + "bag.jpg",))


def test_a_single_colour_keeps_the_handle_and_no_currency_is_said_once(
    write: Callable[..., Path],
) -> None:
    catalogue = read_catalogue(write("export.csv", export(*SHIRT[:2], BAG)))
    assert [product.product_id for product in catalogue] == ["linen-shirt", "bag"]
    ((failure),) = catalogue.failures
    assert (failure.line, failure.column) == (2, "price")
    assert "currency==EUR" in failure.reason


def test_rows_without_a_handle_fail_and_the_users_mapping_wins(write: Callable[..., Path]) -> None:
    table = write("export.csv", export(BAG, {"Title": "lost"}))
    catalogue = read_catalogue(table, columns={"brand": "Title", "seller": "=Example"})
    (bag,) = catalogue
    assert (bag.brand, bag.seller) == ("Bag", "Example")
    assert (catalogue.failures[0].line, catalogue.failures[0].column) == (3, "Handle")


def test_the_newer_template(write: Callable[..., Path]) -> None:
    text = (
        "Title,URL handle,Description,Vendor,Type,Status,SKU,Option1 name,Option1 value,Price,"
        "Compare-at price,Inventory quantity,Continue selling when out of stock,"
        "Product image URL,Image position\n"
        "Cap,cap,<p>Warm</p>,Example,Caps,Active,C1,Colour,Grey,12.00,,0,CONTINUE,"
        f"{CDN}cap.jpg,1\n"
    )
    catalogue = read_catalogue(write("products.csv", text), columns={"currency": "=USD"})
    (cap,) = catalogue
    assert catalogue.format == "shopify"
    assert (cap.product_id, cap.colour, str(cap.price)) == ("cap", "Grey", "12.00 USD")
    assert (cap.description, cap.availability) == ("Warm", "backorder")
    assert cap.photos == (CDN + "cap.jpg",)
