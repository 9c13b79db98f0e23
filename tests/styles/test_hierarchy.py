from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.index import choice_column
from vitrine.styles import Looks, MergedPrototypes, StyleBoard, settled_model, style_tree
from vitrine.types import Rows, Vectors
from vitrine.vectors import unit


def two_levels() -> tuple[Vectors, Rows, Rows]:
    """Three families far apart, each of two styles that are near each other."""
    families, _ = planted(3, 1, spread=0.0, dim=16)
    rng = np.random.default_rng(1)
    centres = unit(np.repeat(families, 2, axis=0) + rng.normal(size=(6, 16)) * 0.12)
    labels = np.repeat(np.arange(6), 50)
    vectors = unit(centres[labels] + rng.normal(size=(300, 16)) * 0.03)
    return vectors, labels, labels // 2


@pytest.fixture(scope="module")
def board() -> StyleBoard:
    vectors, labels, families = two_levels()
    said = {
        "article_type": choice_column([f"Fine {label}" for label in labels]),
        "sub_category": choice_column([f"Coarse {family}" for family in families]),
    }
    ids = tuple(f"p{row}" for row in range(len(labels)))
    model = settled_model("r", MergedPrototypes().find(vectors, 6), vectors, said)
    return StyleBoard(model, Looks(np.arange(len(ids)), ids, vectors, said))


def test_families_are_the_coarse_groups(board: StyleBoard) -> None:
    tree = style_tree(board)
    _, _, families = two_levels()
    assert [group.size for group in tree.groups] == [100, 100, 100]
    for group in tree.groups:
        rows = [
            row
            for row, style in enumerate(board.membership.styles.tolist())
            if board.model.styles[style].style_id in group.style_ids
        ]
        assert len({families[row] for row in rows}) == 1
    assert len({group.name for group in tree.groups}) == 3


def test_joins_rise_and_end_with_all(board: StyleBoard) -> None:
    tree = style_tree(board)
    heights = [join.height for join in tree.joins]
    assert heights == sorted(heights)
    assert len(tree.joins) == 5
    assert set(tree.joins[-1].style_ids) == {style.style_id for style in board.model.styles}


def test_neighbours_are_of_one_family(board: StyleBoard) -> None:
    tree = style_tree(board)
    family = {style: n for n, group in enumerate(tree.groups) for style in group.style_ids}
    assert all(len({family[s] for s in edge.style_ids}) == 1 for edge in tree.edges[:3])
    assert all(0 <= edge.overlap <= 1 for edge in tree.edges)
    for style in family:
        assert sum(style in edge.style_ids for edge in tree.edges) >= 3


def test_two_styles_are_one_group() -> None:
    vectors, _ = planted(2, 20)
    model = settled_model("r", MergedPrototypes().find(vectors, 2), vectors, {})
    ids = tuple(map(str, range(len(vectors))))
    tree = style_tree(StyleBoard(model, Looks(np.arange(len(ids)), ids, vectors, {})))
    assert [group.size for group in tree.groups] == [40]
