from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vitrine
from vitrine.catalog import Catalogue
from vitrine.errors import (
    DataError,
    EncoderMismatchError,
    ImageError,
    NotFoundError,
    QueryError,
    UsageError,
)
from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop, open_shop
from vitrine.types import Price, Product

MakeProduct = Callable[..., Product]
MakePhoto = Callable[[int], Path]


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Shop:
    opened = create_shop(tmp_path / "a.shop", settings=settings)
    opened.add([product(n) for n in range(20)])
    opened.add([Product("wordy", title="Linen scarf", brand="Aline", gender="women")])
    return opened


def ids(hits: object) -> list[str]:
    return [hit.product_id for hit in hits]  # pyright: ignore


def test_every_photo_finds_its_own_product_first(shop: Shop, photo: MakePhoto) -> None:
    for number in range(20):
        result = shop.search(image=photo(number), k=3)
        assert result[0].product_id == f"p{number:03}"
        assert result[0].score == pytest.approx(1, abs=2e-3)
        assert [hit.score for hit in result] == sorted((h.score for h in result), reverse=True)


def test_a_photo_may_come_as_path_bytes_or_image(shop: Shop, photo: MakePhoto) -> None:
    path = photo(4)
    expected = ids(shop.search(image=path))
    assert ids(shop.search(image=str(path))) == expected
    assert ids(shop.search(image=path.read_bytes())) == expected
    with Image.open(path) as image:
        assert ids(shop.search(image=image.convert("RGB"))) == expected


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """A JPEG of 3000 x 2400 px, fine stripes and all."""
    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 256, (24, 30, 3), np.uint8).repeat(100, axis=0).repeat(100, axis=1)
    pixels[::3] //= 4
    pixels[:, ::2] //= 2
    path = tmp_path / "large.jpg"
    Image.fromarray(pixels).save(path, quality=90)
    return path


def test_a_large_photo_is_the_same_photo_in_a_query(shop: Shop, large_photo: Path) -> None:
    shop.add([Product("large", photos=(str(large_photo),))])
    hit = shop.search(image=large_photo, k=1)[0]
    assert hit.product_id == "large"
    assert hit.why["cosine"] == pytest.approx(1, abs=1e-4)  # the shop's vectors are float16


def test_a_small_part_of_a_large_photo_keeps_its_pixels(shop: Shop, large_photo: Path) -> None:
    with Image.open(large_photo) as whole:
        part = whole.crop((600, 600, 900, 840))
    shop.add([Product("large", photos=(str(large_photo),))])
    cropped = shop.search(image=large_photo, crop=(0.2, 0.25, 0.3, 0.35), k=50)
    alone = shop.search(image=part, k=50)
    cosines = {hit.product_id: hit.why["cosine"] for hit in alone}
    assert [hit.why["cosine"] for hit in cropped] == pytest.approx(
        [cosines[hit.product_id] for hit in cropped], abs=1e-3
    )


def test_a_product_is_never_among_its_own_likes(shop: Shop) -> None:
    hits = shop.search(like="p003", k=30)
    assert len(hits) == 19  # all but itself and the one without a photo
    assert "p003" not in ids(hits)
    assert not {"p003", "p004"} & set(ids(shop.search(like=["p003", "p004"], k=30)))


@pytest.mark.parametrize("k", [1, 5, 10])
def test_k_hits_come_back_if_k_products_match(shop: Shop, photo: MakePhoto, k: int) -> None:
    hits = shop.search(image=photo(1), where="gender=women", k=k)
    assert len(hits) == k
    assert {hit.product["gender"] for hit in hits} == {"women"}


def test_a_filter_may_be_a_line_or_an_object(shop: Shop) -> None:
    line = shop.search(like="p001", where="price<15 gender=women|men")
    tree = shop.search(like="p001", where={"price": {"lt": 15}, "gender": ["women", "men"]})
    assert ids(line) == ids(tree)
    assert set(ids(line)) == {"p000", "p002", "p003", "p004"}


def test_a_product_without_photo_is_found_by_words_and_filters(shop: Shop) -> None:
    hits = shop.search(text="linen", where="gender=women")
    assert ids(hits) == ["wordy"]
    assert hits[0].why == {"words": ["linen"]}
    with pytest.raises(QueryError, match="'wordy' has no photo to compare; search by its words"):
        shop.search(like="wordy")


def test_why_tells_what_is_shared(shop: Shop) -> None:
    hit = next(h for h in shop.search(like="p001", k=20) if h.product_id == "p005")
    assert hit.why["shared"] == {"colour": "Green", "gender": "women"}
    assert hit.why["photo"] == 0
    assert hit.product["price"] == {"amount": "15", "currency": "EUR"}


@pytest.mark.parametrize(
    ("query", "error", "complaint"),
    [
        ({}, QueryError, "nothing to search by"),
        ({"like": "p001", "k": 0}, QueryError, "k is 0; ask for at least one hit"),
        ({"like": "nobody"}, NotFoundError, "there is no product 'nobody' in this shop"),
        ({"like": "p001", "where": "gendre=women"}, QueryError, "Did you mean 'gender'"),
        ({"image": "nowhere.jpg"}, ImageError, "nowhere.jpg cannot be read: No such file"),
        ({"image": b"<html>"}, ImageError, "."),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    shop: Shop, query: dict[str, object], error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        shop.search(**query)  # pyright: ignore[reportArgumentType]


def test_an_empty_shop_answers_with_nothing(
    tmp_path: Path, settings: Settings, photo: MakePhoto
) -> None:
    shop = create_shop(tmp_path / "empty.shop", settings=settings)
    assert len(shop.search(image=photo(1))) == 0
    assert len(shop.search(text="red")) == 0
    assert len(shop) == 0


def test_a_patch_changes_fields_and_embeds_nothing(shop: Shop, photo: MakePhoto) -> None:
    Path(photo(3)).unlink()  # could not be embedded again even if one tried
    patched = shop.patch("p003", price="4.99 EUR", gender="Female", year=2026)
    assert (str(patched.price), patched.gender, patched.year) == ("4.99 EUR", "women", 2026)
    assert shop.get("p003") == patched
    assert ids(shop.search(like="p004", where="price<5")) == ["p003"]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"prize": "4"}, "no field to patch is called 'prize'.*Did you mean 'price'"),
        ({"photos": ("a.jpg",)}, "no field to patch is called 'photos'"),
        ({"title": 4}, "field 'title' cannot be set to 4"),
        ({"year": "2026"}, "field 'year' cannot be set to '2026'"),
    ],
)
def test_a_patch_that_makes_no_sense_changes_nothing(
    shop: Shop, values: dict[str, object], complaint: str
) -> None:
    before = shop.get("p003")
    with pytest.raises(UsageError, match=complaint):
        shop.patch("p003", **values)
    assert shop.get("p003") == before
    with pytest.raises(NotFoundError, match="no product 'nobody'"):
        shop.patch("nobody", title="x")


def test_prices_may_be_patched_away(shop: Shop) -> None:
    assert shop.patch("p003", price=None).price is None
    assert shop.patch("p003", price=Price(shop.get("p004").price.amount, "EUR")).price  # pyright: ignore


def test_a_deleted_product_is_gone_at_once(shop: Shop, photo: MakePhoto) -> None:
    assert shop.delete(["p003", "nobody"]) == 1
    assert "p003" not in ids(shop.search(image=photo(3), k=30))
    assert shop.thumbnail("p003") is None
    with pytest.raises(NotFoundError, match="no product 'p003'"):
        shop.get("p003")


def test_thumbnails_are_small_images(shop: Shop) -> None:
    data = shop.thumbnail("p001")
    assert data is not None
    assert data[8:12] == b"WEBP"
    assert shop.thumbnail("p001", 1) is None
    assert shop.thumbnail("wordy") is None


def test_opening_with_another_encoder_says_what_to_do(
    shop: Shop, settings: Settings, second_encoder: Path
) -> None:
    with pytest.raises(EncoderMismatchError, match=r"vitrine reindex --shop .* --encoder second"):
        open_shop(shop.location, encoder=second_encoder, settings=settings)
    with open_shop(shop.location, encoder="colour", settings=settings) as opened:
        assert opened.encoder.name == "colour"


def test_build_makes_or_updates_a_shop(tmp_path: Path, photo: MakePhoto) -> None:
    for number in range(3):
        photo(number)
    path = tmp_path / "b.shop"
    with vitrine.build(tmp_path / "photos", path) as shop:
        assert len(shop) == 3
    photo(3)
    with vitrine.build(tmp_path / "photos", path) as shop:
        assert len(shop) == 4
    with pytest.raises(DataError, match="exists already"):
        create_shop(path)
    with pytest.raises(NotFoundError):
        vitrine.build(tmp_path / "nowhere", path)


def test_pruning_with_nothing_is_refused(shop: Shop) -> None:
    with pytest.raises(UsageError, match="would delete every product"):
        shop.add(Catalogue("csv", "empty.csv", [], []), prune=True)
    assert len(shop) == 21


def test_verify_finds_photos_that_changed(shop: Shop, photo: MakePhoto) -> None:
    assert shop.verify() == []
    photo(1).write_bytes(photo(2).read_bytes())
    photo(5).unlink()
    found = shop.verify()
    assert len(found) == 2
    assert "p001" in found[0]
    assert "changed since it was indexed" in found[0]
    assert "cannot be read" in found[1]
    assert shop.verify(photos=False) == []


def test_verify_finds_thumbnails_that_broke(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.location)) as connection:
        connection.execute(
            "UPDATE images SET thumbnail = substr(thumbnail, 1, 40) WHERE sha256 IN (SELECT sha256"
            " FROM photos JOIN products USING (product_row) WHERE product_id = 'p003')"
        )
        connection.commit()
    [problem] = shop.verify(photos=False)
    assert problem.startswith("product 'p003': the thumbnail of ")


def test_a_backup_opens_and_answers_alike(shop: Shop, tmp_path: Path, settings: Settings) -> None:
    copy = tmp_path / "copy.shop"
    shop.backup(copy)
    with open_shop(copy, settings=settings) as restored:
        assert (
            restored.search(like="p001").to_json()["hits"]
            == (shop.search(like="p001").to_json()["hits"])
        )
