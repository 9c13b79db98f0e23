from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.index import choice_column
from vitrine.styles import Looks, MergedPrototypes, StyleBoard, fitting, settled_model, wardrobe_of
from vitrine.styles.separation import likely_distance
from vitrine.styles.wardrobe import groups_within
from vitrine.vectors import unit

N_STYLES = 9


@pytest.fixture(scope="module")
def board() -> StyleBoard:
    vectors, labels = planted(N_STYLES, 80, spread=0.5)
    ids = tuple(f"p{row:03}" for row in range(len(vectors)))
    said = {"article_type": choice_column([f"Type {label}" for label in labels])}
    model = settled_model("r", MergedPrototypes().find(vectors, N_STYLES), vectors, said)
    return StyleBoard(model, Looks(np.arange(len(ids)), ids, vectors, said))


def test_photos_are_put_together_and_styles_found(board: StyleBoard) -> None:
    vectors, labels = planted(N_STYLES, 80, spread=0.5)
    rows = [*np.flatnonzero(labels == 2)[:3], *np.flatnonzero(labels == 4)[:2]]
    found = wardrobe_of(vectors[rows], board)
    assert [look.photos for look in found.looks] == [(0, 1, 2), (3, 4)]
    assert found.matched
    assert found.best == found.looks[0].style == board.membership.styles[rows[0]]
    assert found.outliers == ()
    assert found.shares.sum() == pytest.approx(1)
    assert found.shares[found.best] == pytest.approx(0.6, abs=0.05)


def test_what_looks_like_no_product_matches_none(board: StyleBoard) -> None:
    own = -unit(board.model.centroids.mean(axis=0, keepdims=True))
    found = wardrobe_of(own, board)
    assert not found.matched
    assert found.outliers == (0,)
    assert not found.shares.any()


def test_products_of_the_same_taste_fit_best(board: StyleBoard) -> None:
    vectors, labels = planted(N_STYLES, 80, spread=0.5)
    centres = board.model.centroids[board.membership.styles]
    liked = np.flatnonzero(labels == 0)[:20]
    taste = unit((vectors[liked] - centres[liked])[:1])[0]
    photos = unit(vectors[liked[:1]])
    others = np.flatnonzero(labels == 3)
    scores = fitting(wardrobe_of(photos, board), board, others)
    beyond = (vectors[others] - centres[others]) @ taste
    assert np.corrcoef(scores, beyond)[0, 1] > 0.5
    same = fitting(wardrobe_of(photos, board), board, np.flatnonzero(labels == 0))
    assert same.mean() > scores.mean()


def test_groups_within_a_distance() -> None:
    vectors = unit(np.array([[1, 0.0], [1, 0.1], [0, 1], [-1, 0]]))
    assert len(set(groups_within(vectors, 0.1)[:2].tolist())) == 1
    assert len(set(groups_within(vectors, 0.1).tolist())) == 3
    assert len(set(groups_within(vectors, 1.9).tolist())) == 1
    assert groups_within(vectors[:1], 0.1).tolist() == [0]


def test_the_likely_distance_splits_planted_styles() -> None:
    vectors, labels = planted(4, 100, spread=0.4)
    distance = likely_distance(vectors, labels)
    apart = 1 - vectors @ vectors.T
    same = labels[:, None] == labels
    assert (apart[same] <= distance).mean() > 0.97
    assert (apart[~same] > distance).mean() > 0.97
    assert likely_distance(vectors, np.zeros(len(labels), dtype=np.int64)) > 0
