"""What a listing says, in the words that are compared."""

from __future__ import annotations

from dataclasses import dataclass

from vitrine.compare.identifiers import gtin_of
from vitrine.compare.shades import shades_of, squeezed
from vitrine.compare.traits import KINDS, PEOPLE, bits_of, joined, traits_of
from vitrine.store.folding import terms
from vitrine.types import Product

_EMPTY_WORDS = frozenset(
    ("a", "an", "and", "by", "for", "from", "in", "of", "on", "the", "to", "unisex", "with", "x")
)
_PERSON = {"women": 1, "men": 2, "girls": 4, "boys": 8}


@dataclass(frozen=True, slots=True)
class Reading:
    """One listing. Sets of bits are those of `traits` and `shades`; 0 says nothing."""

    product_id: str
    seller: str
    brand: tuple[str, ...]
    """Its terms."""
    words: tuple[str, ...]
    """The title's terms, without brand, colours, people and empty words."""
    kinds: int
    people: int
    traits: tuple[int, ...]
    colours: int
    families: int
    strange_colour: str
    """The colour's name where none of ours is in it: coral is coral."""
    amount: float
    """The regular price; NaN where there is none."""
    currency: str
    item_group_id: str
    """No evidence between sellers; tells which listings of one seller differ in size only."""
    gtin: str
    """14 digits with a right check digit, or empty."""


def read(product: Product) -> Reading:
    """Read what a product's texts say; ids and links are no evidence and are not read."""
    brand = tuple(terms(product.brand))
    title = [term for term in terms(product.title) if term not in {*brand}]
    colours, families, said = shades_of(product.colour, title)
    words = joined([t for t in title if t not in said])
    category = terms(f"{product.article_type} {product.product_type}".replace("_", " "))
    kept = dict.fromkeys(w for w in words if w not in _EMPTY_WORDS and w not in PEOPLE)
    price = product.price
    return Reading(
        product_id=product.product_id,
        seller=product.seller.casefold().strip(),
        brand=brand,
        words=tuple(kept),
        kinds=bits_of(words, KINDS) or bits_of(category, KINDS),
        people=_PERSON.get(product.gender, 0)
        or bits_of(title, PEOPLE)
        or bits_of(category, PEOPLE),
        traits=traits_of([*words, *terms(product.pattern)]),
        colours=colours,
        families=families,
        strange_colour="" if colours else squeezed(product.colour),
        amount=float("nan") if price is None else float(price.amount),
        currency="" if price is None else price.currency,
        item_group_id=product.item_group_id,
        gtin=gtin_of(product.gtin),
    )
