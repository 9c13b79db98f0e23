from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue

STYLES = """\
id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName
15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Men Navy Blue Shirt
39386,Girls,Apparel,Topwear,Tops,NA,,2012.0,NaN,Gini, and Jony, Girls Top
"""


def test_the_official_layout(write: Callable[..., Path]) -> None:
    shirt, top = write("images/15970.jpg"), write("images/39386.webp")
    root = write("styles.csv", STYLES).parent
    catalogue = read_catalogue(root)
    assert (catalogue.format, len(catalogue), catalogue.failures) == ("kaggle-fashion", 2, ())
    first, second = catalogue
    assert first.photos == (str(shirt),)
    assert second.photos == (str(top),)
    assert (first.gender, first.colour, first.year) == ("men", "Navy Blue", 2011)
    assert (first.master_category, first.sub_category) == ("Apparel", "Topwear")
    assert (first.article_type, first.season, first.usage) == ("Shirts", "Fall", "Casual")
    assert first.original == {"gender": "Men"}
    assert second.title == "Gini, and Jony, Girls Top"
    assert (second.colour, second.season, second.usage, second.year) == ("", "", "", 2012)
    assert second.original == {"gender": "Girls"}
    assert (first.price, first.sale_price) == (None, None)


def test_the_table_alone_and_photos_elsewhere(write: Callable[..., Path]) -> None:
    table = write("styles_60x80.csv", STYLES)
    without = read_catalogue(table)
    assert [product.photos for product in without] == [(), ()]
    assert not without.failures
    photo = write("elsewhere/15970.jpg")
    catalogue = read_catalogue(table, images=photo.parent)
    assert [product.photos for product in catalogue] == [(str(photo),), ()]
    ((failure),) = catalogue.failures
    assert (failure.line, failure.product_id) == (3, "39386")
    assert failure.reason.startswith("no such file: 39386")


def test_columns_can_be_mapped_and_short_rows_fail(write: Callable[..., Path]) -> None:
    table = write("styles.csv", STYLES + "1,Men,Apparel\n")
    catalogue = read_catalogue(table, columns={"seller": "=Kaggle", "brand": "usage"})
    assert {product.seller for product in catalogue} == {"Kaggle"}
    assert next(iter(catalogue)).brand == "Casual"
    assert [failure.line for failure in catalogue.failures] == [4]


@pytest.mark.real_data
def test_the_real_set(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "fashion-products")
    assert (len(catalogue), len(catalogue.failures)) == (11_624, 0)
    assert all(len(product.photos) == 1 for product in catalogue)
    changed = {name for product in catalogue for name in product.original}
    assert changed == {"gender"}  # the vocabulary keeps this set's own spellings


@pytest.mark.real_data
@pytest.mark.slow
def test_the_real_small_photos(real_data: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(real_data / "fashion-products" / "images_60x80.zip") as archive:
        archive.extractall(tmp_path)
    source = real_data / "fashion-products" / "styles_60x80.csv"
    catalogue = read_catalogue(source, images=tmp_path)
    assert (len(catalogue), len(catalogue.failures)) == (28_417, 0)
    assert all(len(product.photos) == 1 for product in catalogue)
