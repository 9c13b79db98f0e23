from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.encoders import garment_map
from vitrine.encoders.garment_map import KINDS
from vitrine.evaluate.garments import (
    CLASSES,
    bands,
    found_by,
    garments_of,
    is_for_tuning,
    kind_numbers,
    masked_photos,
    recall,
    recall_interval,
    worn_on,
)
from vitrine.search import Box, garment_boxes

SHIRT, SHOES, BOOTS, SKIN, TIE = 38, 39, 7, 41, 52


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two photos: a shirt above a pair of shoes of two classes; skin alone."""
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    (tmp_path / "labels.csv").write_text("id,tags\n0001,shirt|shoes\n0002,skin\n", "utf-8")
    mask = np.zeros((100, 100), np.uint8)
    mask[10:50, 20:80], mask[0:10, 40:60], mask[0:2, 0:2] = SHIRT, SKIN, TIE
    mask[90:100, 20:40], mask[90:100, 60:80] = SHOES, BOOTS
    for name, pixels in (("0001", mask), ("0002", np.full_like(mask, SKIN))):
        Image.fromarray(pixels).save(tmp_path / "masks" / f"{name}.png")
        Image.new("RGB", (50, 50)).save(tmp_path / "images" / f"{name}.png")
    return tmp_path


def test_garments_of_a_mask(source: Path) -> None:
    with Image.open(source / "masks" / "0001.png") as mask:
        worn = {each.kind: each.box.sides for each in garments_of(np.asarray(mask))}
    assert worn == {"top": (0.2, 0.1, 0.8, 0.5), "footwear": (0.2, 0.9, 0.8, 1.0)}


def test_recall_by_hand(source: Path) -> None:
    photos = masked_photos(source)
    assert [Path(each.photo).stem for each in photos] == ["0001", "0002"]
    found = found_by(lambda image: [Box(0.2, 0.1, 0.8, 0.6)], photos, worn_on(photos))
    assert found == [[("top", True), ("footwear", False)], []]
    assert (recall(found), recall(found, "top"), recall(found, "footwear")) == (0.5, 1, 0)
    low, high = recall_interval([found[0]] * 8)
    assert (low, high) == (0.5, 0.5)


def test_bands_cover_the_photo() -> None:
    assert [box.sides for box in bands(2)(Image.new("RGB", (1, 1)))] == [
        (0, 0, 1, 0.5),
        (0, 0.5, 1, 1),
    ]


def test_classes_are_disjoint_and_the_network_knows_them() -> None:
    names = [name for classes in CLASSES.values() for name in classes]
    assert len(names) == len(set(names))
    assert tuple(CLASSES) == KINDS
    numbers = kind_numbers(KINDS)
    assert numbers[[SHIRT, BOOTS, SKIN, TIE, 0]].tolist() == [0, 5, 9, 9, 10]


@pytest.mark.slow
@pytest.mark.real_data
def test_garments_are_found_ahead_of_fixed_boxes(real_data: Path) -> None:
    photos = masked_photos(real_data / "street-parsing")
    unseen = [photo for photo in photos if not is_for_tuning(photo.photo)][:100]
    worn = worn_on(unseen)
    found = found_by(
        lambda image: [each.box for each in garment_boxes(garment_map().look(image), KINDS)],
        unseen,
        worn,
    )
    assert recall(found) > 0.6
    for n in (1, 3, 5):
        assert recall(found) > recall(found_by(bands(n), unseen, worn)) + 0.4
