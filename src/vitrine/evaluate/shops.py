"""A real shop of the photos that are measured on, for protocols about search itself."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vitrine.evaluate.examples import HEADS
from vitrine.shop import create_shop
from vitrine.types import Product

if TYPE_CHECKING:
    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.shop import Shop

_EXTRA = ("sleeve", "neckline")


def products_of(examples: Examples, *, said: bool) -> list[Product]:
    """Make products of main photos.

    Args:
        examples: one row a product.
        said: with titles, attributes and `item_group_id`; else nothing but the photo.
    """
    rows = zip(examples.product_ids.tolist(), examples.photos.tolist(), strict=True)
    if not said:
        return [Product(product_id, photos=(photo,)) for product_id, photo in rows]
    products: list[Product] = []
    for row, (product_id, photo) in enumerate(rows):
        labels = {head: str(words[row]) for head, words in examples.labels.items()}
        product = Product(
            product_id,
            title=str(examples.titles[row]),
            item_group_id=str(examples.designs[row]),
            photos=(photo,),
            extra={name: labels[name] for name in _EXTRA if labels[name]},
        )
        own = {HEADS[head]: word for head, word in labels.items() if head not in _EXTRA}
        products.append(replace(product, **own))  # pyright: ignore[reportArgumentType]
    return products


@contextmanager
def shop_of(contestant: Contestant, examples: Examples, *, said: bool) -> Generator[Shop]:
    """Build a shop of main photos for as long as it is needed; see `products_of`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "measured.shop"
        with create_shop(path, encoder=contestant.encoder) as shop:
            shop.add(products_of(examples, said=said), fetch=False)
            yield shop
