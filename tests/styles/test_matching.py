from __future__ import annotations

import numpy as np
from tests.styles.planted import planted

from vitrine.styles import MergedPrototypes, StyleModel, settled_model
from vitrine.types import Vectors


def fitted(vectors: Vectors, before: StyleModel | None = None, k: int = 6) -> StyleModel:
    found = MergedPrototypes().find(vectors, k, seed=0 if before is None else 1)
    return settled_model("r", found, vectors, {}, before=before)


def test_styles_stay_when_they_are_found_again() -> None:
    vectors, _ = planted(6, 80, spread=0.4)
    first = fitted(vectors[::2]).named("s03", "ours")
    again = fitted(vectors[1::2], first)
    assert {style.style_id for style in again.styles} == {f"s{n:02}" for n in range(1, 7)}
    assert again.next_number == 7
    for style in first.styles:
        old, new = (m.centroids[m.position(style.style_id)] for m in (first, again))
        assert old @ new > 0.9
    assert [style.name for style in again.styles if style.by_hand] == ["ours"]


def test_a_new_style_gets_a_new_id() -> None:
    vectors, labels = planted(7, 80, spread=0.4)
    first = fitted(vectors[labels < 6])
    again = fitted(vectors, first, k=7)
    assert {style.style_id for style in again.styles} == {f"s{n:02}" for n in range(1, 8)}
    fewer = fitted(vectors[labels > 0], again)
    assert fewer.next_number == 8
    assert len({style.style_id for style in fewer.styles}) == 6


def test_merged_styles_stay_merged() -> None:
    vectors, _ = planted(6, 80, spread=0.4)
    merged = fitted(vectors).merged(["s02", "s05"])
    again = fitted(vectors, merged)
    assert len(again.styles) == 5
    assert np.bincount(again.style_of).max() == 2
