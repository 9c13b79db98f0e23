from __future__ import annotations

import pytest
import torch

from vitrine.train.graphs import folded
from vitrine.train.towers import DIM, ImageTower, Shape, TextTower

SMALL = Shape(4, (4, 6, 8), (1, 2, 1), 12)


@pytest.fixture
def tower() -> ImageTower:
    torch.manual_seed(0)
    tower = ImageTower({"gender": 2, "season": 4}, SMALL)
    for _ in range(5):  # so that the norms have something to fold
        tower(torch.rand(8, 3, 50, 38))
    return tower.eval()


@pytest.mark.parametrize(("side_px", "cells"), [((48, 32), (3, 2)), ((50, 38), (4, 3))])
def test_one_map_gives_vector_and_logits(
    tower: ImageTower, side_px: tuple[int, int], cells: tuple[int, int]
) -> None:
    pixels = torch.rand(3, 3, *side_px)
    last = tower.map(pixels)
    assert last.shape == (3, SMALL.features, *cells)
    pooled, vectors, logits = tower(pixels)
    assert vectors.shape == (3, DIM)
    assert {head: found.shape[1] for head, found in logits.items()} == {"gender": 2, "season": 4}
    assert torch.allclose(pooled, last.mean((2, 3)))
    assert torch.allclose(vectors, pooled @ tower.project.weight.T, atol=1e-6)
    assert tower.project.bias is None


def test_folding_the_norms_changes_nothing(tower: ImageTower) -> None:
    pixels = torch.rand(4, 3, 48, 32)
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
