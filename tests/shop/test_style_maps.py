from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.shop.conftest import MakeProduct, catalogue_of

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, build, open_shop
from vitrine.shop.style_maps import style_colour


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Shop:
    catalogue = catalogue_of(*(product(number) for number in range(24)))
    return build(catalogue, tmp_path / "my.shop", settings=settings)


def test_a_map_is_drawn_kept_and_shown(shop: Shop, settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="vitrine styles fit"):
        shop.style_maps.draw()
    shop.styles.fit(3)
    with pytest.raises(NotFoundError, match="vitrine styles map"):
        shop.style_maps.show()
    drawn = shop.style_maps.draw().to_json()
    assert drawn["products"] == drawn["drawn"] == 24
    assert drawn["shift"] is None
    with open_shop(shop.location, settings=settings) as again:
        shown = again.style_maps.show()
        style_of = {product_id: style for product_id, style, _ in again.styles.members()}
    told = shown.to_json()
    assert set(told["product_ids"]) == set(style_of)
    for product_id, style in zip(told["product_ids"], told["style"], strict=True):
        assert told["styles"][style]["style_id"] == style_of[product_id]
    assert max(map(abs, told["x"] + told["y"])) == told["scale"]
    assert [each.size for each in shown.places] == sorted(
        (each.size for each in shown.places), reverse=True
    )


def test_what_came_since_lies_beside_its_like(shop: Shop, product: MakeProduct) -> None:
    shop.styles.fit(3)
    shop.style_maps.draw()
    before = shop.style_maps.show()
    assert shop.style_maps.show() is before
    shop.add([product(100 + n, 5) for n in range(5)])  # photos of another one
    shop.delete("p007")
    after = shop.style_maps.show()
    places = dict(zip(after.product_ids, after.positions, strict=True))
    old = dict(zip(before.product_ids, before.positions, strict=True))
    assert set(places) == {*old, *(f"p{100 + n}" for n in range(5))} - {"p007"}
    for product_id in set(places) & set(old):
        assert places[product_id].tolist() == old[product_id].tolist()
    away = [np.linalg.norm(places["p100"] - places[each]) for each in old if each != "p007"]
    near = np.linalg.norm(places["p100"] - places["p005"])
    assert near <= np.median(away)


def test_drawing_again_says_how_far_products_moved(shop: Shop, product: MakeProduct) -> None:
    shop.styles.fit(3)
    shop.style_maps.draw()
    shop.add([product(200)])
    again = shop.style_maps.draw()
    assert again.n_products == 25
    assert again.shift is not None
    assert again.shift < 0.6


def test_fewer_are_drawn_than_there_are(shop: Shop) -> None:
    shop.styles.fit(3)
    assert shop.style_maps.draw(most_drawn=12).n_drawn == 12
    shown = shop.style_maps.show()
    assert len(shown.product_ids) == 24
    assert len(shown.to_json(12)["product_ids"]) == 12
    with pytest.raises(UsageError, match="not 3"):
        shop.style_maps.draw(most_drawn=3)


def test_another_encoder_needs_another_map(shop: Shop, second_encoder: Path) -> None:
    shop.styles.fit(3)
    shop.style_maps.draw()
    shop.reindex(second_encoder)
    shop.styles.fit(3)
    with pytest.raises(DataError, match="another encoder"):
        shop.style_maps.show()
    assert shop.style_maps.draw().shift is None
    assert len(shop.style_maps.show().product_ids) == 24


def test_nothing_of_the_map_is_left(shop: Shop, product: MakeProduct) -> None:
    shop.styles.fit(3)
    shop.style_maps.draw()
    shop.add([product(100 + n) for n in range(4)])
    shop.delete([f"p{number:03}" for number in range(24)])
    with pytest.raises(NotFoundError, match="draw it anew"):
        shop.style_maps.show()


def test_no_two_of_many_styles_have_one_colour() -> None:
    assert len({style_colour(place) for place in range(60)}) == 60
