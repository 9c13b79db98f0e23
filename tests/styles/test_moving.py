from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.index import choice_column
from vitrine.styles import (
    Looks,
    MergedPrototypes,
    StyleBoard,
    StyleModel,
    from_bytes,
    held_by,
    moved_names,
    newcomers_of,
    settled_model,
    to_bytes,
    without_news,
)
from vitrine.styles.matching import same_products
from vitrine.types import Vectors
from vitrine.vectors import unit

RNG = np.random.default_rng(7)
VECTORS, LABELS = planted(6, 60, spread=0.4)
TURNED = unit(VECTORS @ RNG.normal(size=(24, 40)) + RNG.normal(size=(360, 40)) * 0.1)
"""The same products under an encoder of another length."""


def looks_at(vectors: Vectors, start: int = 0) -> Looks:
    ids = tuple(f"p{number:03}" for number in range(start, start + len(vectors)))
    kinds = choice_column(["Tops"] * len(vectors))
    return Looks(np.arange(len(vectors)), ids, vectors, {"article_type": kinds})


def fitted(
    looks: Looks, before: StyleModel | None = None, k: int = 6, sha: str = "a"
) -> StyleModel:
    found = MergedPrototypes().find(looks.vectors, k)
    model = settled_model(
        *("r", found, looks.vectors, looks.said),
        encoder_sha256=sha,
        before=before,
        product_ids=looks.product_ids,
    )
    return without_news(model, looks, before)


def about_to_move(model: StyleModel, looks: Looks) -> StyleModel:
    kept = replace(model, held=held_by(StyleBoard(model, looks)))
    assert from_bytes(to_bytes(kept)).held == kept.held
    return kept


def styles_of(model: StyleModel, looks: Looks) -> dict[str, str]:
    return {product_id: style for product_id, style, _ in StyleBoard(model, looks).members()}


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], [1, 0]),  # 2/2 and 2/2
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], [0, 1]),  # 2/3 and 3/4
        ([0, 0, 0, 0, 1, 1], [0, 1, 2, 2, 3, 3], [2, 3]),  # 2/4 and 2/2
        ([0, 0, 0, 0, 1, 1], [0, 1, 2, 3, 4, 4], [-1, 4]),  # 1/4 is too little
        ([0, 0, 1, 1, 1], [0, 0, -1, -1, 1], [0, 1]),  # what nothing held does not count
        ([0, 1], [-1, -1], [-1, -1]),
    ],
)
def test_centroids_are_matched_by_what_they_hold(
    now: list[int], before: list[int], same: list[int]
) -> None:
    assert same_products(np.array(now), np.array(before), 2).tolist() == same


def test_names_and_merges_stay_under_another_encoder() -> None:
    looks = looks_at(VECTORS)
    first = fitted(looks).named("s03", "ours").merged(["s02", "s05"])
    after = looks_at(TURNED)
    again = fitted(after, about_to_move(first, looks), sha="b")
    assert styles_of(again, after) == styles_of(first, looks)
    assert [style.name for style in again.styles if style.by_hand] == ["ours"]
    assert again.next_number == first.next_number
    assert again.held is None
    held = held_by(StyleBoard(first, looks))
    [name] = moved_names(first, held, StyleBoard(again, after))
    assert (name.style_id, name.name, name.overlap) == ("s03", "ours", 1.0)


def test_a_named_style_that_is_not_found_goes_where_its_products_are() -> None:
    looks = looks_at(VECTORS)
    first = fitted(looks)
    of = styles_of(first, looks)
    one, other = of["p000"], of["p060"]
    blended = TURNED.copy()
    blended[:120] = unit(TURNED[:60].mean(axis=0) + 0.3 * TURNED[:120])  # nearly one look
    after = looks_at(blended)
    before = about_to_move(first.named(one, "ours").named(other, "theirs"), looks)
    again = fitted(after, before, k=5, sha="b")
    names = {style.style_id: style.name for style in again.styles if style.by_hand}
    assert names == {one: "ours", other: "theirs"}
    for style_id, rows in ((one, slice(0, 60)), (other, slice(60, 120))):
        own = [styles_of(again, after)[name] == style_id for name in after.product_ids[rows]]
        assert np.mean(own) > 0.5


def test_a_style_of_which_no_product_is_left_goes() -> None:
    looks = looks_at(VECTORS)
    first = fitted(looks)
    gone = styles_of(first, looks)["p000"]
    before = about_to_move(first.named(gone, "ours"), looks)
    after = looks_at(TURNED[60:], start=60)
    again = fitted(after, before, k=5, sha="b")
    assert gone not in {style.style_id for style in again.styles}
    assert before.held is not None
    [name] = moved_names(before, before.held, StyleBoard(again, after))
    assert (name.style_id, name.overlap) == (gone, 0.0)


def test_what_waited_goes_on_waiting_and_what_was_dismissed_does_not() -> None:
    strange = -VECTORS[::40]  # nine that look like the opposite of something
    turn = np.random.default_rng(1).normal(size=(24, 40))
    first = fitted(looks_at(VECTORS))
    arrived = looks_at(np.concatenate([VECTORS, strange[:6]]))
    waiting = newcomers_of(StyleBoard(first, arrived)).waiting
    assert len(waiting) > 4
    dismissed = first.having_settled(waiting[:2])
    after = looks_at(unit(np.concatenate([VECTORS, strange]) @ turn))
    again = fitted(after, about_to_move(dismissed, arrived), sha="b")
    new = ("p366", "p367", "p368")
    assert newcomers_of(StyleBoard(again, after)).waiting == (*waiting[2:], *new)
