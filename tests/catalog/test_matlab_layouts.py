"""Sets whose labels are MATLAB's files, laid out as their archives are."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from vitrine.catalog import read_catalogue, read_mask
from vitrine.errors import DataError, UsageError

Write = Callable[..., Path]

SOME = {
    **{f"{name}_GT": [2.0, 1.0] for name in ("white", "yellow", "many_colors", "scarf")},
    **{f"{name}_GT": [1.0, np.nan] for name in ("collar", "necktie", "placket", "skin_exposure")},
    "pattern_solid_GT": [2.0, 1.0],
    "category_GT": [7.0, np.nan],
    "gender_GT": [2.0, 1.0],
    "sleevelength_GT": [1.0, 3.0],
    "neckline_GT": [3.0, 2.0],
}
NOT_SO = (
    *("black", "blue", "brown", "cyan", "gray", "green", "purple", "red"),
    *("pattern_floral", "pattern_graphics", "pattern_plaid", "pattern_spot", "pattern_stripe"),
)
CODES = SOME | {f"{name}_GT": [1.0, 1.0] for name in NOT_SO}


def mat(**arrays: object) -> bytes:
    out = io.BytesIO()
    savemat(out, arrays, do_compression=True)
    return out.getvalue()


@pytest.fixture
def attributes(write: Write) -> Path:
    """Two photos and 26 labels, a column of doubles each."""
    for name, codes in CODES.items():
        write(f"set/labels/{name}.mat", mat(GT=np.array(codes)[:, None]))
    write("set/images/000002.jpg")
    write("set/images/Thumbs.db", "")
    return write("set/images/000001.jpg").parents[1]


def test_clothing_attributes(attributes: Path) -> None:
    catalogue = read_catalogue(attributes)
    assert (catalogue.format, catalogue.failures) == ("clothing-attributes", ())
    dress, man = catalogue
    assert (dress.product_id, Path(dress.photos[0]).name) == ("000001", "000001.jpg")
    assert (dress.gender, dress.article_type, dress.pattern) == ("women", "Dresses", "Solid")
    assert dress.extra == {
        "sleeve": "none",
        "neckline": "other",
        "colours": "white, yellow",
        **{name: "no" for name in ("collar", "necktie", "placket", "skin_exposure")},
        **{name: "yes" for name in ("scarf", "many_colors")},
    }
    assert (man.gender, man.article_type, man.pattern) == ("men", "", "")
    assert man.extra == {
        "sleeve": "long",
        "neckline": "round",
        "scarf": "no",
        "many_colors": "no",
    }


def test_clothing_attributes_downloaded_in_part(attributes: Path) -> None:
    (attributes / "images/000002.jpg").unlink()
    with pytest.raises(DataError, match=r"labels 2 photos, and .*images holds 1"):
        read_catalogue(attributes)
    (attributes / "images/000001.jpg").unlink()
    (attributes / "images/Thumbs.db").unlink()
    (attributes / "images").rmdir()
    with pytest.raises(DataError, match="labels but no photos: unpack them into"):
        read_catalogue(attributes)


def test_clothing_attributes_without_one_of_its_labels(attributes: Path) -> None:
    (attributes / "labels/scarf_GT.mat").write_bytes(mat(other=np.ones(2)))
    with pytest.raises(DataError, match=r"scarf_GT\.mat holds other, but no 'GT'"):
        read_catalogue(attributes)
    (attributes / "labels/scarf_GT.mat").unlink()
    with pytest.raises(DataError, match=r"scarf_GT\.mat is missing"):
        read_catalogue(attributes)


GROUND_TRUTH = np.array([[0, 0, 3], [2, 1, 3]], np.uint8)


@pytest.fixture
def coparsing(write: Write) -> Path:
    """One photo with a class for every pixel, one with tags."""
    names = np.empty((1, 4), object)
    names[0] = ["null", "hair", "dress", "shoes"]
    write("set/label_list.mat", mat(label_list=names))
    for name in ("0001", "1005"):
        write(f"set/photos/{name}.jpg")
    write("set/annotations/pixel-level/0001.mat", mat(groundtruth=GROUND_TRUTH))
    tags = write("set/annotations/image-level/1005.mat", mat(tags=np.array([[0], [3]], np.uint8)))
    return tags.parents[2]


def test_clothing_coparsing(coparsing: Path) -> None:
    catalogue = read_catalogue(coparsing)
    assert (catalogue.format, catalogue.failures) == ("clothing-coparsing", ())
    parsed, tagged = catalogue
    assert (parsed.product_id, Path(parsed.photos[0]).name) == ("0001", "0001.jpg")
    assert parsed.extra["garments"] == "dress, shoes"
    assert np.array_equal(read_mask(parsed.extra["mask"]), GROUND_TRUTH)
    assert (tagged.product_id, tagged.extra) == ("1005", {"garments": "shoes"})


def test_clothing_coparsing_downloaded_in_part(coparsing: Path, write: Write) -> None:
    with pytest.raises(UsageError, match="no columns to map"):
        read_catalogue(coparsing, columns={"title": "tags"})
    odd = write("set/annotations/image-level/1006.mat", mat(tags=np.array([[9]])))
    catalogue = read_catalogue(coparsing)
    assert [failure.product_id for failure in catalogue.failures] == ["1006"]
    assert "has the class 9, and label_list.mat names 4" in catalogue.failures[0].reason
    odd.unlink()
    (coparsing / "annotations/image-level/1005.mat").unlink()
    with pytest.raises(DataError, match="image-level is missing or empty"):
        read_catalogue(coparsing)
    (coparsing / "label_list.mat").write_bytes(b"cut")
    with pytest.raises(DataError, match=r"label_list\.mat cannot be read"):
        read_catalogue(coparsing)


def test_a_mask_that_is_none(write: Write) -> None:
    with pytest.raises(DataError, match="is no mask"):
        read_mask(str(write("mask.png", "text")))
