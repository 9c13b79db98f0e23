from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from tests.shop.conftest import MakeProduct, catalogue_of

from vitrine.errors import ImageError
from vitrine.settings import Settings
from vitrine.shop import Shop, build


def standing_person() -> Image.Image:
    """A drawn person before a wall: head, dark coat, blue trousers, black shoes."""
    image = Image.new("RGB", (342, 512), (176, 168, 156))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 342, 512), fill=(130, 126, 120))
    draw.ellipse((148, 50, 194, 108), fill=(222, 182, 156))
    draw.rectangle((118, 112, 226, 262), fill=(34, 32, 36))
    draw.rectangle((128, 262, 168, 440), fill=(52, 74, 120))
    draw.rectangle((176, 262, 216, 440), fill=(52, 74, 120))
    draw.rectangle((122, 440, 168, 462), fill=(20, 18, 18))
    draw.rectangle((176, 440, 222, 462), fill=(20, 18, 18))
    return image


def shop_with(tmp_path: Path, product: MakeProduct, encoder: str) -> Shop:
    settings = Settings(models_dir=tmp_path / "models", threads=1)
    catalogue = catalogue_of(product(0), product(1))
    return build(catalogue, tmp_path / "my.shop", encoder=encoder, settings=settings)


def test_each_box_is_searchable_and_named(tmp_path: Path, product: MakeProduct) -> None:
    photo = standing_person()
    with shop_with(tmp_path, product, "default") as shop:
        found = shop.find_garments(photo)
        assert 2 <= len(found) <= 5
        assert [g.score for g in found] == sorted((g.score for g in found), reverse=True)
        for garment in found:
            assert garment.article_type is None or not garment.article_type.unsure
            assert len(shop.search(image=photo, crop=garment.box)) == 2
    legs = next(garment for garment in found if garment.kind == "bottom")
    assert legs.box.sides == pytest.approx((0.37, 0.5, 0.64, 0.87), abs=0.12)


def test_encoders_without_types_give_the_same_boxes(tmp_path: Path, product: MakeProduct) -> None:
    with shop_with(tmp_path, product, "colour") as shop:
        found = shop.find_garments(standing_person())
    assert found
    assert {garment.article_type for garment in found} == {None}
    shown = found[0].to_json()
    assert shown.keys() == {"box", "kind", "score", "article_type"}
    assert all(0 <= side <= 1 for side in shown["box"])


def test_a_wall_wears_nothing_and_bytes_are_decoded(tmp_path: Path, product: MakeProduct) -> None:
    path = tmp_path / "wall.png"
    Image.new("RGB", (40, 50), (150, 140, 130)).save(path)
    with shop_with(tmp_path, product, "colour") as shop:
        assert shop.find_garments(path) == shop.find_garments(path.read_bytes()) == []
        with pytest.raises(ImageError):
            shop.find_garments(b"no photo")
