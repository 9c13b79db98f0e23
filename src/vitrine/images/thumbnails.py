"""Small copies for result pages."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

_QUALITY = 80
_METHOD = 2


def thumbnail(image: Image.Image, *, side_px: int = 320) -> bytes:
    """Shrink to fit a square of `side_px` and encode as WebP.

    The aspect ratio is kept, a smaller picture is not enlarged, no metadata is written,
    and `image` stays as it was.
    """
    small = image.convert("RGB") if image.mode != "RGB" else image.copy()
    small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info = {}
    out = BytesIO()
    small.save(out, "WEBP", quality=_QUALITY, method=_METHOD)
    return out.getvalue()


def is_whole_thumbnail(data: bytes) -> bool:
    """Whether this is a WebP file with all its parts; cheap, because no pixel is decoded."""
    try:
        return WebPImageFile(BytesIO(data)).width > 0
    except (OSError, SyntaxError, ValueError):
        return False
