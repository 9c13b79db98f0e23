from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from vitrine.compare import MATCH, shipped_model
from vitrine.errors import DataError, ShapeError
from vitrine.evaluate.comparing import (
    REPORT,
    average_precision,
    labels_of,
    match_figures,
    precision_at_recall,
    probabilities,
    read_five_shops,
    read_pairs,
    rows_of,
    same_brand_and_title,
    side_of,
    tfidf_cosine,
)
from vitrine.types import Product

PAIRS = Path(__file__).parents[2] / "benchmarks" / "compare_pairs.csv"


def test_the_labelled_pairs_are_as_many_and_as_hard_as_they_should_be() -> None:
    pairs = read_pairs(PAIRS)
    assert len(pairs) >= 150
    assert len({frozenset((pair.left, pair.right)) for pair in pairs}) == len(pairs)
    assert sum("cross" in pair.stratum for pair in pairs) >= 60
    company = {"AJIO-TRENDS": "AJIO"}
    for pair in pairs:
        one, other = (side.split(":")[0] for side in (pair.left, pair.right))
        across = company.get(one, one) != company.get(other, other)
        assert across == ("cross" in pair.stratum)
        assert one != other
    hard = [p for p in pairs if (p.label != MATCH and "title" in p.stratum) or "brand" in p.stratum]
    assert len(hard) >= sum(pair.label != MATCH for pair in pairs) / 2


def test_the_file_holds_ids_and_labels_only() -> None:
    with PAIRS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert set(row) == {"left", "right", "label", "certainty", "stratum"}
            assert all(row[side].split(":")[1].isdigit() for side in ("left", "right"))


def test_a_label_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("left,right,label,certainty,stratum\na,b,same,sure,x\n", encoding="utf-8")
    with pytest.raises(DataError, match="'same' is no label"):
        read_pairs(path)


scored = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30)


@given(scored)
def test_average_precision_is_scikit_learns_ties_too(pairs: list[tuple[int, bool]]) -> None:
    scores, truth = (np.array(side) for side in zip(*pairs, strict=True))
    if truth.any():
        expected = average_precision_score(truth, scores)
        assert average_precision(scores / 5, truth) == pytest.approx(expected)


@pytest.mark.parametrize(("recall", "precision"), [(0.5, 1.0), (0.6, 2 / 3), (1.0, 2 / 3)])
def test_precision_at_recall(recall: float, precision: float) -> None:
    scores, truth = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert precision_at_recall(scores, truth, recall) == pytest.approx(precision)


def test_a_figure_without_a_match_is_refused() -> None:
    with pytest.raises(ShapeError, match="no match"):
        match_figures(np.zeros(3), np.zeros(3, bool), np.arange(3), calibrated=True)


def test_baselines_compare_words() -> None:
    products = [
        Product("a", title="Slim Wool Polo", brand="Fjord"),
        Product("b", title="FJORD polo, wool, slim", brand="fjord"),
        Product("c", title="Linen scarf", brand="Fjord"),
    ]
    left, right = np.array([0, 0]), np.array([1, 2])
    assert same_brand_and_title(products, left, right).tolist() == [1, 0]
    near, far = tfidf_cosine(products, left, right)
    assert near > far


@pytest.mark.real_data
def test_listings_of_unseen_brands_are_matched(real_data: Path) -> None:
    shops = read_five_shops(real_data / "shops" / "products_2020_5shops.csv")
    assert not any(p.link or p.item_group_id or p.extra for p in shops.products)
    listings = shops.listings()
    pairs = [
        pair
        for pair in read_pairs(PAIRS)
        if side_of(shops.products[listings.row_of[pair.left]]) == REPORT
    ]
    left, right = rows_of(listings, pairs)
    truth = labels_of(pairs) == MATCH
    ours = probabilities(listings, shipped_model(), left, right)
    theirs = tfidf_cosine(shops.products, left, right)
    assert average_precision(ours, truth) > 0.9
    assert average_precision(ours, truth) > average_precision(theirs, truth) + 0.1
