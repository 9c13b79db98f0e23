from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError

Write = Callable[..., Path]


def garment(category: str, style: int, box: list[int]) -> dict[str, Any]:
    number = {"trousers": 8, "vest": 5}[category]
    return {
        "category_id": number,
        "category_name": category,
        "style": style,
        "bounding_box": box,
        "landmarks": [],
        "segmentation": [],
    }


def test_garments_of_one_pair_and_style_are_a_product(write: Write) -> None:
    street = {
        "source": "user",
        "pair_id": 7,
        "item1": garment("trousers", 1, [1, 2, 30, 40]),
        "item2": garment("vest", 0, [5, 6, 70, 80]),
    }
    shop = {"source": "shop", "pair_id": 7, "item1": garment("trousers", 1, [3, 4, 50, 60])}
    for number, note in (("000001", street), ("000002", shop)):
        write(f"set/validation/image/{number}.jpg")
        write(f"set/validation/annos/{number}.json", json.dumps(note))
    write("set/validation/image/000003.jpg")
    write("set/validation/annos/000003.json", "{")
    catalogue = read_catalogue(write("set/readme.txt", "").parent)
    assert catalogue.format == "deepfashion2"
    pair, alone = catalogue
    assert pair.product_id == "validation/pair7-style1-8"
    assert [Path(photo).name for photo in pair.photos] == ["000001.jpg", "000002.jpg"]
    assert pair.extra["roles"] == "query gallery"
    assert pair.extra["boxes"] == "1,2,30,40 3,4,50,60"
    assert pair.article_type == "Trousers"
    assert alone.product_id == "validation/000001-item2"
    assert [failure.product_id for failure in catalogue.failures] == ["000003"]


def mat(**arrays: object) -> bytes:
    out = io.BytesIO()
    savemat(out, arrays)
    return out.getvalue()


@pytest.mark.parametrize(
    "labels",
    [
        {"X": np.array([[1, 0, 1], [0, 1, 0]])},
        {"rows": np.array([0, 0, 1]), "cols": np.array([0, 2, 1]), "data": np.ones(3)},
    ],
)
def test_street_photos_with_many_labels(write: Write, labels: dict[str, object]) -> None:
    for name in ("a", "b"):
        write(f"set/photos/{name}.jpg")
    write("set/feat/singles.mat", mat(**labels))
    write("set/feat/singles.txt", "dress\nshoes\nhat\n")
    write("set/split.mat", mat(trainids=np.array([0]), testids=np.array([1])))
    folder = write("set/photos.txt", "photos/a.jpg\nphotos/b.jpg\n").parent
    catalogue = read_catalogue(folder)
    assert catalogue.format == "fashion144k"
    assert [product.extra for product in catalogue] == [
        {"labels": "dress; hat", "roles": "train"},
        {"labels": "shoes", "roles": "test"},
    ]


def test_labels_that_belong_to_more_photos(write: Write) -> None:
    write("set/photos/a.jpg")
    write("set/feat/singles.mat", mat(X=np.ones((2, 2))))
    folder = write("set/photos.txt", "photos/a.jpg\n").parent
    with pytest.raises(DataError, match="labels of photo 2, but only 1 are listed"):
        read_catalogue(folder)
    write("set/photos.txt", "photos/a.jpg\nphotos/b.jpg\nphotos/c.jpg\n")
    with pytest.raises(DataError, match="labels of 2 photos, but 3 are listed"):
        read_catalogue(folder)


def test_a_part_without_its_annotations(write: Write) -> None:
    note = {"source": "shop", "pair_id": 1, "item1": garment("vest", 0, [1, 2, 3, 4])}
    write("set/validation/annos/000001.json", json.dumps(note))
    for name in ("validation/image/000001", "validation/image/000002", "train/image/000001"):
        write(f"set/{name}.jpg")
    folder = write("set/readme.txt", "").parent
    with pytest.raises(DataError, match=r"train holds image/ but no annos/: unpack all of train"):
        read_catalogue(folder)
    (folder / "train/image/000001.jpg").unlink()
    (folder / "train/image").rmdir()
    catalogue = read_catalogue(folder)
    assert [(f.product_id, f.reason) for f in catalogue.failures] == [
        ("000002", "annos/ holds no 000002.json")
    ]


def test_items_of_outfits(write: Write) -> None:
    write("set/images/211990161.jpg")
    write("set/categories.csv", "11,sweater,tops\n")
    item = {"url_name": "neck print", "title": "", "category_id": "11", "semantic_category": "tops"}
    items = write("set/polyvore_item_metadata.json", json.dumps({"211990161": item}))
    catalogue = read_catalogue(items.parent)
    assert (catalogue.format, catalogue.failures) == ("polyvore", ())
    (sweater,) = catalogue
    assert (sweater.product_id, sweater.title) == ("211990161", "neck print")
    assert sweater.product_type == "tops > sweater"
    assert sweater.extra == {"semantic_category": "tops", "category_id": "11"}


@pytest.mark.parametrize(
    ("present", "format", "missing"),
    [
        ("polyvore_item_metadata.json", "polyvore", r"unpack images\.zip"),
        ("photos.txt", "fashion144k", "unpack them into"),
        ("photos.txt", "deepfashion2", r"unpack train\.zip or validation\.zip"),
    ],
)
def test_sets_that_were_downloaded_in_part(
    write: Write, present: str, format: str, missing: str
) -> None:
    folder = write(f"set/{present}", "{}").parent
    with pytest.raises(DataError, match=missing):
        read_catalogue(folder, format=format)
