"""From whatever a file holds to 8-bit sRGB on white."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vitrine.images.containers import MAX_PROFILE_BYTES

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

_PLAIN = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_PROFILE_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
_NEARLY_EQUAL = 3


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Resolve palettes, 16 bits (the high byte is kept) and colours declared transparent."""
    clear = image.info.get("transparency")
    if image.mode == "I;16":
        return _grey_from_16_bits(image, clear)
    if isinstance(clear, tuple) and max(clear) > 255:
        image.info["transparency"] = tuple(value >> 8 for value in clear)
    if clear is not None or image.mode == "RGBa":
        return image.convert("RGBA")
    return image if image.mode in _PLAIN else image.convert("RGB")


def _grey_from_16_bits(image: Image.Image, clear: object) -> Image.Image:
    values = np.asarray(image)
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    if not isinstance(clear, int):
        return grey
    alpha = Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))
    return Image.merge("LA", (grey, alpha))


def reduced(image: Image.Image, at_least_px: int) -> Image.Image:
    """Average blocks of 2, 4 or 8 pixels while the short side stays `at_least_px` or more.

    The factors are those of libjpeg, so that a photo gives nearly the same pixels in any format.
    """
    short = min(image.size)
    factor = next((n for n in (8, 4, 2) if short // n >= at_least_px), 1)
    return image if factor == 1 else image.reduce(factor)


def on_white(image: Image.Image) -> Image.Image:
    """Lay a picture with transparency on white; others pass."""
    if image.mode not in ("LA", "RGBA"):
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return white


def to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """Convert grey, RGB or CMYK to sRGB by its ICC profile; without a usable one, as it is.

    A profile that is broken, too large or made for other channels is ignored, and one that
    changes no colour by more than 3 of 255 (sRGB under any name) is not applied.
    """
    from PIL import ImageCms

    fits = image.mode in _PROFILE_SPACES and icc[16:20] == _PROFILE_SPACES[image.mode]
    usable = fits and len(icc) < MAX_PROFILE_BYTES
    transform = _transform(icc, image.mode) if usable else None
    if transform is None:
        return image.convert("RGB")
    return ImageCms.applyTransform(image, transform) or image


@lru_cache(maxsize=16)
def _transform(icc: bytes, mode: str) -> ImageCmsTransform | None:
    from PIL import ImageCms

    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return None if mode != "CMYK" and _changes_nothing(transform, mode) else transform
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _changes_nothing(transform: ImageCmsTransform, mode: str) -> bool:
    from PIL import ImageCms

    levels = np.linspace(0, 255, 9).astype(np.uint8)
    channels = np.meshgrid(*[levels] * len(mode), indexing="ij")
    probe = Image.fromarray(np.stack(channels, axis=-1).reshape(-1, 9, len(mode)).squeeze())
    after = ImageCms.applyTransform(probe, transform) or probe
    change = np.asarray(after).astype(int) - np.asarray(probe.convert("RGB"))
    return int(np.abs(change).max()) <= _NEARLY_EQUAL
