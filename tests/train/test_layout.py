from __future__ import annotations

import torch

from vitrine.train.layout import EdgeLayout

SIDE_PX = (64, 48)
layout = EdgeLayout((4, 3), SIDE_PX)


def stripes(step: int, *, upright: bool) -> torch.Tensor:
    """Black and white, (1, 3, 64, 48)."""
    along = torch.arange(SIDE_PX[1] if upright else SIDE_PX[0]) // step % 2
    photo = along.expand(SIDE_PX) if upright else along[:, None].expand(SIDE_PX)
    return photo.float().expand(1, 3, *SIDE_PX)


def half(photo: torch.Tensor) -> torch.Tensor:
    """The photo above, white below."""
    below = torch.ones_like(photo)
    below[:, :, : SIDE_PX[0] // 2] = photo[:, :, : SIDE_PX[0] // 2]
    return below


def test_directions_are_found_where_they_are() -> None:
    upright = layout(half(stripes(4, upright=True)))[0]
    level = layout(half(stripes(4, upright=False)))[0]
    assert upright.shape == (8, 4, 3)
    assert int(upright[:, 0].mean(1).argmax()) == 0
    assert int(level[:, 0].mean(1).argmax()) == 4
    assert float(upright[0, 0].mean()) > float(upright[0, 3].mean())


def test_length_is_one_and_nothing_is_nothing() -> None:
    seen = layout(torch.rand(5, 3, *SIDE_PX))
    assert torch.allclose(seen.square().sum((1, 2, 3)), torch.ones(5), atol=1e-4)
    assert float(layout(torch.full((1, 3, *SIDE_PX), 0.7)).abs().max()) == 0


def test_colour_and_contrast_change_little() -> None:
    torch.manual_seed(0)
    drawn = half(stripes(6, upright=True))
    faint = layout(0.5 + 0.2 * drawn)[0].flatten()
    red = layout(torch.cat([drawn[:, :1], 0.3 * drawn[:, 1:]], 1))[0].flatten()
    plain = layout(drawn)[0].flatten()
    other = layout(half(stripes(6, upright=False)))[0].flatten()
    assert float(plain @ faint) > 0.95
    assert float(plain @ red) > 0.95
    assert float(plain @ other) < 0.5


def test_another_size_is_resized() -> None:
    drawn = half(stripes(6, upright=True))
    larger = torch.nn.functional.interpolate(drawn, scale_factor=2, mode="nearest")
    same = layout(larger)[0].flatten() @ layout(drawn)[0].flatten()
    assert float(same) > 0.95
