from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError

LINES = (
    "image black_GT blue_GT category_GT collar_GT gender_GT neckline_GT necktie_GT "
    "pattern_floral_GT pattern_solid_GT pattern_stripe_GT sleevelength_GT",
    "000001 2.0 2.0 1.0 2.0 1.0 1.0  1.0 1.0 2.0 3.0",
    "000002 1.0 1.0 6.0 1.0  3.0 1.0 2.0 2.0 1.0 ",
)


def _table() -> str:
    return "".join(line.replace(" ", ",") + "\n" for line in LINES)


def test_codes_become_words(write: Callable[..., Path]) -> None:
    photo = write("set/images/000001.webp")
    write("set/images/000002.webp")
    catalogue = read_catalogue(write("set/labels.csv", _table()).parent)
    assert (catalogue.format, len(catalogue), catalogue.failures) == ("clothing-attributes", 2, ())
    first, second = catalogue
    assert first.photos == (str(photo),)
    assert (first.gender, first.article_type, first.pattern) == ("men", "Shirts", "Striped")
    assert first.original == {"gender": "Men", "pattern": "stripe"}
    assert first.extra == {
        "sleeve": "long",
        "neckline": "v",
        "colours": "black, blue",
        "collar": "yes",
    }
    assert (second.gender, second.article_type, second.pattern) == ("", "", "")
    assert second.extra == {"neckline": "other", "collar": "no", "necktie": "no"}
    assert {product.master_category for product in catalogue} == {"Apparel"}


def test_forced_on_something_else(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match=r"no labels\.csv"):
        read_catalogue(write("shop/a.jpg").parent, format="clothing-attributes")


@pytest.mark.real_data
def test_the_real_set(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "clothing-attributes")
    assert catalogue.format == "clothing-attributes"
    assert (len(catalogue), len(catalogue.failures)) == (1_486, 0)
    assert all(product.photos for product in catalogue)
    assert {product.extra.get("sleeve", "") for product in catalogue} == {
        "",
        "none",
        "short",
        "long",
    }
