"""Labels of a catalogue against tags of its photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitrine.types import Product, Tags

FIELD_OF: Mapping[str, str] = {"base_colour": "colour"}
"""Head -> the catalogue's field, where they are not called alike."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One label that the encoder sees otherwise."""

    photo: str
    product_id: str
    field: str
    catalogue: str
    """As the source wrote it."""
    model: str
    """As the model was trained to say it."""
    confidence: float
    unsure: bool


def doubts_of(
    product: Product, photo: str, tags: Tags, heads: Mapping[str, Sequence[str]]
) -> Iterator[Doubt]:
    """Compare a product's labels with the tags of its photo, in the catalogue's vocabulary.

    A label that is empty, or that the head could not have said, is no matter of doubt.

    Args:
        product: its labels.
        photo: where the photo lies.
        tags: what the encoder sees on it.
        heads: everything that the encoder could have said.

    Example:
        >>> from vitrine.types import Product, Tag
        >>> product = Product("1", gender="men", colour="Red")
        >>> tags = {"gender": Tag("Men", 0.9, False), "base_colour": Tag("Blue", 0.8, False)}
        >>> heads = {"gender": ("Men", "Women"), "base_colour": ("Blue", "Red")}
        >>> [(d.field, d.catalogue, d.model) for d in doubts_of(product, "1.jpg", tags, heads)]
        [('colour', 'Red', 'Blue')]
    """
    from vitrine.catalog import translate

    for head, tag in tags.items():
        field = FIELD_OF.get(head, head)
        label = getattr(product, field, "")
        if not label or label == translate(field, tag.value):
            continue
        if label in {translate(field, value) for value in heads[head]}:
            written = product.original.get(field, label)
            yield Doubt(
                photo,
                product.product_id,
                field,
                written,
                tag.value,
                round(tag.confidence, 4),
                tag.unsure,
            )


def worst_first(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Order by the encoder's confidence, those that it is sure of before all others."""
    return sorted(doubts, key=lambda doubt: (doubt.unsure, -doubt.confidence))
