from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.evaluate.style_arrivals import RULES, stream_types
from vitrine.index import choice_column
from vitrine.styles import RECIPES, Looks

N_KINDS, N_EACH = 10, 60


def test_planted_types_are_proposed_early_and_nothing_else() -> None:
    vectors, labels = planted(N_KINDS, N_EACH, seed=5)
    ids = tuple(f"p{number}" for number in range(len(vectors)))
    kinds = choice_column([f"kind {label}" for label in labels.tolist()])
    looks = Looks(np.arange(len(ids)), ids, vectors, {"article_type": kinds})
    found = stream_types(looks, RECIPES["merged-prototypes"], RULES, split=0, k=8)
    arrived, control = found["cohering"]
    assert set(arrived.delays) == set(arrived.arrived_of)
    assert len(arrived.delays) == 2
    assert all(delay < N_EACH / 2 for delay in arrived.delays.values())
    assert arrived.purities == pytest.approx([1.0] * len(arrived.purities))
    assert (arrived.n_false, control.n_false) == (0, 0)
    mixed, _ = found["a full buffer (paper E)"]
    assert max(mixed.purities) < 0.8
