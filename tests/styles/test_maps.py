from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import DataError
from vitrine.styles.maps import (
    StyleMap,
    draw_map,
    map_from_bytes,
    map_to_bytes,
    placed,
    shift,
)
from vitrine.types import Rows, Vectors


def named(rows: Rows) -> list[str]:
    return [f"p{row}" for row in rows.tolist()]


@pytest.fixture(scope="module")
def looks() -> tuple[Vectors, Rows]:
    return planted(6, 50)


@pytest.fixture(scope="module")
def first(looks: tuple[Vectors, Rows]) -> StyleMap:
    return draw_map(named(np.arange(300)), looks[0], "e")


def share_of_own(found: StyleMap, labels: Rows) -> float:
    """Of each product's ten nearest on the map, those of its own style."""
    apart = np.linalg.norm(found.positions[:, None] - found.positions[None], axis=2)
    beside = np.argsort(apart, axis=1)[:, 1:11]
    return float((labels[beside] == labels[:, None]).mean())


def test_what_looks_alike_lies_side_by_side(first: StyleMap, looks: tuple[Vectors, Rows]) -> None:
    assert share_of_own(first, looks[1]) > 0.95
    assert np.abs(first.positions).max() == pytest.approx(1)
    assert first.drawn.all()


def test_what_is_not_drawn_lies_beside_its_neighbours(looks: tuple[Vectors, Rows]) -> None:
    found = draw_map(named(np.arange(300)), looks[0], "e", most_drawn=120)
    assert np.count_nonzero(found.drawn) == 120
    assert share_of_own(found, looks[1]) > 0.9
    fewer = draw_map(named(np.arange(290)), looks[0][:290], "e", most_drawn=120)
    both = np.count_nonzero(found.drawn[:290] & fewer.drawn)
    assert both >= np.count_nonzero(found.drawn[:290])  # whoever was drawn is drawn again


def test_the_same_map_comes_again(first: StyleMap, looks: tuple[Vectors, Rows]) -> None:
    again = draw_map(named(np.arange(300)), looks[0], "e")
    assert np.array_equal(first.positions, again.positions)


def test_products_stay_where_they_were(first: StyleMap, looks: tuple[Vectors, Rows]) -> None:
    """A fifth of the shop is new, and the order is another one."""
    more = planted(6, 60)[0]  # the same directions
    rows = np.random.default_rng(1).permutation(300)[:240]
    ids = [*named(rows), *(f"new{n}" for n in range(60))]
    vectors = np.concatenate([looks[0][rows], more[-60:]])
    again = draw_map(ids, vectors, "e", before=first)
    assert shift(first, again) < 0.15
    assert shift(first, again) < shift(first, draw_map(ids, vectors, "e"))


def test_a_map_is_kept(first: StyleMap) -> None:
    kept = map_from_bytes(map_to_bytes(first))
    assert kept.product_ids == first.product_ids
    assert np.array_equal(kept.positions, first.positions)
    assert kept.drawn.all()
    assert kept.encoder_sha256 == "e"
    with pytest.raises(DataError, match="vitrine styles map"):
        map_from_bytes(b"something else")


def test_copies_lie_where_the_first_one_does(first: StyleMap, looks: tuple[Vectors, Rows]) -> None:
    five_copies = np.repeat(looks[0][:1], 5, axis=0)
    there = np.repeat(first.positions[:1], 5, axis=0)
    assert placed(looks[0][:1], five_copies, there).tolist() == there[:1].tolist()


def test_small_shops(looks: tuple[Vectors, Rows]) -> None:
    with pytest.raises(DataError, match="3 products have a photo"):
        draw_map(["a", "b", "c"], looks[0][:3], "e")
    assert np.isfinite(draw_map(list("abcd"), looks[0][:4], "e").positions).all()
    copies = draw_map(list("abcdef"), np.repeat(looks[0][:1], 6, axis=0), "e")
    assert np.isfinite(copies.positions).all()


def test_nothing_shared_tells_no_shift(first: StyleMap) -> None:
    other = StyleMap("e", ("x",), np.zeros((1, 2), np.float32), np.ones(1, np.bool_))
    assert np.isnan(shift(first, other))
