from __future__ import annotations

import pytest

from vitrine.catalog import FIELDS, translate
from vitrine.catalog.article_types import ARTICLE_TYPES
from vitrine.catalog.translation import person
from vitrine.catalog.vocabulary import WORDS
from vitrine.types import Product


@pytest.mark.parametrize(
    ("field", "theirs", "ours"),
    [
        ("gender", "female", "women"),
        ("gender", "Men", "men"),
        ("gender", "WOMEN'S", "women"),
        ("gender", "Unisex", "unisex"),
        ("availability", "in stock", "in_stock"),
        ("availability", "https://schema.org/OutOfStock", "out_of_stock"),
        ("availability", "pre-order", "preorder"),
        ("colour", "navy", "Navy Blue"),
        ("colour", "Dark Blue", "Navy Blue"),
        ("colour", "darkblue", "Navy Blue"),
        ("colour", "gray", "Grey"),
        ("colour", "Light Pink", "Pink"),
        ("colour", "lt-brown", "Brown"),
        ("colour", "Red/Green", "Red"),
        ("colour", "OFF-WHITE", "Off White"),
        ("colour", "Heliotrope", "Heliotrope"),
        ("colour", " NA ", ""),
        ("pattern", "Stripe", "Striped"),
        ("pattern", "All over pattern", "Printed"),
        ("pattern", "polka dots", "Dotted"),
        ("article_type", "T-shirt", "Tshirts"),
        ("article_type", "Tee", "Tshirts"),
        ("article_type", "Dress", "Dresses"),
        ("article_type", "skirt", "Skirts"),
        ("article_type", "Rings", "Ring"),
        ("article_type", "Sneakers", "Sneakers"),
        ("season", "Autumn", "Fall"),
        ("usage", "sport", "Sports"),
        ("title", " NA ", "NA"),
        ("brand", "Navy", "Navy"),
    ],
)
def test_words_of_other_sources(field: str, theirs: str, ours: str) -> None:
    assert translate(field, theirs) == ours


@pytest.mark.parametrize("field", WORDS)
def test_our_own_words_stay_as_they_are(field: str) -> None:
    own = [word for word in WORDS[field] if word]
    assert [translate(field, word) for word in own] == own


@pytest.mark.parametrize("field", WORDS)
def test_no_word_means_two_things(field: str) -> None:
    said = [
        (word.strip().casefold(), ours)
        for ours, theirs in WORDS[field].items()
        for word in (ours, *theirs.split(","))
        if word.strip()
    ]
    assert all(translate(field, word) == ours for word, ours in said)


def test_all_140_article_types_are_known() -> None:
    assert len(ARTICLE_TYPES) == 140


def test_every_field_of_a_product_is_in_the_vocabulary() -> None:
    held = set(Product.__dataclass_fields__) - {"photos", "original", "extra"}
    assert set(FIELDS) == held


@pytest.mark.parametrize(
    ("gender", "age_group", "who"),
    [
        ("women", "kids", "girls"),
        ("men", "toddler", "boys"),
        ("unisex", "kids", "unisex"),
        ("women", "adult", "women"),
        ("", "kids", ""),
    ],
)
def test_children_have_their_own_genders(gender: str, age_group: str, who: str) -> None:
    assert person(gender, age_group) == who
