from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.styles import (
    Layer,
    MergedPrototypes,
    Style,
    StyleModel,
    assign,
    from_bytes,
    settled_model,
    to_bytes,
)
from vitrine.styles.membership import memberships
from vitrine.vectors import unit


@pytest.fixture(scope="module")
def model() -> StyleModel:
    vectors, _ = planted(6, 60, spread=0.4)
    return settled_model("r", MergedPrototypes().find(vectors, 6), vectors, {})


def test_a_model_survives_its_bytes(model: StyleModel) -> None:
    again = from_bytes(to_bytes(model))
    assert again.styles == model.styles
    assert (again.centroids == model.centroids).all()
    assert (again.whitening == model.whitening).all()
    vectors, _ = planted(6, 60, spread=0.4)
    assert (assign(again, vectors).styles == assign(model, vectors).styles).all()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}"])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="vitrine styles fit"):
        from_bytes(content)


def test_pickles_are_refused() -> None:
    out = io.BytesIO()
    np.savez(out, about=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="cannot be read"):
        from_bytes(out.getvalue())


def test_memberships_add_up(model: StyleModel) -> None:
    vectors, labels = planted(6, 60, spread=0.4)
    shares = memberships(model, vectors)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-5)
    found = assign(model, vectors)
    assert (found.styles == shares.argmax(axis=1)).mean() > 0.99
    assert found.confidences.mean() > 0.9
    assert len(np.unique(found.styles[labels == 0])) == 1


def test_what_is_new_lies_beyond_the_fence(model: StyleModel) -> None:
    strangers, _ = planted(6, 60, spread=0.4, seed=99)
    assert assign(model, strangers).novel.mean() > 0.9
    assert assign(model, planted(6, 60, spread=0.4)[0]).novel.mean() < 0.05


def test_names_by_hand(model: StyleModel) -> None:
    named = model.named("s02", "  quiet \n tailoring ")
    assert named.styles[named.position("s02")].name == "quiet tailoring"
    with pytest.raises(UsageError, match="called 'Quiet Tailoring' already"):
        named.named("s03", "Quiet Tailoring")
    with pytest.raises(UsageError, match="1 to 80"):
        named.named("s03", " ")
    with pytest.raises(NotFoundError, match="s99"):
        named.named("s99", "x")


def test_merging(model: StyleModel) -> None:
    merged = model.named("s05", "ours").merged(["s02", "s05", "s02"])
    assert [style.style_id for style in merged.styles] == ["s01", "s02", "s03", "s04", "s06"]
    assert merged.styles[1].name == "ours"
    vectors, _ = planted(6, 60, spread=0.4)
    before, after = assign(model, vectors).styles, assign(merged, vectors).styles
    both = np.isin(before, [model.position("s02"), model.position("s05")])
    assert (after[both] == 1).all()
    assert not (after[~both] == 1).any()
    with pytest.raises(UsageError, match="two styles"):
        model.merged(["s01", "s01"])


def test_a_style_grows_behind_a_projection(model: StyleModel) -> None:
    layer = Layer(np.full((3, 24), 0.5, np.float32), np.zeros(3, np.float32))
    moved = replace(model, projection=(layer,), centroids=np.zeros((6, 3), np.float32))
    centre = unit(np.abs(model.anchors[:1]))[0]
    grown = moved.grown(centre, Style("s99", "new"))
    assert grown.centroids[-1] == pytest.approx([0.5 * float(centre.sum())] * 3)
    assert grown.affinity(centre[None])[0].argmax() == 6
    assert grown.styles[-1].style_id == "s99"
    again = grown.grown(centre, grown.styles[0])
    assert len(again.styles) == len(grown.styles) == 7
    assert again.style_of[-1] == 0


def test_products_that_are_no_news_survive_too(model: StyleModel) -> None:
    settled = model.having_settled(["b", "a"]).having_settled(["b", "c"])
    assert from_bytes(to_bytes(settled)).settled == ("a", "b", "c")
