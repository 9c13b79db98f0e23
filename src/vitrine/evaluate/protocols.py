"""The table of protocols: a new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import UsageError, unknown
from vitrine.evaluate.category_attribute import (
    CATEGORY_ATTRIBUTE,
    has_attributes,
    measure_category_attribute,
    published_categories,
    taught_or_asked,
)
from vitrine.evaluate.composed import COMPOSED, has_pairs, measure_composed
from vitrine.evaluate.grouping import GROUPING, has_repeats, measure_grouping
from vitrine.evaluate.hybrid import HYBRID, measure_hybrid
from vitrine.evaluate.outfit_questions import (
    OUTFITS,
    has_questions,
    in_questions,
    kinds_alone,
    measure_outfits,
)
from vitrine.evaluate.photo_to_shop import PHOTO_TO_SHOP, has_shop, measure_photo_to_shop
from vitrine.evaluate.query_gallery import (
    QUERY_GALLERY,
    asks_or_answers,
    has_queries,
    measure_query_gallery,
    published_results,
)
from vitrine.evaluate.retrieval_results import (
    SENDERS,
    SIBLINGS,
    SIMILAR,
    TWO_PHOTOS,
    has_kinds,
    has_senders,
    has_siblings,
    has_two_photos,
    measure_senders,
    measure_siblings,
    measure_similar,
    measure_two_photos,
)
from vitrine.evaluate.speed import SPEED, measure_speed
from vitrine.evaluate.tag_results import TAGS, can_tag, majority_results, measure_tags
from vitrine.evaluate.text_results import TEXT, has_titles, measure_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.evaluate.results import Result


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way of measuring."""

    name: str
    summary: str
    needs: str
    """What a source must have for it, for the message when it has not."""
    applies: Callable[[Examples], bool]
    measure: Callable[[Contestant, Examples, Path], list[Result]]
    """The folder is for files that it makes."""
    baseline: Callable[[Examples], list[Result]] = lambda examples: []
    """Rows that need no encoder."""
    by_request: bool = False
    """Whether it is measured only where it is asked for by name."""
    builds_shop: bool = False
    """Whether it asks a real shop, whose vectors have length 1."""
    looks_at: Callable[[Examples], NDArray[np.bool_]] = lambda examples: np.ones(
        len(examples), np.bool_
    )
    """The photos that it needs, (n,)."""


def _plain(
    measure: Callable[[Contestant, Examples], list[Result]],
) -> Callable[[Contestant, Examples, Path], list[Result]]:
    return lambda contestant, examples, folder: measure(contestant, examples)


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            TAGS,
            "is a tag right, and does its confidence mean what it says",
            "labels such as an article type or a colour",
            can_tag,
            _plain(measure_tags),
            majority_results,
        ),
        Protocol(
            SIMILAR,
            "are the nearest products of the same type, colour and pattern",
            "article types",
            has_kinds,
            _plain(measure_similar),
        ),
        Protocol(
            SIBLINGS,
            "does a product find its design in another colour",
            "products that share an item_group_id",
            has_siblings,
            _plain(measure_siblings),
        ),
        Protocol(
            PHOTO_TO_SHOP,
            "does a simulated shopper photo find the product",
            "two products with a shop's photo",
            has_shop,
            measure_photo_to_shop,
        ),
        Protocol(
            QUERY_GALLERY,
            "do a benchmark's queries find their products in its gallery",
            "photos that say whether they are query or gallery, as DeepFashion's do",
            has_queries,
            measure_query_gallery,
            published_results,
            looks_at=asks_or_answers,
        ),
        Protocol(
            CATEGORY_ATTRIBUTE,
            "is the category among the first three, which attributes are",
            "DeepFashion's Category and Attribute lists, with photos of its parts train and test",
            has_attributes,
            measure_category_attribute,
            published_categories,
            looks_at=taught_or_asked,
        ),
        Protocol(
            OUTFITS,
            "which of four items completes an outfit, which outfits were put together",
            "Polyvore Outfits with nondisjoint/ or disjoint/, and photos of whole questions",
            has_questions,
            _plain(measure_outfits),
            kinds_alone,
            looks_at=in_questions,
        ),
        Protocol(
            SENDERS,
            "do shoppers' own photos find others' photos of the same kind of garment",
            "photos with a sender_id and a label",
            has_senders,
            _plain(measure_senders),
        ),
        Protocol(
            TWO_PHOTOS,
            "do two photos of one product find each other",
            "products with more than one photo",
            has_two_photos,
            _plain(measure_two_photos),
        ),
        Protocol(
            TEXT,
            "does a title find its product",
            "titles, and an encoder that understands words or has tags",
            has_titles,
            _plain(measure_text),
        ),
        Protocol(
            SPEED,
            "photos a second on one core",
            "any photo",
            lambda examples: len(examples) > 0,
            _plain(measure_speed),
            by_request=True,
        ),
        Protocol(
            COMPOSED,
            "a photo, but red: is it changed so, and the rest kept",
            "products that differ in exactly one attribute",
            has_pairs,
            measure_composed,
            by_request=True,
            builds_shop=True,
        ),
        Protocol(
            HYBRID,
            "titles with typos: words and photos together against each alone",
            "titles, and an encoder that understands words",
            has_titles,
            measure_hybrid,
            by_request=True,
            builds_shop=True,
        ),
        Protocol(
            GROUPING,
            "are repeats gone from the first page, and what was wanted still there",
            "types, colours, and near-duplicates or an item_group_id",
            has_repeats,
            measure_grouping,
            by_request=True,
            builds_shop=True,
        ),
    )
}
"""Name -> protocol, in the order of the tables."""


def protocols_for(examples: Examples, names: Iterable[str] = ()) -> list[Protocol]:
    """Choose what can be measured on a source.

    Args:
        examples: the source.
        names: what is asked for; nothing means everything that its fields allow, but the clock
            and what builds shops.

    Raises:
        UsageError: an unknown protocol, or one for which the source lacks what it needs.
    """
    asked = list(dict.fromkeys(names))
    for name in asked:
        if name not in PROTOCOLS:
            raise UsageError(unknown("protocol", name, PROTOCOLS))
        if not PROTOCOLS[name].applies(examples):
            raise UsageError(
                f"the protocol {name!r} cannot be measured on {examples.name} "
                f"(part {examples.part}): it needs {PROTOCOLS[name].needs}"
            )
    found = [PROTOCOLS[name] for name in asked] or [
        protocol
        for protocol in PROTOCOLS.values()
        if not protocol.by_request and protocol.applies(examples)
    ]
    if not found:
        raise UsageError(
            f"nothing can be measured on {examples.name}: one photo without labels or titles; "
            f"the protocol {SPEED!r} can be asked for"
        )
    return found
