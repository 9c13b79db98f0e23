"""Read the containers of JPEG, PNG, GIF and WebP, and leave out all that is not pixels.

The decoder behind is given only the parts that it needs. So bombs in comments, previews,
profiles and animations have nothing to go off in, and Pillow has no metadata to warn about.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from vitrine.errors import ImageError

MAX_PROFILE_BYTES = 2 * 2**20
_MAX_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Container:
    """A photo's size, metadata that changes how it looks, and a file of nothing but pixels."""

    width: int
    height: int
    pixels: bytes
    exif: bytes = b""
    icc: bytes = b""
    n_scans: int = 1
    """Counted no further than one above the limit."""
    complete: bool = True
    """False where so few bytes cannot hold so many pixels."""


def truncated(name: str) -> ImageError:
    """Say that a file of the format `name` ends too early."""
    return ImageError("truncated", f"the {name} file ends too early; send the whole file")


def _broken(reason: str) -> ImageError:
    return ImageError("broken", reason)


_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_EOI, _SOS, _APP0, _APP1, _APP2, _ADOBE, _APP15, _COM = (
    0xD9,
    0xDA,
    0xE0,
    0xE1,
    0xE2,
    0xEE,
    0xEF,
    0xFE,
)
_LEFT_OUT = frozenset({*range(_APP0, _APP15 + 1), _COM}) - {_APP0, _ADOBE}


def read_jpeg(data: bytes, max_scans: int) -> Container:
    """Walk the segments up to the first scan, and count the scans where there may be many.

    Raises:
        ImageError: `truncated` or `broken`.
    """
    kept, exif, profile = [b"\xff\xd8"], b"", list[bytes]()
    frame: tuple[int, bytes] | None = None
    for marker, start, end in _jpeg_segments(data, 2):
        body = data[start + 4 : end]
        if marker == _SOS:
            width, height, n_scans = _read_frame(data, frame, start, max_scans)
            pixels = b"".join([*kept, memoryview(data)[start:]])
            return Container(width, height, pixels, exif, _joined(profile), n_scans)
        if marker in _SOF:
            if frame is not None:
                raise _broken("the JPEG gives its size twice")
            frame = (marker, body)
        elif marker == _APP1 and body.startswith(b"Exif\0\0"):
            exif = exif or body
        elif marker == _APP2 and body.startswith(b"ICC_PROFILE\0"):
            profile.append(body)
        if marker not in _LEFT_OUT:
            kept.append(data[start:end])
    raise _broken("the JPEG holds no pixels")


def _jpeg_segments(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start, end) from `at` to the end of the image, skipping what libjpeg skips."""
    for _ in range(_MAX_PARTS):
        found = _JPEG_MARKER.search(data, at)
        if found is None:
            raise truncated("JPEG")
        start, marker = found.start(), data[found.start() + 1]
        if marker == _EOI:
            return
        length = int.from_bytes(data[start + 2 : start + 4], "big")
        at = start + 2 + length
        if start + 4 > len(data) or at > len(data):
            raise truncated("JPEG")
        if length < 2:
            raise _broken("the JPEG has a segment of negative length")
        yield marker, start, at
    raise _broken(f"the JPEG is cut into more than {_MAX_PARTS:,} segments")


def _read_frame(
    data: bytes, frame: tuple[int, bytes] | None, first_scan: int, max_scans: int
) -> tuple[int, int, int]:
    if frame is None or len(frame[1]) < 6:
        raise _broken("the JPEG has pixels but does not say how many")
    kind, header = frame
    height, width = struct.unpack(">HH", header[1:5])
    n_components, n_in_first_scan = header[5], data[first_scan + 4]
    if kind not in _PROGRESSIVE and n_in_first_scan == n_components:
        return width, height, 1
    scans = (marker for marker, _, _ in _jpeg_segments(data, first_scan) if marker == _SOS)
    return width, height, sum(1 for _ in islice(scans, max_scans + 1))


def _joined(profile: list[bytes]) -> bytes:
    """Join the parts of an ICC profile: 12 bytes of name, a number, a count, the part."""
    return b"".join(part[14:] for part in sorted(profile, key=lambda part: part[12:13]))


_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEFLATE_AT_BEST = 1032


def read_png(data: bytes) -> Container:
    """Keep the chunks that hold pixels; of an animated PNG, its default image.

    Raises:
        ImageError: `truncated` or `broken`.
    """
    kept, found = [data[:8]], dict[bytes, bytes]()
    for kind, start, end in _png_chunks(data):
        if len(kept) == 1 and (kind != b"IHDR" or end - start != 25):
            raise _broken("the PNG does not begin with its size")
        if kind in _PNG_KEPT:
            kept.append(data[start:end])
        if kind in (b"IHDR", b"eXIf", b"iCCP", b"sRGB"):
            found.setdefault(kind, data[start + 8 : end - 4])
    if len(kept) == 1:
        raise truncated("PNG")
    width, height, depth, colour = struct.unpack(">IIBB", found[b"IHDR"][:10])
    n_bytes = width * height * depth * _PNG_CHANNELS.get(colour, 1) // 8
    complete = sum(map(len, kept)) * _DEFLATE_AT_BEST >= n_bytes
    icc = b"" if b"sRGB" in found else _inflated(found.get(b"iCCP", b""))
    pixels, exif = b"".join([*kept, _PNG_END]), found.get(b"eXIf", b"")
    return Container(width, height, pixels, exif, icc, complete=complete)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    for _ in range(_MAX_PARTS):
        if at == len(data):
            return
        start, at = at, at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[start + 4 : start + 8]
        if kind == b"IEND":
            return
        if at > len(data):
            raise truncated("PNG")
        yield kind, start, at
    raise _broken(f"the PNG is cut into more than {_MAX_PARTS:,} chunks")


def _inflated(named_profile: bytes) -> bytes:
    """Unpack an iCCP chunk: name, zero, method zero, zlib; nothing where it is not well."""
    _, _, packed = named_profile.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return b""


def read_gif(data: bytes) -> Container:
    """Keep the palette, the transparency and what begins with the first frame.

    Raises:
        ImageError: `truncated` or `broken`.
    """
    try:
        return _read_gif(data)
    except (IndexError, struct.error) as error:
        raise truncated("GIF") from error


def _read_gif(data: bytes) -> Container:
    width, height, flags = struct.unpack("<HHB", data[6:11])
    palette_end = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    control, frame = _find_first_frame(data, palette_end)
    left, top, frame_width, frame_height = struct.unpack("<4H", data[frame + 1 : frame + 9])
    width, height = max(width, left + frame_width), max(height, top + frame_height)
    if max(width, height) > 0xFFFF:
        raise _broken("the GIF's first frame lies outside of it")
    screen = data[:6] + struct.pack("<HH", width, height) + data[10:palette_end]
    return Container(width, height, b"".join([screen, control, memoryview(data)[frame:]]))


def _find_first_frame(data: bytes, at: int) -> tuple[bytes, int]:
    """Skip extension blocks; give the last graphic control and where the frame begins."""
    control, extension = b"", None
    for _ in range(_MAX_PARTS):
        if extension is not None:
            n_bytes = data[at]
            at += 1 + n_bytes
            if n_bytes == 0:
                control = data[extension:at] if data[extension + 1] == 0xF9 else control
                extension = None
        elif data[at] == 0x2C:
            return control, at
        elif data[at] == 0x21:
            extension, at = at, at + 2
        elif data[at] == 0x3B:
            break
        else:
            at += 1
    raise _broken("the GIF holds no picture")


def read_webp(data: bytes) -> Container:
    """Read the size alone: libwebp takes memory for the whole canvas before it says how large.

    Raises:
        ImageError: `truncated` or `broken`.
    """
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise truncated("WebP")
    if kind == b"VP8X":
        width = int.from_bytes(body[4:7], "little") + 1
        height = int.from_bytes(body[7:10], "little") + 1
    elif kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
    else:
        raise _broken("the WebP file does not say how large it is")
    return Container(width, height, data)
