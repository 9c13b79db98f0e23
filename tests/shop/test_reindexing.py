from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.catalog import Catalogue
from vitrine.errors import EncoderMismatchError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, build, create_shop, open_shop
from vitrine.types import EncoderIdentity, Pixels, Product, Vectors
from vitrine.vectors import unit

MakeProduct = Callable[..., Product]
MakePhoto = Callable[[int], Path]


class Patches:
    """An encoder of one's own: the colours of 4 x 4 patches, in this version or another."""

    def __init__(self, version: str = "1") -> None:
        self.identity = EncoderIdentity("patches", version, 48, "4 x 4 px")

    def prepare(self, image: Image.Image) -> Pixels:
        return np.asarray(image.resize((4, 4)))

    def embed(self, pixels: Pixels) -> Vectors:
        return unit(pixels.reshape(len(pixels), 48).astype(np.float32) + 1)


@pytest.fixture
def shop(tmp_path: Path, settings: Settings, product: MakeProduct) -> Shop:
    shop = create_shop(tmp_path / "a.shop", settings=settings)
    shop.add([product(n, n, n + 30) for n in range(8)])
    return shop


def test_the_shop_moves_to_the_other_encoder(
    shop: Shop, second_encoder: Path, photo: MakePhoto
) -> None:
    n_embedded, failures = shop.reindex(second_encoder)
    assert (n_embedded, failures) == (16, [])
    assert (shop.encoder.name, shop.encoder.dim) == ("second", 48)
    assert shop.search(image=photo(35), k=1)[0].product_id == "p005"
    assert shop.embed(photo(3)).shape == (48,)
    assert shop.verify() == []


def test_a_live_reader_of_the_old_encoder_follows_or_says_what_to_do(
    shop: Shop, second_encoder: Path, settings: Settings, photo: MakePhoto
) -> None:
    with open_shop(shop.location, settings=settings) as reader:
        assert reader.search(image=photo(1), k=1)[0].product_id == "p001"
        shop.reindex(second_encoder)
        assert reader.search(like="p001", k=1)  # vectors alone need no encoder
        with pytest.raises(UsageError, match=r"built with the encoder 'second', .*--encoder DIR"):
            reader.search(image=photo(1))
    with open_shop(shop.location, settings=settings, encoder=second_encoder) as reader:
        assert reader.search(image=photo(1), k=1)[0].product_id == "p001"
    with pytest.raises(EncoderMismatchError, match="vitrine reindex"):
        open_shop(shop.location, settings=settings, encoder="colour")


def test_an_encoder_of_ones_own_needs_no_table(
    tmp_path: Path, product: MakeProduct, photo: MakePhoto, settings: Settings
) -> None:
    catalogue = Catalogue("test", "a test", [product(n) for n in range(5)], [])
    with build(catalogue, tmp_path / "own.shop", encoder=Patches(), settings=settings) as own:
        assert own.search(image=photo(3), k=1)[0].product_id == "p003"
        path = own.location
    with open_shop(path, encoder=Patches(), settings=settings) as own:
        assert own.search(image=photo(4), k=1)[0].product_id == "p004"
        assert own.reindex("colour") == (5, [])
        assert own.reindex(Patches("2")) == (5, [])
        assert own.search(image=photo(2), k=1)[0].product_id == "p002"
    with pytest.raises(EncoderMismatchError, match="another version of the encoder 'patches'"):
        open_shop(path, encoder=Patches("1"), settings=settings)


def test_searches_answer_with_the_old_vectors_until_the_switch(
    shop: Shop, second_encoder: Path, photo: MakePhoto, settings: Settings
) -> None:
    answers: list[tuple[str, str]] = []

    def search_meanwhile(_done: int, _total: int) -> None:
        with open_shop(shop.location, settings=settings) as reader:
            found = reader.search(image=photo(2), k=1)
            answers.append((reader.encoder.name, found[0].product_id))

    shop.reindex(second_encoder, on_progress=search_meanwhile)
    assert set(answers) == {("colour", "p002")}


def test_a_photo_that_is_gone_or_another_one_is_reported(
    shop: Shop, second_encoder: Path, photo: MakePhoto
) -> None:
    photo(1).unlink()
    photo(2).write_bytes(photo(7).read_bytes())
    n_embedded, failures = shop.reindex(second_encoder)
    assert n_embedded == 14
    assert [(f.product_id, f.reason.split(" ", 1)[1][:16]) for f in failures] == [
        ("p001", "cannot be read: "),
        ("p002", "is another photo"),
    ]
    assert (Path(shop.location).parent / "errors.csv").exists()
    assert len(shop) == 8


def test_going_back_is_the_same_as_never_having_moved(
    shop: Shop, second_encoder: Path, photo: MakePhoto
) -> None:
    before = shop.search(image=photo(3), k=8).to_json()["hits"]
    shop.reindex(second_encoder)
    shop.reindex("colour")
    assert shop.search(image=photo(3), k=8).to_json()["hits"] == before
