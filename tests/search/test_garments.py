from __future__ import annotations

import numpy as np
import pytest

from vitrine.search import Box, garment_boxes, overlap

KINDS = ("top", "outerwear", "dress", "bottom", "bag")


def likely(
    **places: tuple[slice, slice, float],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    out = np.zeros((len(KINDS), 20, 20), np.float32)
    for kind, (rows, columns, value) in places.items():
        out[KINDS.index(kind), rows, columns] = value
    return out


def test_a_box_for_each_kind_the_surest_first() -> None:
    top = (slice(2, 8), slice(5, 15), 0.7)
    bottom = (slice(8, 18), slice(6, 14), 0.9)
    found = garment_boxes(likely(top=top, bottom=bottom), KINDS)
    assert [(each.kind, each.box.sides) for each in found] == [
        ("bottom", (0.3, 0.4, 0.7, 0.9)),
        ("top", (0.25, 0.1, 0.75, 0.4)),
    ]
    assert found[0].score == pytest.approx(0.9)


def test_stray_patches_are_left_out_and_a_pair_is_one() -> None:
    shown = likely(bag=(slice(5, 10), slice(2, 8), 0.8))
    shown[KINDS.index("bag"), 15:19, 12:16] = 0.8
    shown[KINDS.index("bag"), 0, 19] = 0.8
    [bag] = garment_boxes(shown, KINDS)
    assert bag.box.sides == (0.1, 0.25, 0.8, 0.95)


def test_kinds_that_nobody_can_tell_apart_are_one_box() -> None:
    shown = likely(top=(slice(2, 9), slice(5, 15), 0.25), dress=(slice(2, 9), slice(5, 15), 0.2))
    [found] = garment_boxes(shown, KINDS)
    assert found.kind == "top"
    assert found.box.sides == (0.25, 0.1, 0.75, 0.45)
    assert found.score < 0.45


def test_at_most_as_many_as_asked_and_nothing_where_nothing_is() -> None:
    shown = np.random.default_rng(0).dirichlet(np.full(6, 0.2), (20, 20)).transpose(2, 0, 1)[:5]
    assert len(garment_boxes(shown, KINDS)) <= 5
    spread = likely(top=(slice(0, 9), slice(0, 20), 0.8), bag=(slice(9, 15), slice(3, 9), 0.6))
    assert [each.kind for each in garment_boxes(spread, KINDS, most=1)] == ["top"]
    assert garment_boxes(np.zeros((len(KINDS), 20, 20)), KINDS) == []
    assert garment_boxes(likely(top=(slice(0, 1), slice(0, 1), 1.0)), KINDS) == []


def test_overlap() -> None:
    assert overlap(Box(0, 0, 1, 1), Box(0, 0, 1, 1)) == 1
    assert overlap(Box(0, 0, 0.5, 0.5), Box(0.5, 0.5, 1, 1)) == 0
    assert overlap(Box(0, 0, 0.5, 1), Box(0, 0, 1, 0.5)) == pytest.approx(1 / 3)
