"""Drawn garments of a few colours, and some of a colour that came after styles were found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from vitrine.catalog import Catalogue
from vitrine.settings import Settings
from vitrine.shop import Shop, build
from vitrine.types import Product

N_KNOWN, N_NEW = 240, 14
_KNOWN = ((30, 40, 120), (130, 25, 35), (40, 40, 40))
_NEW = (225, 215, 40)


def known_products(folder: Path) -> Catalogue:
    """Dresses, navy, maroon and black."""
    return _catalogue(folder, range(N_KNOWN), "Dresses")


def new_products(folder: Path) -> Catalogue:
    """Yellow rain jackets."""
    return _catalogue(folder, range(N_KNOWN, N_KNOWN + N_NEW), "Rain Jacket")


def shop_with_arrivals(folder: Path, settings: Settings) -> Shop:
    """A shop whose styles were found before the rain jackets came."""
    shop = build(known_products(folder), folder / "arrivals.shop", settings=settings)
    shop.styles.fit(3)
    shop.add(new_products(folder))
    return shop


def _catalogue(folder: Path, numbers: range, kind: str) -> Catalogue:
    products = [
        Product(f"a{number:03}", title=kind, article_type=kind, photos=(_drawn(folder, number),))
        for number in numbers
    ]
    return Catalogue("test", "drawn", products, [])


def _drawn(folder: Path, number: int) -> str:
    rng = np.random.default_rng(number)
    base = _NEW if number >= N_KNOWN else _KNOWN[number % len(_KNOWN)]
    colour, trim = (
        tuple(np.clip(np.array(base) + rng.integers(-reach, reach, 3), 0, 255).tolist())
        for reach in (25, 70)
    )
    image = Image.new("RGB", (60, 80), "white")
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = (
        int(each) for each in rng.integers((6, 6, 40, 55), (20, 20, 56, 76))
    )
    draw.rectangle((left, top, right, bottom), fill=colour)
    draw.rectangle((left, top, right, top + int(rng.integers(4, 20))), fill=trim)
    path = folder / f"{number}.png"
    image.save(path)
    return str(path)
