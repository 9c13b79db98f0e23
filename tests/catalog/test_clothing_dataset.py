from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError

IMAGES = """\
image,sender_id,label,kids
aa-1,94,T-Shirt,False
aa-2,94,Not sure,False
bb-1,7,Longsleeve,True
bb-2,7,Pants,False
"""


def test_labels_become_what_they_say_for_certain(write: Callable[..., Path]) -> None:
    photo = write("set/images/aa-1.webp")
    for name in ("aa-2", "bb-1", "bb-2"):
        write(f"set/images/{name}.jpg")
    catalogue = read_catalogue(write("set/images.csv", IMAGES).parent)
    assert (catalogue.format, len(catalogue), catalogue.failures) == ("clothing-dataset", 4, ())
    shirt, unclear, longsleeve, pants = catalogue
    assert shirt.photos == (str(photo),)
    assert (shirt.article_type, shirt.sub_category) == ("Tshirts", "Topwear")
    assert shirt.extra == {"sender_id": "94", "label": "T-Shirt"}
    assert (unclear.article_type, unclear.extra) == ("", {"sender_id": "94"})
    assert (longsleeve.article_type, longsleeve.age_group) == ("", "kids")
    assert longsleeve.extra["sleeve"] == "long"
    assert (pants.article_type, pants.sub_category) == ("", "Bottomwear")


def test_columns_can_still_be_mapped(write: Callable[..., Path]) -> None:
    table = write("images.csv", IMAGES)
    first = next(iter(read_catalogue(table, columns={"article_type": "label", "season": "=Fall"})))
    assert (first.article_type, first.season, first.photos) == ("Tshirts", "Fall", ())


def test_forced_on_something_else(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match=r"no images\.csv"):
        read_catalogue(write("shop/a.jpg").parent, format="clothing-dataset")


def test_the_larger_archive_and_one_without_photos(write: Callable[..., Path]) -> None:
    folder = write("set/images.csv", IMAGES).parent
    with pytest.raises(DataError, match=r"has images\.csv but no photos: unpack them into"):
        read_catalogue(folder)
    photo = write("set/images_compressed/aa-1.jpg")
    assert next(iter(read_catalogue(folder))).photos == (str(photo),)


@pytest.mark.real_data
def test_the_real_set(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "phone-photos-cc0")
    assert catalogue.format == "clothing-dataset"
    assert (len(catalogue), len(catalogue.failures)) == (4_317, 0)
    assert all(product.photos and product.extra["sender_id"] for product in catalogue)
