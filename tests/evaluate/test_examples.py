from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.errors import DataError, UsageError
from vitrine.evaluate import Examples, examples_from, joined
from vitrine.evaluate.examples import codes_of
from vitrine.types import Product


def test_photos_and_what_is_known_of_them(shop: Examples) -> None:
    assert len(shop) == 18
    assert shop.positions.tolist() == [0, 1] * 9
    assert shop.product_ids[:3].tolist() == ["p00", "p00", "p01"]
    assert shop.labels["article_type"][0] == "Tshirts"
    assert shop.labels["base_colour"][:6:2].tolist() == ["Red", "Green", "Blue"]
    assert shop.designs[0] == "design0"
    assert shop.copies[0] == "p00"
    assert shop.part == "all"
    assert shop.notes == ()
    assert len(shop.only(shop.main)) == 9


def test_labels_are_in_our_words_and_written_as_the_source_has_them(tmp_path: Path) -> None:
    product = {"id": "a", "color": "navy", "gender": "Female", "image_link": "a.png"}
    (tmp_path / "products.jsonl").write_text(json.dumps(product))
    (tmp_path / "a.png").touch()
    found = examples_from(read_catalogue(tmp_path))
    assert found.labels["base_colour"].tolist() == ["Navy Blue"]
    assert found.written["base_colour"].tolist() == ["navy"]
    assert found.labels["gender"].tolist() == ["women"]
    assert found.written["gender"].tolist() == ["Female"]
    assert found.labels["season"].tolist() == [""]


def catalogue(*products: Product, format: str = "csv", source: str = "shop.csv") -> Catalogue:
    return Catalogue(format, source, products, ())


def test_photos_on_the_network_are_left_out_and_counted() -> None:
    here = Product("a", photos=("https://shop.example/a.jpg", "b.jpg"))
    there = Product("b", photos=("https://shop.example/c.jpg",))
    found = examples_from(catalogue(here, there))
    assert found.photos.tolist() == ["b.jpg"]
    assert found.positions.tolist() == [0]
    assert found.notes == ("1 products without a local photo were left out",)
    with pytest.raises(DataError, match="no product with a local photo"):
        examples_from(catalogue(there))


def test_a_limit_keeps_siblings_together() -> None:
    products = [
        Product(f"{n}", item_group_id=f"g{n // 4}", photos=(f"{n}.jpg",)) for n in range(400)
    ]
    found = examples_from(catalogue(*products), limit=40)
    assert len(found) == 40
    assert len(set(found.designs.tolist())) == 10
    again = examples_from(catalogue(*reversed(products)), limit=40)
    assert set(again.product_ids.tolist()) == set(found.product_ids.tolist())
    with pytest.raises(UsageError, match="limit is 0"):
        examples_from(catalogue(*products), limit=0)


def test_sets_that_the_default_encoder_learnt_from_are_measured_on_validation() -> None:
    products = [
        Product(f"{n}", title=f"t{n}", extra={"sender_id": f"{n}"}, photos=(f"{n}.jpg",))
        for n in range(300)
    ]
    phone = catalogue(*products, format="clothing-dataset")
    found = examples_from(phone)
    assert found.part == "validation"
    assert 20 < len(found) < 65
    assert not found.training_titles & set(found.titles.tolist())
    assert len(found.training_titles) > 200
    assert found.groups[0].startswith("phone/")
    everything = examples_from(phone, part="all")
    assert len(everything) == 300
    assert "flattering" in everything.notes[0]
    assert len(examples_from(phone, part="unseen")) > len(found)


def test_a_kaggle_table_without_groups_cannot_be_split_and_says_so() -> None:
    found = examples_from(catalogue(Product("1", photos=("1.jpg",)), format="kaggle-fashion"))
    assert found.part == "all"
    assert "flattering" in found.notes[0]


def test_rows_are_chosen_in_every_column(shop: Examples) -> None:
    chosen = shop.labels["base_colour"] == "Blue"
    found = shop.only(chosen)
    assert len(found) == 6
    assert set(found.labels["base_colour"].tolist()) == {"Blue"}
    assert found.written["pattern"].shape == (6,)


def test_two_sources_become_one(shop: Examples) -> None:
    found = joined(shop.only(shop.main), shop.only(~shop.main))
    assert len(found) == 18
    assert found.labels["base_colour"].shape == (18,)
    assert found.name == shop.name


def test_codes() -> None:
    assert codes_of(np.array(["b", "", "a", "b"])).tolist() == [2, -1, 1, 2]
    assert len(codes_of(np.array([], np.str_))) == 0
