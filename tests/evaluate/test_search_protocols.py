"""What search does with changes, typed titles and groups, on shops drawn on the spot."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from vitrine.evaluate import (
    Contestant,
    Examples,
    composed_results,
    evaluate,
    grouping_results,
    hybrid_results,
    open_contestants,
)
from vitrine.evaluate.composed import has_pairs, questions_of, words_for
from vitrine.evaluate.grouping import has_repeats, threshold_results
from vitrine.evaluate.hybrid import misspelt
from vitrine.evaluate.results import Result
from vitrine.evaluate.shops import products_of
from vitrine.search.spelling import distance
from vitrine.settings import Settings


@pytest.fixture
def main_photos(shop: Examples) -> Examples:
    return shop.only(shop.main)


def figures(results: list[Result]) -> dict[tuple[str, str], float]:
    return {(r.measure, r.contestant): r.figure for r in results}


def test_products_say_everything_or_nothing(main_photos: Examples) -> None:
    said = products_of(main_photos, said=True)[0]
    assert (said.title, said.colour, said.article_type) == ("Red Tshirts", "Red", "Tshirts")
    assert (said.item_group_id, said.pattern) == ("design0", "Striped")
    bare = products_of(main_photos, said=False)[0]
    assert bare.photos == said.photos
    assert (bare.title, bare.colour, bare.item_group_id, bare.extra) == ("", "", "", {})


def test_questions_change_one_attribute_and_somebody_has_it(main_photos: Examples) -> None:
    questions = questions_of(main_photos)
    # green and blue are solid, so their colour or type may change; red is striped, so its type
    assert len(questions) == 9
    for question in questions:
        assert (question.changed & question.kept).any()
        assert not question.changed[question.row]
        assert question.kept[question.row]
        for head in {"article_type", "base_colour", "pattern"} - {question.head}:
            labels = main_photos.labels[head]
            assert (labels[question.kept] == labels[question.row]).all()
    asked = [(q.row, q.words) for q in questions]
    assert asked == [(q.row, q.words) for q in questions_of(main_photos)]
    assert {q.head for q in questions} <= {"article_type", "base_colour"}
    assert words_for("sleeve", "none") == "sleeveless"


def test_a_shop_that_says_everything_changes_what_was_asked(
    contestant: Contestant, main_photos: Examples
) -> None:
    found = figures(composed_results(contestant, main_photos))
    assert found["said: R@10", "but"] == 1
    assert found["said: share of the wanted found", "but"] == 1
    assert found["said, product page: share of the wanted found", "but"] == 1
    # nine products fit into ten places: all are found, whatever the ranking
    assert found["hidden: R@10", "photo alone"] == 1
    assert found["hidden: asked attribute changed", "photo alone"] == pytest.approx(0.3)


def test_titles_are_found_by_words_and_by_photos(
    contestant: Contestant, main_photos: Examples
) -> None:
    found = figures(hybrid_results(contestant, main_photos))
    assert found["all say words, as written: R@1", "words alone"] == 1
    assert found["all say words, as written: R@1", "hybrid"] == 1
    # the eye knows colours, not types: one title of three is right
    assert found["all say words, as written: R@1", "photos alone"] < 1
    half = found["half say words, as written: R@10", "words alone"]
    assert half < found["half say words, as written: R@10", "hybrid"] == 1
    blind = open_contestants(["colour"], Settings(threads=1), baselines=False)[0]
    assert hybrid_results(blind, main_photos) == []


def test_designs_are_grouped_away(contestant: Contestant, main_photos: Examples) -> None:
    found = figures(grouping_results(contestant, main_photos))
    # nine products, three designs: of the eight others two are new
    assert found["repeats in the top 12", "not grouped"] == pytest.approx(6 / 8)
    assert found["repeats in the top 12", "by item_group_id"] == 0


def test_thresholds_part_pairs() -> None:
    angles = np.radians([0, 1, 40, 41, 50])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    groups = np.array([0, 0, 1, 1, 1])
    found = {r.measure: (r.figure, r.n) for r in threshold_results(vectors, groups, 0.99)}
    assert found["pairs above it that are of one group"] == (1.0, 2)
    assert found["pairs of one group that are above it"] == (0.5, 4)
    precise, n = found["cosine above which 95% are of one group"]
    assert (precise, n) == (pytest.approx(np.cos(np.radians(10))), 4)


def test_a_typo_is_one_edit_of_every_long_word() -> None:
    typist = random.Random(0)
    for _ in range(200):
        typed = misspelt("Navy striped shirt", typist).split(" ")
        assert typed[0] == "Navy"
        assert max(distance(typed[1], "striped"), distance(typed[2], "shirt")) <= 1


def test_they_are_asked_for_by_name(contestant: Contestant, shop: Examples, tmp_path: Path) -> None:
    assert has_pairs(shop)
    assert has_repeats(shop)
    found = evaluate(shop, [contestant], ["grouping"], folder=tmp_path)
    assert found.contestants == ["colour-eye"]
    result = found.find("grouping", "repeats in the top 12, by item_group_id", "colour-eye")
    assert result is not None
    assert result.figure == 0
    bare = shop.only(np.arange(len(shop)) == 0)
    assert not has_pairs(bare)
    assert not has_repeats(bare)
