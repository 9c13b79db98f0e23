from __future__ import annotations

import pytest

from vitrine.catalog.columns import known_fields, match_columns
from vitrine.errors import UsageError


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("SKU", "product_id"),
        ("Product ID", "product_id"),
        ("g:id", "product_id"),
        ("productDisplayName", "title"),
        ("Product_Name", "title"),
        ("color", "colour"),
        ("Base Colour", "colour"),
        ("image_url", "photos"),
        ("image link", "photos"),
        ("additional_image_link", "more_photos"),
        ("Image 2", "more_photos"),
        ("category", "product_type"),
        ("price currency", "currency"),
        ("EAN", "gtin"),
    ],
)
def test_columns_are_matched_by_their_names(column: str, field: str) -> None:
    assert known_fields([column]) == {field}


def test_the_likeliest_column_comes_first() -> None:
    mapped = match_columns(["sku", "id", "name"], {})
    assert mapped.candidates == {"product_id": ("id", "sku"), "title": ("name",)}


def test_the_users_mapping_wins_and_takes_the_column_from_others() -> None:
    mapped = match_columns(["id", "name", "url"], {"brand": "name", "product_id": "URL"})
    assert mapped.candidates == {"brand": ("name",), "product_id": ("url",), "link": ("url",)}


def test_constants_and_googles_names_for_fields() -> None:
    mapped = match_columns(["ref", "bild"], {"id": "ref", "image_link": "bild", "currency": "=EUR"})
    assert mapped.candidates == {"product_id": ("ref",), "photos": ("bild",)}
    assert mapped.constants == {"currency": "EUR"}


def test_an_unknown_field_or_column_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'colr'; known: added_at, .*Did you mean 'colour'"):
        match_columns(["id"], {"colr": "id"})
    with pytest.raises(UsageError, match="no column of this table is called 'farbe'; known: id"):
        match_columns(["id"], {"colour": "farbe"})
