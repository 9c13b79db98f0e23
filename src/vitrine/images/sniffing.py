"""The format of a file by its first bytes; names and suffixes are never believed."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from vitrine.errors import ImageError

Format: TypeAlias = Literal["JPEG", "PNG", "WEBP", "AVIF", "GIF", "HEIF"]
FORMATS: tuple[Format, ...] = get_args(Format)

_ACCEPTED = "accepted are JPEG, PNG, WebP, AVIF, GIF and HEIC photos"

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
}  # fmt: skip

_OTHER_PICTURES = (
    (b"%!PS", "a PostScript (EPS) drawing"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript (EPS) drawing"),
    (b"%PDF", "a PDF"),
    (b"II*\0", "a TIFF or camera raw file"),
    (b"MM\0*", "a TIFF or camera raw file"),
    (b"8BPS", "a Photoshop file"),
    (b"BM", "a BMP bitmap"),
    (b"\0\0\1\0", "a Windows icon"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
)


def sniff(data: bytes) -> Format:
    """Name the format of `data`.

    Raises:
        ImageError: `unsupported_format` or `not_an_image`, saying what it is instead.

    Example:
        >>> sniff(b"GIF89a...")
        'GIF'
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _sniff_brands(data)
    raise _not_accepted(data)


def _sniff_brands(data: bytes) -> Format:
    end = min(int.from_bytes(data[:4], "big"), len(data), 1024)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    raise ImageError("not_an_image", f"this is a video or another MP4-like file; {_ACCEPTED}")


def _not_accepted(data: bytes) -> ImageError:
    for magic, name in _OTHER_PICTURES:
        if data.startswith(magic):
            return ImageError("unsupported_format", f"this is {name}; {_ACCEPTED}")
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) and b"<svg" in start:
        return ImageError("unsupported_format", f"this is an SVG drawing; {_ACCEPTED}")
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")):
        return ImageError("not_an_image", f"this is a web page, not a photo; {_ACCEPTED}")
    return ImageError(
        "not_an_image", f"this is no photo (it starts with {data[:8]!r}); {_ACCEPTED}"
    )
