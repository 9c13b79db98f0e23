from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score
from tests.styles.planted import planted

from vitrine.errors import DataError, UsageError
from vitrine.evaluate.style_silhouettes import silhouettes
from vitrine.styles import (
    DEFAULT_RECIPE,
    RECIPES,
    assign,
    from_bytes,
    model_of,
    settled_model,
    to_bytes,
)
from vitrine.styles.model import projected

pytest.importorskip("torch")

from vitrine.train.styles import NAME, GradientDescentIntoStyle, recipe_called


def test_planted_styles_are_found_again_with_the_same_seed() -> None:
    vectors, labels = planted(6, 60, spread=0.4)
    recipe = GradientDescentIntoStyle(width=32, n_rounds=3)
    found = recipe.find(vectors, 6)
    model = model_of(NAME, found, vectors)
    rows = assign(model, vectors).styles
    assert adjusted_rand_score(labels, rows) > 0.7
    again = recipe.find(vectors, 6)
    assert (found.centroids == again.centroids).all()


def test_what_it_finds_is_kept_without_torch() -> None:
    vectors, _ = planted(6, 60, spread=0.4)
    found = GradientDescentIntoStyle(width=16, n_rounds=2).find(vectors, 5)
    model = settled_model(NAME, found, vectors, {})
    again = from_bytes(to_bytes(model))
    ours, theirs = assign(model, vectors), assign(again, vectors)
    assert (ours.styles == theirs.styles).all()
    assert (ours.confidences >= 0).all()
    assert (ours.confidences <= 1).all()
    moved = projected(found.projection, vectors)
    apart = np.linalg.norm(moved[:, None] - found.centroids, axis=2)
    assert ours.novelty == pytest.approx(apart.min(axis=1), abs=1e-2)
    assert found.limits.furthest == pytest.approx(apart.max(), rel=1e-3)
    expected = 1 - apart.min(axis=1) / apart.max()
    assert ours.confidences == pytest.approx(expected, abs=1e-2)


def test_novel_samples_add_clusters() -> None:
    vectors, _ = planted(30, 60, spread=1.0, dim=16)
    found = GradientDescentIntoStyle(width=16, n_rounds=4).find(vectors)
    assert 10 < len(found.centroids) <= 14


def test_bad_requests() -> None:
    with pytest.raises(UsageError, match="at least 2"):
        GradientDescentIntoStyle().find(planted(2, 9)[0], 1)
    with pytest.raises(DataError, match="needs 10"):
        GradientDescentIntoStyle().find(planted(1, 5)[0])


def test_a_name_may_say_the_width_of_the_embedding() -> None:
    vectors, _ = planted(6, 60, spread=0.4)
    recipe = recipe_called(f"{NAME}:16")
    assert recipe.name == f"{NAME}:16"
    assert recipe_called(NAME).name == NAME
    assert recipe_called(DEFAULT_RECIPE) is RECIPES[DEFAULT_RECIPE]
    found = GradientDescentIntoStyle(width=16, n_rounds=1).find(vectors, 5)
    assert found.centroids.shape == (5, 16)
    for wrong, why in ((f"{NAME}:1", "has 2 to"), (f"{NAME}:x", "has 2 to"), ("nme", "no recipe")):
        with pytest.raises(UsageError, match=why):
            recipe_called(wrong)


def test_its_own_space_is_measured_beside_chance() -> None:
    vectors, labels = planted(5, 40, spread=0.4)
    recipe = GradientDescentIntoStyle(width=16, n_rounds=2)
    model = model_of(NAME, recipe.find(vectors, 5), vectors)
    full, own = silhouettes(recipe, vectors, [(model, labels)])
    moved = projected(model.projection, vectors)
    assert own.found.figure == pytest.approx(silhouette_score(moved, labels), abs=1e-4)
    assert own.above.figure < own.found.figure
    assert full.found.figure == pytest.approx(
        silhouette_score(vectors, labels, metric="cosine"), abs=1e-4
    )
