from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score
from tests.styles.planted import planted

from vitrine.errors import DataError, UsageError
from vitrine.styles.clustering import Prototypes, cluster, cut, nearest, ward_tree


def test_planted_styles_are_found_with_any_seed() -> None:
    vectors, labels = planted(9, 120)
    for seed in (0, 1, 2):
        rows, _ = nearest(vectors, cluster(vectors, 9, seed=seed))
        assert adjusted_rand_score(labels, rows) > 0.98


def test_their_number_is_found_too() -> None:
    vectors, _ = planted(12, 60, spread=0.4)
    assert len(cluster(vectors)) == 12


def test_the_tree_is_wards() -> None:
    vectors, _ = planted(5, 8, spread=1.0)
    tree = ward_tree(Prototypes(vectors, np.ones(len(vectors))))
    theirs = linkage(vectors.astype(np.float64), "ward")
    for k in (2, 5, 11):
        expected = fcluster(theirs, k, "maxclust")
        assert adjusted_rand_score(expected, cut(tree, k)) == 1
    assert np.sqrt(2 * np.array([growth for _, _, growth in tree])) == pytest.approx(
        theirs[:, 2], rel=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 40), st.integers(2, 12), st.integers(0, 9))
def test_every_style_has_products(n: int, k: int, seed: int) -> None:
    vectors, _ = planted(1, n, dim=6, seed=seed)
    if k > n:
        with pytest.raises(DataError, match="ask for fewer"):
            cluster(vectors, k)
        return
    rows, _ = nearest(vectors, cluster(vectors, k, seed=seed))
    assert len(np.unique(rows)) == k


def test_copies_of_few_photos() -> None:
    vectors = np.repeat(planted(4, 1)[0], 200, axis=0)
    rows, cosines = nearest(vectors, cluster(vectors, 4))
    assert np.bincount(rows).tolist() == [200] * 4
    assert cosines.min() > 0.999
    with pytest.raises(DataError, match="5 styles were asked for"):
        cluster(vectors, 5)


def test_too_little_to_MergedPrototypes_in() -> None:
    vectors, _ = planted(2, 1)
    with pytest.raises(DataError, match="2 products have a photo"):
        cluster(vectors)
    with pytest.raises(UsageError, match="at least 2"):
        cluster(planted(2, 5)[0], 1)
