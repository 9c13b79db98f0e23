from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.images.test_video import write_video
from tests.shop.conftest import catalogue_of

from vitrine.errors import QueryError
from vitrine.settings import Settings
from vitrine.shop import Shop, build
from vitrine.types import Product

COLOURS = {"red": (200, 30, 40), "green": (30, 160, 60), "blue": (40, 60, 200)}


@pytest.fixture
def shop(tmp_path: Path, settings: Settings) -> Iterator[Shop]:
    """A product of each colour."""
    products: list[Product] = []
    for name, colour in COLOURS.items():
        photo = tmp_path / f"{name}.png"
        Image.new("RGB", (48, 64), colour).save(photo)
        products.append(Product(name, title=f"{name} cloth", photos=(str(photo),)))
    with build(catalogue_of(*products), tmp_path / "my.shop", settings=settings) as opened:
        yield opened


def test_each_product_once_at_its_best_moment(shop: Shop, tmp_path: Path) -> None:
    order = [COLOURS[name] for name in ("blue", "red", "blue")]
    found = shop.search_video(write_video(tmp_path / "film.mp4", order), k=2)
    assert found.frames == (0, 1)
    best = {hit.product_id: hit.why["at_s"][0] for hit in found.hits}
    assert best == {"blue": 0, "red": 1}
    assert [hit.score for hit in found.hits] == sorted((h.score for h in found.hits), reverse=True)
    assert found.to_json().keys() == {"took_ms", "frames", "hits"}
    near = shop.search_video(tmp_path / "film.mp4", min_score=0.9)
    assert {hit.product_id for hit in near.hits} == {"blue", "red"}


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"image": b"x"}, "image goes with a photo"),
        ({"sort": "newest"}, "sort goes with a photo"),
        ({"k": 0}, "ask for at least one hit"),
    ],
)
def test_what_a_video_cannot_be_asked_with(
    shop: Shop, asked: dict[str, object], complaint: str
) -> None:
    with pytest.raises(QueryError, match=complaint):
        shop.search_video("gone.mp4", **asked)
