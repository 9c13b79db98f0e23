"""Why a product was found: what it shares with the query, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from vitrine.catalog import translate
from vitrine.index import TAG_OF
from vitrine.types import Product, Tags

ATTRIBUTES = (
    *("article_type", "colour", "pattern", "gender", "material", "season", "usage", "brand"),
)
"""Fields that products are compared by, the most telling first."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute; `confidence` (0..1) is 1 for the shop's own word."""

    value: str
    confidence: float = 1.0


Facts: TypeAlias = Mapping[str, Fact]
"""attribute -> what is known of it."""


def facts(product: Product, tags: Tags) -> dict[str, Fact]:
    """What a product says of itself, and where it says nothing what the encoder is sure of."""
    own = {name: Fact(str(value)) for name in ATTRIBUTES if (value := getattr(product, name))}
    return tagged_facts(tags) | own


def tagged_facts(tags: Tags) -> dict[str, Fact]:
    """What the encoder is sure of, under the names and in the words that a product uses."""
    return guessed_facts({head: tag for head, tag in tags.items() if not tag.unsure})


def guessed_facts(tags: Tags) -> dict[str, Fact]:
    """What the encoder says, sure or not, under the names and in the words that a product uses."""
    named = {name: tags.get(TAG_OF.get(name, name)) for name in ATTRIBUTES}
    said = {name: (translate(name, tag.value), tag) for name, tag in named.items() if tag}
    return {name: Fact(value, tag.confidence) for name, (value, tag) in said.items() if value}


def shared_facts(asked: Iterable[Facts], found: Facts) -> dict[str, Fact]:
    """Attributes in which a product agrees with one of the examples asked with.

    The confidence is that of the less sure of the two.
    """
    shared: dict[str, Fact] = {}
    for example in asked:
        for name, theirs in found.items():
            ours = example.get(name)
            if ours is None or ours.value.casefold() != theirs.value.casefold():
                continue
            confidence = min(ours.confidence, theirs.confidence)
            if name not in shared or shared[name].confidence < confidence:
                shared[name] = Fact(theirs.value, confidence)
    return {name: shared[name] for name in found if name in shared}
