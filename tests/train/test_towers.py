from __future__ import annotations

import pytest
import torch

from vitrine.train.graphs import folded
from vitrine.train.towers import DIM, ImageTower, Shape, TextTower

SMALL = Shape(4, (4, 6, 8), (1, 2, 1), 12)


SIDE_PX = (50, 38)


@pytest.fixture
def tower() -> ImageTower:
    torch.manual_seed(0)
    tower = ImageTower({"gender": 2, "season": 4}, SMALL, SIDE_PX)
    for _ in range(5):  # so that the norms have something to fold
        tower(torch.rand(8, 3, *SIDE_PX))
    return tower.eval()


@pytest.mark.parametrize(("side_px", "cells"), [((48, 32), (3, 2)), (SIDE_PX, (4, 3))])
def test_vector_and_logits_are_linear_in_one_feature(
    tower: ImageTower, side_px: tuple[int, int], cells: tuple[int, int]
) -> None:
    pixels = torch.rand(3, 3, *side_px)
    last, edges = tower.map(pixels), tower.edges(pixels)
    assert last.shape == (3, SMALL.features, *cells)
    assert edges.shape == (3, 8, 4, 3)
    feature, vectors, logits = tower(pixels)
    assert vectors.shape == (3, DIM)
    assert {head: found.shape[1] for head, found in logits.items()} == {"gender": 2, "season": 4}
    assert torch.allclose(feature, torch.cat([last.mean((2, 3)), edges.flatten(1)], 1))
    assert torch.allclose(vectors, feature @ tower.project.weight.T, atol=1e-5)
    assert tower.project.bias is None


def test_the_mean_cell_is_the_embedding(tower: ImageTower) -> None:
    pixels = torch.rand(3, 3, *SIDE_PX)
    cells = tower.cells(tower.map(pixels), tower.edges(pixels))
    assert cells.shape == (3, DIM, 4, 3)
    assert torch.allclose(cells.mean((2, 3)), tower(pixels)[1], atol=1e-5)


def test_folding_the_norms_changes_nothing(tower: ImageTower) -> None:
    pixels = torch.rand(4, 3, *SIDE_PX)
    plain = folded(tower)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in plain.modules())
    assert torch.allclose(plain.map(pixels), tower.map(pixels), atol=1e-5)


def test_words_without_padding_or_order() -> None:
    torch.manual_seed(0)
    tower = TextTower(50).eval()
    ids = torch.tensor([[3, 9, 0, 0], [9, 3, 0, 0], [3, 9, 12, 0], [0, 0, 0, 0]])
    found = tower(ids)
    assert found.shape == (4, DIM)
    assert torch.allclose(found[0], found[1], atol=1e-6)
    assert torch.allclose(found[0], tower(ids[:1, :2])[0], atol=1e-6)
    assert float((found[0] - found[2]).detach().abs().max()) > 1e-3
    assert bool(found.isfinite().all())
