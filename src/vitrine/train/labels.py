"""Which tags are learnt, and how a product's words become their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from vitrine.catalog import translate
from vitrine.types import Product

HEADS = (
    "gender",
    "master_category",
    "sub_category",
    "article_type",
    "base_colour",
    "season",
    "usage",
    "pattern",
    "sleeve",
    "neckline",
)
"""Every tag that a model can have; a head without two values in the data is left out."""

PHRASE_HEADS = ("base_colour", "gender", "usage", "article_type", "sub_category")
"""What phrases such as "navy blue men casual shirts" are made of, in their order."""

_FIELDS = {
    "gender": "gender",
    "master_category": "master_category",
    "sub_category": "sub_category",
    "article_type": "article_type",
    "base_colour": "colour",
    "season": "season",
    "usage": "usage",
    "pattern": "pattern",
}
_EXTRAS = ("sleeve", "neckline")

Said: TypeAlias = Mapping[str, tuple[str, str]]
"""Head -> the vocabulary's word, and how the source spells it."""


def said_by(product: Product) -> Said:
    """What a product says of each head; a head that it says nothing of is absent."""
    said: dict[str, tuple[str, str]] = {}
    for head, field in _FIELDS.items():
        word: str = getattr(product, field)
        written = product.original.get(field, word)
        if word:
            said[head] = (word, written if translate(field, written) == word else word)
    for head in _EXTRAS:
        if word := product.extra.get(head, ""):
            said[head] = (word, word)
    return said


def spelled(said: Sequence[Said]) -> list[dict[str, str]]:
    """One value for every word, spelled as most of the training data spell it.

    Example:
        >>> shirts = [{"gender": ("men", "Men")}, {"gender": ("men", "Men")}]
        >>> spelled([*shirts, {"gender": ("men", "male")}])[2]
        {'gender': 'Men'}
    """
    counts = Counter((head, *words) for photo in said for head, words in photo.items())
    best: dict[tuple[str, str], str] = {}
    for (head, word, spelling), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault((head, word), spelling)
    return [{head: best[head, word] for head, (word, _) in photo.items()} for photo in said]


def label_values(labels: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """Every value of every head that has at least two, sorted."""
    found = {head: sorted({p[head] for p in labels if head in p}) for head in HEADS}
    return {head: values for head, values in found.items() if len(values) > 1}
