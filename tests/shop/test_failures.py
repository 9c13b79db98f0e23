"""A list of errors never replaces what somebody else wrote."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import Catalogue
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.shop import ImportReport, Shop, create_shop, write_failures
from vitrine.types import Product, RowFailure

MakeProduct = Callable[..., Product]
BROKEN = RowFailure("feed.csv", 7, "x", "price", "not a number")


@pytest.fixture
def shop(tmp_path: Path, settings: Settings) -> Shop:
    return create_shop(tmp_path / "a.shop", settings=settings)


def add(shop: Shop, *failures: RowFailure, errors: Path | None = None) -> ImportReport:
    products = [Product("wordy", title="A scarf")]
    return shop.add(Catalogue("csv", "feeds/feed.csv", products, failures), errors=errors)


def listed(path: Path) -> list[tuple[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["shop"], row["reason"]) for row in csv.DictReader(file)]


def test_two_shops_in_a_folder_have_a_list_each(
    shop: Shop, tmp_path: Path, settings: Settings
) -> None:
    other = create_shop(tmp_path / "b.shop", settings=settings)
    assert add(shop, BROKEN).errors == str(tmp_path / "errors.csv")
    assert add(other, BROKEN, BROKEN).errors == str(tmp_path / "b.shop.errors.csv")
    assert add(shop, BROKEN).errors == str(tmp_path / "errors.csv")
    assert listed(tmp_path / "errors.csv") == [("a.shop", "not a number")]
    assert listed(tmp_path / "b.shop.errors.csv") == [("b.shop", "not a number")] * 2


def test_a_clean_import_removes_the_list_of_its_source_and_no_other(
    shop: Shop, tmp_path: Path, settings: Settings
) -> None:
    add(shop, BROKEN)
    add(create_shop(tmp_path / "b.shop", settings=settings))
    shop.add([Product("another", title="A hat")])
    assert listed(tmp_path / "errors.csv") == [("a.shop", "not a number")]
    assert add(shop).errors == ""
    assert not (tmp_path / "errors.csv").exists()


@pytest.mark.parametrize("theirs", ["code,meaning\n1,full\n", "", "\x00\xff" * 400])
def test_a_file_that_is_no_list_of_ours_stays(shop: Shop, tmp_path: Path, theirs: str) -> None:
    path = tmp_path / "errors.csv"
    path.write_text(theirs, encoding="utf-8", newline="")
    assert add(shop, BROKEN).errors == str(tmp_path / "a.shop.errors.csv")
    add(shop)
    assert not (tmp_path / "a.shop.errors.csv").exists()
    with pytest.raises(UsageError, match="is not replaced; name another file"):
        add(shop, BROKEN, errors=path)
    assert path.read_text(encoding="utf-8") == theirs


def test_a_list_that_was_asked_for_by_name_is_written_anew(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "left out.csv"
    add(shop, BROKEN, BROKEN, errors=path)
    add(shop, BROKEN, errors=path)
    assert listed(path) == [("a.shop", "not a number")]
    write_failures([BROKEN], path, "another.shop")
    add(shop, errors=path)
    assert listed(path) == [("another.shop", "not a number")]
    add(shop, BROKEN, errors=path)
    add(shop, errors=path)
    assert not path.exists()
