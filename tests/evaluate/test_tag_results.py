from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitrine.evaluate import Contestant, Examples, HeadTags
from vitrine.evaluate.results import Result
from vitrine.evaluate.tag_results import (
    head_results,
    majority_results,
    measure_tags,
    reliability_of,
)


def figures(results: list[Result]) -> dict[str, float]:
    return {result.measure: result.figure for result in results}


def test_a_head_by_hand() -> None:
    values = np.array(["Men", "Women", "Women", "Men", "Boys"])
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    tags = HeadTags(values, confidence, confidence < 0.65)
    labels = np.array(["men", "women", "men", "", "girls"])
    known = labels != ""
    found = figures(head_results("gender", tags, labels, known, np.array([*"abcd"]), "x"))
    assert found["gender accuracy"] == 2 / 4
    # men 2/3, women 2/3, girls 0; boys are only guessed
    assert found["gender macro-F1"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert found["gender precision where sure"] == pytest.approx(2 / 3)
    assert found["gender coverage where sure"] == 3 / 4
    assert found["gender precision at 80 % coverage"] == pytest.approx(2 / 3)
    assert found["gender ECE"] == pytest.approx((0.1 + 0.2 + 0.7 + 0.5) / 4)
    assert 0 < found["gender ECE of a perfect model, 95th percentile"] < 1


def test_never_sure_is_no_number() -> None:
    tags = HeadTags(np.array(["Men"]), np.array([0.5]), np.array([True]))
    labels = np.array(["men"])
    found = figures(head_results("gender", tags, labels, labels != "", labels, "x"))
    assert np.isnan(found["gender precision where sure"])
    assert found["gender coverage where sure"] == 0


def test_majority_by_hand(shop: Examples) -> None:
    found = figures(majority_results(shop))
    assert found["base_colour accuracy"] == 1 / 3
    assert found["pattern accuracy"] == 2 / 3
    assert "season accuracy" not in found


def test_a_head_of_one_value_is_no_test(contestant: Contestant, shop: Examples) -> None:
    same = replace(shop, labels={**shop.labels, "base_colour": np.full(18, "Red")})
    assert measure_tags(contestant, same) == []
    assert reliability_of(contestant, same) == {}
    assert "base_colour accuracy" not in figures(majority_results(same))


def test_an_encoder_with_tags(contestant: Contestant, shop: Examples) -> None:
    results = measure_tags(contestant, shop)
    found = figures(results)
    assert found["base_colour accuracy"] == 1
    assert found["base_colour ECE"] == pytest.approx(0.1)
    assert {result.n for result in results} == {18}
    [(head, bins)] = reliability_of(contestant, shop).items()
    assert head == "base_colour"
    assert sum(b.n for b in bins) == 18
