"""How much of everything a photo may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrine.errors import ImageError

if TYPE_CHECKING:
    from vitrine.settings import Settings

_ORDINARY_SCANS = 12


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Caps that are checked before decoding; generous for photos, fatal for bombs."""

    max_bytes: int = 50 * 2**20
    max_pixels: int = 120_000_000
    max_side_px: int = 32_768
    max_scans: int = 100
    """Scans of a progressive JPEG; ordinary ones have about ten."""

    def check_bytes(self, n_bytes: int) -> None:
        """Refuse no bytes, and too many.

        Raises:
            ImageError: `empty` or `too_many_bytes`.
        """
        if n_bytes == 0:
            raise ImageError("empty", "the photo is empty (0 bytes)")
        if n_bytes > self.max_bytes:
            raise ImageError(
                "too_many_bytes",
                f"the photo has {n_bytes:,} bytes; at most {self.max_bytes:,} are read",
            )

    def check_size(self, width: int, height: int) -> None:
        """Refuse a size, as the file's header gives it, that would cost too much.

        Raises:
            ImageError: `broken` (no pixels), `too_long_side` or `too_many_pixels`.
        """
        size = f"{width} x {height} px"
        if width < 1 or height < 1:
            raise ImageError("broken", f"the photo says that it is {size}")
        if width * height > self.max_pixels:
            raise ImageError(
                "too_many_pixels",
                f"the photo is {size}; at most {self.max_pixels:,} pixels are decoded",
            )
        if max(width, height) > self.max_side_px:
            raise ImageError(
                "too_long_side",
                f"the photo is {size}; no side may be longer than {self.max_side_px} px",
            )

    def check_scans(self, n_scans: int, n_pixels: int) -> None:
        """Refuse a JPEG that asks to be drawn over and over again; a large one sooner.

        Raises:
            ImageError: `too_many_scans`.
        """
        affordable = max(_ORDINARY_SCANS, _ORDINARY_SCANS * self.max_pixels // n_pixels)
        allowed = min(self.max_scans, affordable)
        if n_scans > allowed:
            raise ImageError(
                "too_many_scans",
                f"the progressive JPEG has more than {allowed} scans; save it again",
            )


DEFAULT_LIMITS = ImageLimits()


def image_limits(settings: Settings) -> ImageLimits:
    """Give the caps that the settings ask for."""
    return ImageLimits(
        max_bytes=int(settings.max_photo_mb * 2**20),
        max_pixels=int(settings.max_photo_megapixels * 1e6),
    )
