"""One photo from bytes to upright sRGB pixels, bounded by checks made before decoding."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from vitrine.errors import ImageError, UsageError
from vitrine.images.containers import (
    Container,
    read_gif,
    read_jpeg,
    read_png,
    read_webp,
    truncated,
)
from vitrine.images.limits import DEFAULT_LIMITS, ImageLimits
from vitrine.images.orientation import read_orientation, upright
from vitrine.images.pixels import on_white, reduced, to_eight_bits, to_srgb
from vitrine.images.sniffing import Format, sniff


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photo ready for use: RGB, sRGB, upright, on white, with no metadata."""

    image: Image.Image
    width: int
    """Of the whole photo, upright, before any reduction."""
    height: int
    format: Format


@dataclass(frozen=True, slots=True)
class _Opened:
    image: ImageFile
    exif: bytes
    icc: bytes


def decode(
    data: bytes, *, limits: ImageLimits = DEFAULT_LIMITS, at_least_px: int | None = None
) -> Decoded:
    """Decode a JPEG, PNG, WebP, AVIF, GIF (first frame) or HEIC file, whatever it is called.

    Safe from many threads; Pillow lets them run at the same time.

    Args:
        data: the whole file.
        limits: what is refused before decoding.
        at_least_px: the caller can do with a smaller picture whose short side has at least
            this many pixels. It may come larger; it is never enlarged, so a photo that is
            smaller comes as it is. JPEGs are then decoded several times faster.

    Raises:
        ImageError: the photo cannot or must not be decoded; `vitrine.images` lists the codes.
        UsageError: `at_least_px` is below 1.
    """
    if at_least_px is not None and at_least_px < 1:
        raise UsageError(f"at_least_px is {at_least_px}; it must be 1 or more")
    limits.check_bytes(len(data))
    name = sniff(data)
    try:
        return _decode(data, name, limits, at_least_px)
    except ImageError:
        raise
    except MemoryError as error:
        raise _too_large(name) from error
    # Decoders of hostile bytes raise what they like: SyntaxError, struct.error, RuntimeError...
    except Exception as error:
        raise _explained(name, error) from error


def _decode(data: bytes, name: Format, limits: ImageLimits, at_least_px: int | None) -> Decoded:
    opened = _OPENERS[name](data, limits)
    image, orientation = opened.image, read_orientation(opened.exif)
    width, height = image.size
    limits.check_size(width, height)
    if at_least_px is not None and isinstance(image, JpegImageFile):
        image.draft(None, (at_least_px, at_least_px))
    image.load()
    plain = to_eight_bits(image)
    if at_least_px is not None:
        plain = reduced(plain, at_least_px)
    finished = upright(to_srgb(on_white(plain), opened.icc), orientation)
    finished.info = {}
    if orientation >= 5:
        width, height = height, width
    return Decoded(finished, width, height, name)


def _from_container(opener: type[ImageFile], container: Container, limits: ImageLimits) -> _Opened:
    limits.check_size(container.width, container.height)
    limits.check_scans(container.n_scans, container.width * container.height)
    if not container.complete:
        raise truncated(opener.format or "photo")
    image = opener(BytesIO(container.pixels))
    return _Opened(image, container.exif, container.icc)


def _open_jpeg(data: bytes, limits: ImageLimits) -> _Opened:
    return _from_container(JpegImageFile, read_jpeg(data, limits.max_scans), limits)


def _open_png(data: bytes, limits: ImageLimits) -> _Opened:
    return _from_container(PngImageFile, read_png(data), limits)


def _open_gif(data: bytes, limits: ImageLimits) -> _Opened:
    return _from_container(GifImageFile, read_gif(data), limits)


def _open_webp(data: bytes, limits: ImageLimits) -> _Opened:
    image = _from_container(WebPImageFile, read_webp(data), limits).image
    return _Opened(image, image.info.get("exif", b""), image.info.get("icc_profile", b""))


_quiet = Lock()


def _open_avif(data: bytes, limits: ImageLimits) -> _Opened:
    # Pillow parses the EXIF data of an AVIF file and warns where they are broken. Filters of
    # warnings belong to the whole process, hence the lock.
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = AvifImageFile(BytesIO(data))
    return _Opened(image, image.info.get("exif", b""), image.info.get("icc_profile", b""))


def _open_heif(data: bytes, limits: ImageLimits) -> _Opened:
    # The class is used directly: registering it would change Pillow for everyone else.
    from pi_heif import HeifImageFile

    # libheif turns the picture itself; what EXIF says besides is to be ignored.
    image = HeifImageFile(BytesIO(data))
    return _Opened(image, b"", image.info.get("icc_profile", b""))


_OPENERS: dict[Format, Callable[[bytes, ImageLimits], _Opened]] = {
    "JPEG": _open_jpeg,
    "PNG": _open_png,
    "GIF": _open_gif,
    "WEBP": _open_webp,
    "AVIF": _open_avif,
    "HEIF": _open_heif,
}


def _too_large(name: Format) -> ImageError:
    return ImageError("too_large", f"decoding this {name} file needs more memory than allowed")


def _explained(name: Format, error: Exception) -> ImageError:
    reason = " ".join(str(error).split()) or type(error).__name__
    lowered = reason.lower()
    if "memory" in lowered:
        return _too_large(name)
    if "truncated" in lowered or "end of file" in lowered or isinstance(error, EOFError):
        return truncated(name)
    return ImageError("broken", f"this {name} file cannot be decoded: {reason[:200]}")
