from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples
from tests.styles.planted import planted

from vitrine.styles.separation import cosine_silhouettes, group_sums, shuffled


@pytest.mark.parametrize("n_groups", [2, 5, 9])
def test_as_scikit_learn_has_it(n_groups: int) -> None:
    vectors, labels = planted(4, 30, spread=1.5)
    groups = np.random.default_rng(n_groups).integers(0, n_groups, len(labels))
    groups[0] = n_groups  # alone in its group
    ours = cosine_silhouettes(vectors, groups)
    assert ours == pytest.approx(silhouette_samples(vectors, groups, metric="cosine"), abs=1e-5)
    assert ours[0] == 0


def test_one_group_says_nothing() -> None:
    vectors, labels = planted(1, 5)
    assert not cosine_silhouettes(vectors, labels).any()


def test_sums_in_blocks() -> None:
    vectors, labels = planted(3, 6000, dim=4)
    expected = [vectors[labels == group].sum(axis=0) for group in range(3)]
    assert group_sums(vectors, labels, 3) == pytest.approx(np.array(expected), rel=1e-3)


def test_shuffling_keeps_each_dimension_and_loses_the_groups() -> None:
    vectors, labels = planted(4, 50, spread=0.3)
    mixed = shuffled(vectors)
    assert np.linalg.norm(mixed, axis=1) == pytest.approx(np.ones(len(mixed)), abs=1e-5)
    assert cosine_silhouettes(vectors, labels).mean() > 0.7
    assert abs(cosine_silhouettes(mixed, labels).mean()) < 0.1
