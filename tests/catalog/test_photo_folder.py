from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, UsageError


def test_every_photo_is_a_product(write: Callable[..., Path]) -> None:
    photos = [
        write("shop/Dresses/red_summer-dress.JPG"),
        write("shop/hat.png"),
        write("shop/hat.webp"),
    ]
    write("shop/.hidden.jpg")
    write("shop/__MACOSX/hat.png")
    write("shop/readme.txt", "no photo")
    catalogue = read_catalogue(photos[1].parent)
    assert (catalogue.format, catalogue.failures) == ("folder", ())
    by_id = {product.product_id: product for product in catalogue}
    assert set(by_id) == {"Dresses/red_summer-dress", "hat", "hat.webp"}
    dress = by_id["Dresses/red_summer-dress"]
    assert (dress.title, dress.product_type) == ("red summer dress", "Dresses")
    assert dress.article_type == "Dresses"
    assert dress.photos == (str(photos[0]),)
    assert by_id["hat.webp"].photos == (str(photos[2]),)


def test_ids_stay_unique_whatever_the_names(write: Callable[..., Path]) -> None:
    names = ["a.jpg", "a.png", "a.png.png", "a.png.gif", "a.jpg.jpg"]
    for name in names:
        write(f"shop/{name}")
    folder = write(f"shop/{names[0]}").parent
    ids = [product.product_id for product in read_catalogue(folder)]
    assert len(set(ids)) == len(names)


def test_odd_names_are_kept(write: Callable[..., Path]) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows forbids these names")
    photos = {str(write(f"shop/{name}")) for name in ("look:1.jpg", "a\\b.png", "Ünï cödé.gif")}
    folder = Path(next(iter(photos))).parent
    assert {product.photos[0] for product in read_catalogue(folder)} == photos


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_are_no_text_are_failures(write: Callable[..., Path]) -> None:
    folder = write("shop/a.jpg").parent
    (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"")
    catalogue = read_catalogue(folder)
    assert [product.product_id for product in catalogue] == ["a"]
    (failure,) = catalogue.failures
    assert "not valid UTF-8" in failure.reason
    assert failure.product_id.encode("utf-8")


def test_a_folder_has_no_columns(write: Callable[..., Path]) -> None:
    folder = write("shop/a.jpg").parent
    with pytest.raises(UsageError, match="no columns or images to map"):
        read_catalogue(folder, columns={"title": "x"})
    with pytest.raises(DataError, match="holds no products"):
        read_catalogue(write("empty/readme.txt", "x").parent, format="folder")
