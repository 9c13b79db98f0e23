"""A photo of any shape at the fixed size that a model reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.types import Pixels

Resize: TypeAlias = Literal["letterbox", "crop", "squash"]
Interpolation: TypeAlias = Literal["bilinear", "bicubic"]
Frame: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of a photo's sides."""

_WHITE = (255, 255, 255)
_NEARLY = 0.98


def fit_pixels(
    image: Image.Image,
    height_px: int,
    width_px: int,
    resize: Resize = "letterbox",
    interpolation: Interpolation = "bilinear",
    crop_share: float = 1.0,
) -> Pixels:
    """Resize a photo, with antialiasing.

    Args:
        image: RGB, of any size.
        height_px: of the result.
        width_px: of the result.
        resize: `letterbox` shows the whole photo, centred on white, and fills the frame where
            the shapes differ by less than 2 %; `crop` fills the frame and cuts what stands out;
            `squash` ignores the photo's shape.
        interpolation: Pillow's filter.
        crop_share: with `crop`, the part of the filled frame that is kept.

    Returns:
        (height_px, width_px, 3) uint8.
    """
    if resize == "letterbox":
        return np.asarray(_letterbox(image, height_px, width_px, _filter(interpolation)))
    box = _crop_box(image.size, height_px, width_px, crop_share) if resize == "crop" else None
    return np.asarray(image.resize((width_px, height_px), _filter(interpolation), box))


def frame_of(
    width: int,
    height: int,
    height_px: int,
    width_px: int,
    resize: Resize = "letterbox",
    crop_share: float = 1.0,
) -> Frame:
    """Say which part of a photo `fit_pixels` shows.

    Returns:
        Left, top, right and bottom in shares of the photo; a letterbox reaches beyond 0..1 on two
        sides, where it adds white.

    Example:
        >>> frame_of(60, 60, 80, 60), frame_of(100, 50, 10, 10, "crop")
        ((0.0, -0.16666666666666666, 1.0, 1.1666666666666667), (0.25, 0.0, 0.75, 1.0))
    """
    if resize == "crop":
        left, top, right, bottom = _crop_box((width, height), height_px, width_px, crop_share)
        return left / width, top / height, right / width, bottom / height
    if resize == "squash":
        return 0.0, 0.0, 1.0, 1.0
    within_width, within_height = _letterboxed((width, height), height_px, width_px)
    left, top = (width_px - within_width) // 2, (height_px - within_height) // 2
    return (
        -left / within_width,
        -top / within_height,
        (width_px - left) / within_width,
        (height_px - top) / within_height,
    )


def check_pixels(pixels: Pixels, height_px: int, width_px: int) -> None:
    """Refuse a batch that `prepare` did not make.

    Raises:
        ShapeError: `pixels` is not (n, height_px, width_px, 3) uint8.
    """
    if pixels.ndim != 4 or pixels.shape[1:] != (height_px, width_px, 3):
        raise ShapeError(
            f"pixels have the shape {pixels.shape}; "
            f"expected (n, {height_px}, {width_px}, 3), as `prepare` makes them"
        )
    if pixels.dtype != np.uint8:
        raise ShapeError(f"pixels are {pixels.dtype}; expected uint8, as `prepare` makes them")


def _letterbox(
    image: Image.Image, height_px: int, width_px: int, resample: Image.Resampling
) -> Image.Image:
    from PIL import Image

    width, height = _letterboxed(image.size, height_px, width_px)
    if (width, height) == (width_px, height_px):
        return image.resize((width, height), resample)
    frame = Image.new("RGB", (width_px, height_px), _WHITE)
    small = image.resize((width, height), resample)
    frame.paste(small, ((width_px - width) // 2, (height_px - height) // 2))
    return frame


def _letterboxed(size: tuple[int, int], height_px: int, width_px: int) -> tuple[int, int]:
    """Width and height of the photo within the frame."""
    scale = min(width_px / size[0], height_px / size[1])
    width, height = (max(1, round(side * scale)) for side in size)
    if width >= _NEARLY * width_px and height >= _NEARLY * height_px:
        return width_px, height_px
    return width, height


def _crop_box(size: tuple[int, int], height_px: int, width_px: int, share: float) -> Frame:
    scale = max(width_px / size[0], height_px / size[1])
    width, height = width_px / scale * share, height_px / scale * share
    left, top = (size[0] - width) / 2, (size[1] - height) / 2
    # a rounding error must not put the box outside the photo, which Pillow refuses
    return (
        max(0.0, left),
        max(0.0, top),
        min(size[0], left + width),
        min(size[1], top + height),
    )


def _filter(interpolation: Interpolation) -> Image.Resampling:
    from PIL import Image

    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    return filters[interpolation]
