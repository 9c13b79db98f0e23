from __future__ import annotations

import pytest

from vitrine.errors import ImageError
from vitrine.images.sniffing import sniff


@pytest.mark.parametrize(
    ("start", "format"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF87a", "GIF"),
        (b"RIFF\x20\0\0\0WEBPVP8L", "WEBP"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "AVIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
    ],
)
def test_formats_are_known_by_their_first_bytes(start: bytes, format: str) -> None:
    assert sniff(start) == format


@pytest.mark.parametrize(
    ("start", "code", "what"),
    [
        (b"\n  <svg viewBox='0 0 1 1'></svg>", "unsupported_format", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- a --><svg/>", "unsupported_format", "SVG"),
        (b"\xc5\xd0\xd3\xc6\x1e\0\0\0", "unsupported_format", "PostScript"),
        (b"%PDF-1.7", "unsupported_format", "a PDF"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "unsupported_format", "JPEG XL"),
        (b" <HTML><body><svg></svg></body></HTML>", "not_an_image", "a web page"),
        (b"\0\0\0\x14ftypisom\0\0\0\0isom", "not_an_image", "a video"),
        (b"RIFF\x20\0\0\0WAVEfmt ", "not_an_image", "starts with b'RIFF"),
        (b"\xff\xd8", "not_an_image", "no photo"),
    ],
)
def test_everything_else_is_refused_by_its_name(start: bytes, code: str, what: str) -> None:
    with pytest.raises(ImageError, match=what) as caught:
        sniff(start)
    assert caught.value.code == code
