from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from tests.styles.planted import planted

from vitrine.styles.clustering import nearest
from vitrine.styles.novelty import strangeness, upper_fence, whitening_of
from vitrine.vectors import unit


def test_it_is_the_distance_of_mahalanobis() -> None:
    vectors, labels = planted(3, 400, dim=8)
    centroids = unit(np.array([vectors[labels == each].mean(axis=0) for each in range(3)]))
    whitening = whitening_of(vectors, centroids)
    apart = vectors - centroids[nearest(vectors, centroids)[0]]
    covariance = apart.T @ apart / len(apart)
    shrinkage = 0.01 + 8 / (10 * len(vectors))
    ball = np.trace(covariance) / 8 * np.eye(8)
    inverse = np.linalg.inv((1 - shrinkage) * covariance + shrinkage * ball)
    theirs = cdist(vectors, centroids, "mahalanobis", VI=inverse).min(axis=1) / np.sqrt(8)
    assert strangeness(vectors, centroids, whitening) == pytest.approx(theirs, rel=1e-3)


def test_what_varies_everywhere_counts_little() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[5, 0, 0, 0], [0, 5, 0, 0]], np.float32)
    vectors = np.repeat(centres, 300, axis=0) + rng.normal(size=(600, 4)) * [0.2, 0.2, 2, 0.2]
    whitening = whitening_of(vectors.astype(np.float32), centres)
    asked = np.repeat(centres[:1], 2, axis=0)
    asked[0, 2] = asked[1, 3] = 1.5
    usual, odd = strangeness(asked, centres, whitening).tolist()
    assert usual < 0.6
    assert odd > 3


def test_fewer_vectors_than_dimensions() -> None:
    vectors, _ = planted(2, 3, dim=64)
    whitening = whitening_of(vectors, vectors[[0, 3]])
    assert np.isfinite(strangeness(vectors, vectors[[0, 3]], whitening)).all()


def test_the_fence_by_hand() -> None:
    assert upper_fence(np.array([0.0, 1.0, 2.0, 3.0, 4.0])) == 3 + 1.5 * 2
