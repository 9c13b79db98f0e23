from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.shop.conftest import MakePhoto, MakeProduct, catalogue_of

from vitrine.encoders import export_encoder, load_encoder
from vitrine.errors import NotFoundError, QueryError
from vitrine.settings import Settings
from vitrine.shop import Explanation, Shop, build, open_shop


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct) -> Iterator[Shop]:
    """Five products under the encoder `default`; the last has three photos."""
    settings = Settings(models_dir=tmp_path / "models", threads=1)
    products = [product(n) for n in range(4)]
    catalogue = catalogue_of(*products, product(4, 4, 5, 6), replace(product(9), photos=()))
    with build(catalogue, tmp_path / "my.shop", encoder="default", settings=settings) as opened:
        yield opened


def check(explanation: Explanation) -> tuple[float, ...]:
    """Both maps sum to the cosine; gives the box of the query's."""
    assert explanation.query is not None
    assert explanation.hit is not None
    for side in (explanation.query, explanation.hit):
        assert float(side.heat.values.sum()) == pytest.approx(explanation.cosine, abs=1e-4)
    return explanation.query.heat.box.sides


def test_a_photo_and_its_hit(shop: Shop, photo: MakePhoto) -> None:
    found = shop.explain("p002", image=photo(1))
    assert check(found) == (0, 0, 1, 1)
    assert found.hit is not None
    assert (found.hit.product_id, found.hit.position) == ("p002", 0)
    assert found.hit.heat.values.shape == (10, 8)
    assert found.cosine == pytest.approx(found.why["cosine"], abs=2e-3)
    [hit] = [hit for hit in shop.search(image=photo(1)) if hit.product_id == "p002"]
    assert found.why == hit.why
    assert found.notes == ()


def test_the_photo_itself_has_equal_maps(shop: Shop, photo: MakePhoto) -> None:
    found = shop.explain("p001", image=photo(1))
    assert found.cosine == pytest.approx(1, abs=1e-4)
    assert found.query is not None
    assert found.hit is not None
    assert found.query.heat.values == pytest.approx(found.hit.heat.values, abs=1e-4)


def test_the_map_lies_within_the_crop(shop: Shop, photo: MakePhoto) -> None:
    crop = (0.2, 0.1, 0.9, 0.6)
    found = shop.explain("p001", image=photo(2), crop=crop)
    assert check(found) == pytest.approx(crop)
    assert found.query is not None
    assert found.query.heat.margins != 0, "the crop is wider than the encoder's frame"
    with Image.open(photo(2)) as whole:
        part = whole.convert("RGB").crop((4, 2, 16, 14))
    cut_out = shop.explain("p001", image=part)
    assert cut_out.query is not None
    assert cut_out.query.heat.values == pytest.approx(found.query.heat.values, abs=1e-5)


def test_of_several_examples_the_nearest_photo_is_compared(shop: Shop, photo: MakePhoto) -> None:
    found = shop.explain("p004", image=[photo(1), photo(6)], like=["p002", "p003"])
    check(found)
    assert found.query is not None
    assert found.hit is not None
    at_hand = {"": [photo(1), photo(6)], "p002": [photo(2)], "p003": [photo(3)]}
    hit = shop.embed(photo(4 + found.hit.position))
    nearest = max(float(shop.embed(each) @ hit) for group in at_hand.values() for each in group)
    assert found.cosine == pytest.approx(nearest, abs=2e-3)
    assert found.query.product_id in at_hand


def test_a_liked_product_shows_its_own_photo(shop: Shop) -> None:
    found = shop.explain("p001", like="p004", but="green")
    check(found)
    assert found.query is not None
    assert found.query.to_json()["of"] == {"product_id": "p004", "photo": found.query.position}
    assert found.why["changed"]["colour"] == {"was": "Red", "is": "Green"}


def test_words_alone_give_one_map(shop: Shop) -> None:
    found = shop.explain("p001", text="green shirt")
    assert found.query is None
    assert found.hit is not None
    assert float(found.hit.heat.values.sum()) == pytest.approx(found.cosine, abs=1e-4)
    assert found.why["words"] == ["shirt", "green"]
    assert found.to_json()["maps"]["query"] is None
    without_photo = shop.explain("p009", text="shirt")
    assert (without_photo.hit, without_photo.cosine) == (None, None)
    assert without_photo.no_maps == "product 'p009' has no photo"


def test_a_filter_alone_has_nothing_to_compare(shop: Shop) -> None:
    found = shop.explain("p001", where="gender=women")
    assert found.to_json() == {
        "product_id": "p001",
        "cosine": None,
        "maps": None,
        "no_maps": "the query is a filter alone, so there is nothing to compare with",
        "why": {},
    }


@pytest.mark.parametrize("change", ["deleted", "other"])
def test_a_photo_that_is_gone_is_stood_for_by_its_small_copy(
    shop: Shop, photo: MakePhoto, change: str
) -> None:
    before = shop.explain("p002", image=photo(1))
    if change == "deleted":
        photo(2).unlink()
    else:
        photo(2).write_bytes(photo(3).read_bytes())
    found = shop.explain("p002", image=photo(1))
    check(found)
    assert found.cosine == pytest.approx(before.cosine, abs=0.15)
    [note] = found.notes
    assert note.startswith("photo 0 of product 'p002' ")
    assert note.endswith("its small copy was compared instead")
    assert str(photo(2).parent) not in note


def test_encoders_without_cells_say_so(
    tmp_path: Path, product: MakeProduct, photo: MakePhoto, settings: Settings
) -> None:
    catalogue = catalogue_of(product(0), product(1))
    with build(catalogue, tmp_path / "plain.shop", settings=settings) as shop:
        found = shop.explain("p001", image=photo(0))
        assert found.no_maps == "the encoder 'colour' has no cells to make heat maps of"
        assert found.why["photo"] == 0
        assert found.to_json()["maps"] is None


@pytest.fixture
def cells_without_words(tmp_path: Path) -> Callable[[], Path]:
    """The encoder `default` without its text tower."""

    def make() -> Path:
        folder = tmp_path / "no-words"
        export_encoder("default", folder, Settings())
        told = json.loads((folder / "model.json").read_text("utf-8"))
        del told["files"]["text"], told["files"]["tokenizer"]
        told["name"] = "no-words"
        (folder / "model.json").write_text(json.dumps(told), "utf-8")
        return folder

    return make


def test_words_need_an_encoder_that_understands_them(
    tmp_path: Path, product: MakeProduct, cells_without_words: Callable[[], Path]
) -> None:
    folder = cells_without_words()
    settings = Settings(models_dir=tmp_path / "models", threads=1)
    encoder = load_encoder(folder, settings)
    build(catalogue_of(product(1)), tmp_path / "s.shop", encoder=encoder, settings=settings).close()
    with open_shop(tmp_path / "s.shop", encoder=folder, settings=settings) as shop:
        assert "understands no words" in shop.explain("p001", text="shirt").no_maps
    with open_shop(tmp_path / "s.shop", settings=settings) as shop:
        assert "cannot be loaded" in shop.explain("p001", text="shirt").no_maps


def test_what_is_no_hit_is_not_explained(shop: Shop, photo: MakePhoto) -> None:
    with pytest.raises(NotFoundError, match="no product 'gone'"):
        shop.explain("gone", image=photo(1))
    with pytest.raises(QueryError, match="is no hit of this search"):
        shop.explain("p001", image=photo(1), where="gender=men")
    with pytest.raises(QueryError, match="part of the query"):
        shop.explain("p001", like="p001")


def test_maps_follow_the_photo(shop: Shop) -> None:
    """A garment on the left: the left of the photo is what resembles itself."""
    pixels = np.full((160, 120, 3), 255, np.uint8)
    pixels[30:130, 10:50] = (180, 20, 40)
    found = shop.explain("p000", image=Image.fromarray(pixels))
    assert found.query is not None
    values = np.abs(found.query.heat.values)
    assert values[:, :4].sum() > values[:, 4:].sum()
