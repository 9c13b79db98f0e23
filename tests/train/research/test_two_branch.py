from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vitrine.settings import Settings
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.two_branch import (
    TextureEncoding,
    TwoBranch,
    TwoBranchShape,
    attention_maps,
    region_boxes,
    sample,
)

WHOLE = torch.tensor([[1.0, 1.0, 0.0, 0.0]])


def small(*, attention: bool = True, texture: bool = True) -> TwoBranch:
    torch.manual_seed(0)
    shape = TwoBranchShape(steps=3, codewords=4, hidden=32, attention=attention, texture=texture)
    return TwoBranch(7, shape).eval()


def test_the_plain_branch_has_the_thesis_sizes() -> None:
    assert small().plain(torch.zeros(1, 3, 384, 256)).shape == (1, 256, 24, 16)


@pytest.mark.parametrize(
    ("chosen", "n_features", "steps"),
    [({}, 288, 3), ({"texture": False}, 288, 3), ({"attention": False}, 256, 0)],
)
def test_shapes_with_and_without_its_parts(
    chosen: dict[str, bool], n_features: int, steps: int
) -> None:
    network = small(**chosen)
    looks = network(torch.rand(2, 3, 96, 64))
    assert looks.scores.shape == (2, 7)
    assert looks.features.shape == (2, n_features)
    assert network.n_features == n_features
    assert looks.regions.shape == (2, steps, 4)
    assert looks.maps.shape == (2, steps, 6, 4)
    assert looks.glimpses.shape == (2, steps, 32)


def test_a_backbone_may_take_the_place_of_the_plain_branch() -> None:
    torch.manual_seed(0)
    made = make_backbone(parse_backbone("timm/vit_tiny_patch16_224"), (96, 64), Settings())
    looks = TwoBranch(7, TwoBranchShape(steps=3, codewords=4, hidden=32), made).eval()(
        torch.rand(2, 3, 96, 64)
    )
    assert looks.features.shape == (2, 192 + 32)
    assert looks.maps.shape == (2, 3, 6, 4)  # a transformer's tokens lie where they were cut


def test_labels_are_the_maximum_over_looks() -> None:
    network = small()
    assert network.attention is not None
    pixels = torch.rand(2, 3, 96, 64)
    with torch.no_grad():
        network.vote.weight.zero_()
        network.vote.bias.zero_()
        votes, _, _, _ = network.attention(network.plain(pixels))
        assert votes.shape == (2, 3, 7)
        assert torch.allclose(network(pixels).scores, votes.amax(1), atol=1e-6)


def test_sampling_the_whole_gives_the_map_and_a_corner_its_corner() -> None:
    last = torch.arange(16.0).view(1, 1, 4, 4)
    assert torch.allclose(sample(last, WHOLE, (4, 4)), last, atol=1e-5)
    corner = torch.tensor([[0.5, 0.5, -0.5, -0.5]])
    assert torch.allclose(sample(last, corner, (2, 2)), last[..., :2, :2], atol=1e-5)


def test_texture_encoding_by_hand() -> None:
    layer = TextureEncoding(2, 2)
    with torch.no_grad():
        layer.codewords.copy_(torch.tensor([[0.0, 0.0], [1.0, 0.0]]))
        layer.smoothing.copy_(torch.tensor([1.0, 1.0]))
    cells = torch.tensor([[[1.0, 0.0]]])
    far, near = torch.exp(torch.tensor(-1.0)), torch.tensor(1.0)
    weight = far / (far + near)  # of the codeword at the origin, one unit away
    wanted = torch.tensor([[[float(weight), 0.0], [0.0, 0.0]]])
    assert torch.allclose(layer(cells), wanted, atol=1e-6)


def test_gradients_reach_where_it_looks() -> None:
    torch.manual_seed(1)
    last = torch.rand(1, 2, 5, 4, dtype=torch.float64)
    region = torch.tensor([[0.61, 0.47, 0.13, -0.21]], dtype=torch.float64, requires_grad=True)

    def sampled(where: Tensor) -> Tensor:
        return sample(last, where, (3, 2))

    def drawn(where: Tensor) -> Tensor:
        return attention_maps(where[None], 5, 4)

    assert torch.autograd.gradcheck(sampled, (region,))
    assert torch.autograd.gradcheck(drawn, (region,))


def test_maps_lie_where_regions_are() -> None:
    top_left = torch.tensor([[[0.25, 0.25, -0.5, -0.5]]])
    (drawn,) = attention_maps(top_left, 8, 8)[0]
    assert float(drawn.sum()) == pytest.approx(1.0)
    assert float(drawn[:4, :4].sum()) > 0.97
    assert region_boxes(top_left, 80, 160) == [[(10, 20, 30, 60)]]
