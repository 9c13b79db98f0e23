from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import DataError
from vitrine.evaluate.style_table import style_table
from vitrine.evaluate.styles import evaluate_styles, held_out
from vitrine.index import choice_column
from vitrine.styles import Looks, MergedPrototypes
from vitrine.types import Rows, Vectors


def looks_like(vectors: Vectors, labels: Rows) -> Looks:
    said = {
        "article_type": choice_column([f"Type {label}" for label in labels]),
        "gender": choice_column(["women", "men"] * (len(labels) // 2)),
    }
    ids = tuple(f"p{row}" for row in range(len(labels)))
    return Looks(np.arange(len(labels)), ids, vectors, said)


def test_planted_styles_measure_as_they_were_planted() -> None:
    looks = looks_like(*planted(8, 60, spread=0.5))
    [found] = evaluate_styles(looks, [MergedPrototypes()], k=8, n_seeds=2, n_splits=2)
    assert found.k == (8, 8)
    assert found.seeds_ari.figure > 0.99
    assert found.halves_ari > 0.99
    assert found.ami["article_type"] > 0.99
    assert abs(found.ami["gender"]) < 0.05
    assert found.silhouette.figure > 0.6 > 0.2 > found.silhouette_shuffled
    assert found.silhouette.figure in found.silhouette
    assert found.novelty_auroc.figure > 0.99
    table = style_table([found], 480)
    assert "| AMI with usage | - |" in table
    assert "compares with nothing here" in table
    assert found.to_json()["k"] == [8, 8]


def test_noise_measures_as_noise() -> None:
    vectors, _ = planted(1, 300, spread=5.0)
    looks = looks_like(vectors, np.arange(300) % 6)
    [found] = evaluate_styles(looks, [MergedPrototypes()], k=6, n_seeds=2, n_splits=1)
    assert abs(found.silhouette.figure - found.silhouette_shuffled) < 0.05
    assert abs(found.ami["article_type"]) < 0.05
    assert found.novelty_auroc.figure == pytest.approx(0.5, abs=0.1)


def test_held_out_types_are_not_among_the_unseen() -> None:
    looks = looks_like(*planted(10, 40))
    novel, unseen = held_out(looks, 0)
    assert novel.sum() == 80
    assert not (novel & unseen).any()
    assert 0.1 < unseen.mean() < 0.25
    assert (held_out(looks, 0)[0] == novel).all()
    with pytest.raises(DataError, match="5 are needed"):
        held_out(looks_like(*planted(4, 40)), 0)
