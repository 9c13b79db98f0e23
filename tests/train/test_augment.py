from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vitrine.train.augment import background_mask, catalogue_view, jpeg, recolour, shopper_view

SIDES = [(24, 18), (49, 37)]


@pytest.fixture(autouse=True)
def _seed() -> None:  # pyright: ignore[reportUnusedFunction]
    torch.manual_seed(0)


def products(n: int = 6, height: int = 48, width: int = 36) -> Tensor:
    """A dark red frame on white with a white window in it: (n, h, w, 3) uint8."""
    photos = torch.full((n, height, width, 3), 255, dtype=torch.uint8)
    photos[:, 12:36, 9:27] = torch.tensor([150, 20, 30], dtype=torch.uint8)
    photos[:, 19:29, 14:22] = 255
    return photos


def floats(photos: Tensor) -> Tensor:
    return photos.permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize("side_px", SIDES)
def test_views_have_the_size_asked_for_and_stay_pixels(side_px: tuple[int, int]) -> None:
    photos = products()
    streets = torch.randint(0, 256, (6, 40, 30, 3), dtype=torch.uint8)
    for view in (catalogue_view(photos, side_px), shopper_view(photos, streets, side_px)):
        assert view.shape == (6, 3, *side_px)
        assert view.dtype == torch.float32
        assert 0 <= float(view.min()) <= float(view.max()) <= 1
    assert photos.equal(products())


def test_the_seed_decides_all() -> None:
    streets = torch.full((6, 40, 30, 3), 90, dtype=torch.uint8)

    def views() -> Tensor:
        torch.manual_seed(5)
        both = catalogue_view(products(), (24, 18)), shopper_view(products(), streets, (24, 18))
        return recolour(torch.cat(both))

    first = views()
    assert views().equal(first)
    assert not recolour(catalogue_view(products(), (24, 18))).equal(first[:6])


def test_the_background_is_what_joins_the_edge() -> None:
    mask = background_mask(floats(products(1)))[0, 0]
    assert mask[:8].min() == 1
    assert mask[:, :5].min() == 1
    assert mask[14:34, 11:25].max() == 0
    dark = floats(torch.full((1, 48, 36, 3), 120, dtype=torch.uint8))
    assert background_mask(dark).max() == 0


def test_empty_corners_of_a_catalogue_photo_are_white() -> None:
    white = torch.full((32, 48, 36, 3), 255, dtype=torch.uint8)
    view = catalogue_view(white, (48, 36))
    assert float((view.amax((2, 3)) - view.amin((2, 3))).max()) < 1e-5


def test_a_shopper_stands_somewhere_else() -> None:
    """About 60 % get the street behind them, which is the only blue thing there."""
    street = torch.zeros(400, 12, 9, 3, dtype=torch.uint8)
    street[..., 2] = 250
    view = shopper_view(products(400), street, (24, 18))
    blue = (view[:, 2] - view[:, 0]).mean((1, 2)) > 0.15
    assert float(blue.float().mean()) == pytest.approx(0.6, abs=0.08)


def test_another_colour_leaves_white_and_the_design_alone() -> None:
    before = floats(products(50))
    after = recolour(before.clone())
    around = background_mask(before)
    assert float((around * (after - before)).abs().max()) < 1e-6
    garment = (slice(None), slice(None), slice(13, 18), slice(10, 26))
    assert float((after - before)[garment].abs().amax((1, 2, 3)).min()) > 0.1
    assert float(after[garment].std((2, 3)).max()) < 1e-5


@pytest.mark.parametrize("size", [(8, 8), (13, 22)])
def test_jpeg_rounds_details_and_keeps_plain_colours(size: tuple[int, int]) -> None:
    noise = torch.rand(4, 3, *size)
    rounded = jpeg(noise)
    assert rounded.shape == noise.shape
    assert 0.01 < float((rounded - noise).abs().mean()) < 0.3
    plain = torch.full((4, 3, *size), 0.4)
    assert float((jpeg(plain) - plain).abs().max()) < 0.01
