"""A small shop of clothes, whose facts decide what may be worn together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from vitrine.catalog import Catalogue
from vitrine.settings import Settings
from vitrine.shop import Shop, build
from vitrine.types import Price, Product

_COLOURS = {
    "Navy Blue": (30, 34, 60),
    "White": (240, 240, 240),
    "Red": (200, 30, 40),
    "Black": (20, 20, 20),
}
_TYPES = ("Shirts", "Tops", "Jeans", "Skirts", "Dresses", "Heels", "Casual Shoes", "Handbags")


def clothes(folder: Path) -> list[Product]:
    """Each type in four colours for women, shirts and jeans and shoes for men and girls too.

    One shirt is sold out, one skirt costs dollars, and a perfume is no part of an outfit.
    """
    products = [
        _product(folder, f"{kind.split()[0].lower()}-{n}", kind, colour, "women", 20 + 10 * n)
        for kind in _TYPES
        for n, colour in enumerate(_COLOURS)
    ]
    for gender in ("men", "girls"):
        products += [
            _product(folder, f"{gender}-{kind.split()[0].lower()}", kind, "Black", gender, 30)
            for kind in ("Shirts", "Jeans", "Casual Shoes")
        ]
    extra = [
        ("sold-out", "Shirts", {"availability": "out_of_stock"}),
        ("winter-coat", "Coat", {"season": "Winter"}),
        ("summer-jacket", "Jackets", {"season": "Summer"}),
        ("perfume", "Perfume and Body Mist", {}),
    ]
    for product_id, kind, more in extra:
        products.append(_product(folder, product_id, kind, "White", "women", 25, **more))
    dollars = _product(folder, "dollars", "Skirts", "Red", "women", 5)
    return [*products, replace(dollars, price=Price(Decimal(5), "USD"))]


def wardrobe(folder: Path) -> Shop:
    """A shop of them, under the encoder that knows nothing."""
    settings = Settings(encoder="colour", models_dir=folder / "models", threads=1)
    catalogue = Catalogue("test", "clothes", clothes(folder), [])
    return build(catalogue, folder / "clothes.shop", settings=settings)


def _product(
    folder: Path, product_id: str, kind: str, colour: str, gender: str, price: int, **more: str
) -> Product:
    photo = folder / f"{product_id}.png"
    image = Image.new("RGB", (30, 40), "white")
    ImageDraw.Draw(image).rectangle((6, 4 + len(product_id) % 5, 24, 36), fill=_COLOURS[colour])
    image.save(photo)
    said: dict[str, Any] = {
        **{"availability": "in_stock", "usage": "Casual", "pattern": "Solid"},
        **more,
    }
    return Product(
        product_id,
        title=f"{colour} {kind}",
        article_type=kind,
        colour=colour,
        gender=gender,
        price=Price(Decimal(price), "EUR"),
        photos=(str(photo),),
        extra={"section": "first" if price < 40 else "second"},
        **said,
    )
