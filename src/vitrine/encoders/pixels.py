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
    box = _crop_box(image, height_px, width_px, crop_share) if resize == "crop" else None
    return np.asarray(image.resize((width_px, height_px), _filter(interpolation), box))


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

    scale = min(width_px / image.width, height_px / image.height)
    width, height = (max(1, round(side * scale)) for side in image.size)
    if width >= _NEARLY * width_px and height >= _NEARLY * height_px:
        return image.resize((width_px, height_px), resample)
    frame = Image.new("RGB", (width_px, height_px), _WHITE)
    small = image.resize((width, height), resample)
    frame.paste(small, ((width_px - width) // 2, (height_px - height) // 2))
    return frame


def _crop_box(
    image: Image.Image, height_px: int, width_px: int, share: float
) -> tuple[float, float, float, float]:
    scale = max(width_px / image.width, height_px / image.height)
    width, height = width_px / scale * share, height_px / scale * share
    left, top = (image.width - width) / 2, (image.height - height) / 2
    # a rounding error must not put the box outside the photo, which Pillow refuses
    return (
        max(0.0, left),
        max(0.0, top),
        min(image.width, left + width),
        min(image.height, top + height),
    )


def _filter(interpolation: Interpolation) -> Image.Resampling:
    from PIL import Image

    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    return filters[interpolation]
