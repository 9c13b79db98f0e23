"""The three example questions, and asking them; the answers come from the search alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from vitrine.catalog import Catalogue
from vitrine.errors import NotFoundError
from vitrine.shop import SearchResult, Shop
from vitrine.types import Product

HITS = 8


@dataclass(frozen=True, slots=True)
class Example:
    """A question to the shop; `about` names the product that it starts from by its attributes."""

    by: Literal["photo", "product", "words"]
    title: str
    story: str
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    words: str = ""
    where: str = ""


EXAMPLES = (
    Example(
        "photo",
        "Photographed at home, found in the shop",
        "As someone would take it on the floor at home: another background, another light, at an "
        "angle. It was left out of the index, so the search meets it for the first time.",
        about={"article_type": "Tshirts", "brand": "Oskaline", "colour": "Pink"},
    ),
    Example(
        "product",
        "More like this, for less",
        "A visitor looks at one product; the shop shows what resembles it, within a budget.",
        about={"article_type": "Dresses", "pattern": "Floral", "colour": "Navy Blue"},
        where="gender=women article_type=dresses|skirts|kurtas price<60",
    ),
    Example(
        "words",
        "In so many words",
        "The words are looked up in titles, descriptions and attributes, and on the photos "
        "by an encoder that understands them.",
        words="blue denim",
        where="gender=women|unisex",
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """An example, and the product of this catalogue that it is about."""

    example: Example
    product: Product | None = None

    @property
    def photo(self) -> Path | None:
        """What is shown of the question: the second photo is the one taken at home."""
        if self.product is None:
            return None
        return Path(self.product.photos[1 if self.example.by == "photo" else 0])


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what the shop found."""

    question: Question
    result: SearchResult


def questions(catalogue: Iterable[Product]) -> list[Question]:
    """The examples, each with its product.

    Raises:
        NotFoundError: the catalogue holds no product that an example is about.
    """
    products = list(catalogue)
    return [
        Question(example, _product(products, example) if example.about else None)
        for example in EXAMPLES
    ]


def held_back(catalogue: Catalogue, asked: Iterable[Question]) -> Catalogue:
    """The catalogue without the photos that will be searched by: nothing finds itself."""
    hidden = {str(question.photo) for question in asked if question.example.by == "photo"}
    return replace(
        catalogue,
        products=[
            replace(product, photos=tuple(p for p in product.photos if p not in hidden))
            for product in catalogue
        ],
    )


def ask(shop: Shop, question: Question) -> Answer:
    """Search the shop as the example says."""
    example, product = question.example, question.product
    result = shop.search(
        image=question.photo if example.by == "photo" else None,
        like=product.product_id if example.by == "product" and product else (),
        text=example.words or None,
        where=example.where or None,
        k=HITS,
    )
    return Answer(question, result)


def _product(products: Iterable[Product], example: Example) -> Product:
    for product in products:
        said = all(getattr(product, name) == value for name, value in example.about.items())
        if said and len(product.photos) > 1:
            return product
    raise NotFoundError(
        f"the demo catalogue holds no product with two photos and {dict(example.about)}"
    )
