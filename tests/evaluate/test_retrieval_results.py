from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitrine.evaluate import Contestant, Examples
from vitrine.evaluate.photo_to_shop import shop_results
from vitrine.evaluate.results import Result
from vitrine.evaluate.retrieval_results import (
    kind_results,
    measure_senders,
    measure_siblings,
    measure_similar,
    measure_two_photos,
    precision_results,
    sender_results,
    sibling_results,
    two_photo_results,
)
from vitrine.vectors import unit


def figures(results: list[Result]) -> dict[str, float]:
    return {result.measure: result.figure for result in results}


def circle(*degrees: float) -> np.ndarray:
    """Unit vectors at angles: what is near is easy to see."""
    radians = np.deg2rad(degrees)
    return unit(np.stack([np.cos(radians), np.sin(radians)], axis=1))


def test_siblings_by_hand() -> None:
    # 0 and 1 are a design next to each other; 10's sibling is third from it; 90 has none
    found = figures(
        sibling_results(circle(0, 1, 10, 90, 14, 12), np.array([1, 1, 2, 3, 2, -1]), "x")
    )
    assert found["sibling recall@1"] == pytest.approx((1 + 1 + 0 + 0) / 4)
    assert found["sibling recall@10"] == 1


def test_similar_by_hand() -> None:
    kinds, groups = np.array([1, 1, 2, 1]), np.array([0, 1, 2, 3])
    near = np.array([[2, 1, 3], [0, 3, 2], [0, 1, 3], [2, 0, 1]])
    near = np.pad(near, [(0, 0), (0, 7)], constant_values=-1)
    found = figures(kind_results(near, kinds, groups, "x"))
    # the one of kind 2 has no partner and does not ask; each of the others has two
    precisions = [(1 / 2 + 2 / 3) / 2, (1 + 1) / 2, (1 / 2 + 2 / 3) / 2]
    assert found["same type and colour mAP@10"] == pytest.approx(np.mean(precisions))
    assert found["same type and colour P@1"] == pytest.approx(1 / 3)
    assert found["same type and colour P@10"] == pytest.approx(2 / 10)
    assert found["same type and colour R@10"] == 1


def test_a_label_that_never_differs_says_nothing() -> None:
    near = np.zeros((2, 10), np.int64)
    assert precision_results("type", near, np.array([1, 1]), np.arange(2), "x") == []
    assert kind_results(near, np.array([1, 2]), np.arange(2), "x") == []


def test_own_photos_of_a_sender_do_not_count() -> None:
    labels, senders = np.array([1, 1, 2, 1]), np.array([0, 0, 1, 1])
    found = figures(sender_results(circle(0, 1, 2, 40), labels, senders, "x"))
    # 0 and 1 see sender 1's 2 first, 2 (the only one of its label) sees 1, 40 sees 1
    assert found["label P@1, other sender"] == pytest.approx((0 + 0 + 0 + 1) / 4)


def test_two_photos_by_hand() -> None:
    shop = circle(0, 50), np.array([1, 2])
    scene = circle(40, 51), np.array([1, 2])
    found = figures(two_photo_results(shop, scene, "x"))
    assert found["shop photo finds scene R@1"] == 1
    assert found["scene finds shop photo R@1"] == 0.5
    assert found["both ways R@1"] == 0.75


def test_a_copy_that_another_shop_sells_is_right() -> None:
    shop = circle(0, 50), np.array([1, 1])
    scene = circle(49, 1), np.array([1, 1])
    assert figures(two_photo_results(shop, scene, "x"))["both ways R@1"] == 1


def test_photo_to_shop_by_hand() -> None:
    groups = np.arange(6)
    gallery = circle(0, 20, 40, 60, 80, 100)
    queries = circle(1, 21, 41, 61, 81, 19)
    found = figures(shop_results(queries, gallery, groups, "x"))
    assert found["simulated R@1"] == pytest.approx(5 / 6)
    assert found["simulated R@5"] == pytest.approx(5 / 6)
    assert found["simulated MRR"] == pytest.approx((5 + 1 / 6) / 6)
    assert "simulated R@10" not in found


def test_colour_alone_on_the_toy_shop(contestant: Contestant, shop: Examples) -> None:
    similar = figures(measure_similar(contestant, shop))
    assert "same type and colour P@1" not in similar  # no two products share both
    assert similar["type P@1"] < 0.4
    siblings = figures(measure_siblings(contestant, shop))
    assert siblings["sibling recall@10"] == 1
    assert siblings["sibling recall@1"] <= 0.5
    assert 0 < figures(measure_two_photos(contestant, shop))["both ways R@1"] <= 1


def test_shoppers_photos_are_asked_by_label(contestant: Contestant, shop: Examples) -> None:
    senders = np.array([f"s{n % 3}" for n in range(18)])
    phone = replace(shop, senders=senders, sender_labels=shop.labels["base_colour"])
    found = figures(measure_senders(contestant, phone))
    assert found["label P@1, other sender"] > 0.9
    assert (
        found["label P@10, other sender"] == 3 / 10
    )  # of six photos of a colour, others took three
