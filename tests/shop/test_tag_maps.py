from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.shop.conftest import MakePhoto, MakeProduct, catalogue_of

import vitrine
from vitrine.errors import ImageError, QueryError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, TagExplanation, build, explain_tags


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Iterator[Shop]:
    catalogue = catalogue_of(product(0), product(1))
    with build(catalogue, tmp_path / "s.shop", encoder="default", settings=settings) as opened:
        yield opened


def shirt(at: int = 10, size: tuple[int, int] = (120, 160)) -> Image.Image:
    """A red block on white, its left edge at a column."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((at, 30, at + 45, 130), fill=(180, 20, 40))
    return image


def check(found: TagExplanation) -> None:
    """Cells and what is placeless sum to the score."""
    for each in found.maps:
        assert each.placeless is not None
        total = float(each.heat.values.sum(dtype=np.float64)) + each.placeless
        assert total == pytest.approx(each.score, abs=1e-3)


def test_every_attribute_has_its_surest_tag_and_an_exact_map(settings: Settings) -> None:
    found = explain_tags(shirt(), encoder="default", settings=settings)
    check(found)
    assert found.encoder == "default"
    assert [each.attribute for each in found.maps][:4] == [
        *("gender", "master_category", "sub_category", "article_type")
    ]
    assert {each.method for each in found.maps} == {"exact"}
    colour = {each.attribute: each.tag.value for each in found.maps}["base_colour"]
    assert colour in ("Red", "Maroon")
    told = found.to_json()["tags"][0]
    assert {"attribute", "value", "confidence", "unsure", "method", "score", "placeless"} < {*told}
    assert (told["map"]["rows"], told["map"]["columns"]) == (10, 8)


def test_the_colour_is_where_the_garment_is(settings: Settings) -> None:
    for at, part in ((5, np.s_[:, :4]), (70, np.s_[:, 4:])):
        [red] = explain_tags(
            shirt(at), encoder="default", tags=["base_colour=red"], settings=settings
        ).maps
        assert red.tag.value == "Red"
        assert np.abs(red.heat.values[part]).sum() > 0.6 * np.abs(red.heat.values).sum()


def test_a_crop_and_another_shape_lose_nothing(settings: Settings) -> None:
    wide = shirt(size=(300, 160))
    found = explain_tags(
        wide, encoder="default", tags=["usage"], crop="0.1,0,0.9,0.5", settings=settings
    )
    check(found)
    [usage] = found.maps
    assert usage.heat.box.sides == pytest.approx((0.1, 0, 0.9, 0.5))
    assert usage.heat.margins != 0


def test_a_shop_sees_with_its_own_encoder(shop: Shop, photo: MakePhoto) -> None:
    found = shop.explain_tags(photo(1), tags=["article_type", "article_type=Dresses"])
    check(found)
    surest, dress = found.maps
    assert surest.tag.confidence >= dress.tag.confidence
    assert dress.tag.value == "Dresses"


def test_it_is_at_the_front_door(settings: Settings, photo: MakePhoto) -> None:
    found = vitrine.explain_tags(photo(2), tags=["season"], settings=settings)
    assert [each.attribute for each in found.maps] == ["season"]


def test_what_cannot_be_asked(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no attribute is called 'colour'.*'base_colour'"):
        explain_tags(shirt(), encoder="default", tags=["colour"], settings=settings)
    with pytest.raises(UsageError, match="no season is called 'spring time'"):
        explain_tags(shirt(), encoder="default", tags=["season=spring time"], settings=settings)
    with pytest.raises(UsageError, match="these have: default, and runs"):
        explain_tags(shirt(), encoder="colour", settings=settings)
    with pytest.raises(QueryError, match="crop"):
        explain_tags(shirt(), encoder="default", crop="1,2,3", settings=settings)
    (tmp_path / "no.jpg").write_bytes(b"no photo")
    with pytest.raises(ImageError):
        explain_tags(tmp_path / "no.jpg", encoder="default", settings=settings)
