from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError

LABELS = "id,tags\n0001,null|blouse|hair|shoes|skin\n0002,null|dress\n"


def test_garments_and_masks(write: Callable[..., Path]) -> None:
    photo, mask = write("set/images/0001.webp"), write("set/masks/0001.png")
    write("set/images/0002.webp")
    catalogue = read_catalogue(write("set/labels.csv", LABELS).parent)
    assert (catalogue.format, len(catalogue), catalogue.failures) == ("clothing-coparsing", 2, ())
    first, second = catalogue
    assert (first.product_id, first.photos) == ("0001", (str(photo),))
    assert first.extra == {"garments": "blouse, shoes", "mask": str(mask)}
    assert second.extra == {"garments": "dress"}


def test_without_masks_it_is_any_table(write: Callable[..., Path]) -> None:
    assert read_catalogue(write("labels.csv", LABELS)).format == "csv"


def test_forced_on_something_else(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match=r"no labels\.csv"):
        read_catalogue(write("shop/a.jpg").parent, format="clothing-coparsing")


@pytest.mark.real_data
def test_the_real_set(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "street-parsing")
    assert catalogue.format == "clothing-coparsing"
    assert (len(catalogue), len(catalogue.failures)) == (804, 0)
    assert all(product.photos and product.extra["mask"] for product in catalogue)
