from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from vitrine.errors import ImageError
from vitrine.images import ImageLimits, decode


def halves(width: int = 64, height: int = 48) -> Image.Image:
    image = Image.new("RGB", (width, height), (200, 40, 30))
    image.paste((20, 60, 180), (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


JPEG, GIF = saved(halves(), "JPEG"), saved(halves(), "GIF")


def code_of(data: bytes, limits: ImageLimits | None = None, at_least_px: int | None = None) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, limits=limits or ImageLimits(), at_least_px=at_least_px)
    return caught.value.code


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, packed: bytes, *, extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_png_of_400_million_pixels_in_a_small_file_is_refused_by_its_header() -> None:
    packer = zlib.compressobj(9)
    block = bytes(20_001 * 500)
    first, again = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = struct.pack(">I", 20_001 * 20_000 % 65_521 << 16 | 1)
    rows = first + again * 39 + b"\x03\0" + checksum
    bomb = png(20_000, 20_000, rows)
    assert len(bomb) < 2**20
    assert code_of(bomb) == "too_many_pixels"
    assert code_of(bomb, at_least_px=224) == "too_many_pixels"


def test_a_png_that_lies_about_its_size() -> None:
    small = decode(png(1, 1, zlib.compress(bytes([0, 7]) + bytes(10_000))))
    assert (small.image.size, small.image.getpixel((0, 0))) == ((1, 1), (7, 7, 7))
    assert code_of(png(5_000, 5_000, zlib.compress(bytes(5_001)))) == "truncated"
    assert code_of(png(2**31, 2**31, zlib.compress(bytes(10)))) == "too_many_pixels"
    assert code_of(png(0, 5, zlib.compress(bytes(10)))) == "broken"


def resized_header(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def test_a_jpeg_that_lies_about_its_size() -> None:
    assert code_of(resized_header(JPEG, 60_000, 60_000)) == "too_many_pixels"
    assert code_of(resized_header(JPEG, 60_000, 10)) == "too_long_side"
    assert code_of(resized_header(JPEG, 0, 10)) == "broken"
    # libjpeg draws what there is; the cost is that of the size declared, within the limits
    assert decode(resized_header(JPEG, 500, 400)).image.size == (500, 400)
    assert decode(resized_header(JPEG, 8, 8)).image.size == (8, 8)


def test_a_gif_that_lies_about_its_size() -> None:
    assert code_of(GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:]) == "too_many_pixels"
    assert decode(GIF[:6] + b"\x01\0\x01\0" + GIF[10:]).image.size == (64, 48)
    assert code_of(GIF[:6] + b"\0\0\0\0" + GIF[10:13]) == "truncated"


def test_a_webp_that_lies_about_its_size() -> None:
    webp = saved(halves(), "WEBP", exif=b"Exif\0\0MM\0*")
    assert webp[12:16] == b"VP8X"
    assert code_of(webp[:24] + b"\xff" * 6 + webp[30:]) == "too_many_pixels"
    assert code_of(webp[:24] + b"\x07\0\0\x07\0\0" + webp[30:]) == "broken"


def with_scans(n_scans: int, width: int = 64, height: int = 48) -> bytes:
    grey = Image.new("L", (width, height), 128)
    jpeg = saved(grey, "JPEG", progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last * (n_scans - jpeg.count(b"\xff\xda")) + b"\xff\xd9"


def test_a_progressive_jpeg_of_5000_scans_is_refused() -> None:
    assert code_of(with_scans(5_000)) == "too_many_scans"
    assert code_of(with_scans(101)) == "too_many_scans"
    assert decode(with_scans(100)).width == 64
    assert decode(with_scans(5_000), limits=ImageLimits(max_scans=5_000)).width == 64


def test_a_large_jpeg_may_have_fewer_scans() -> None:
    limits = ImageLimits(max_pixels=4_000)
    assert decode(with_scans(15), limits=limits).width == 64  # 15 x 3,072 px <= 12 x 4,000 px
    assert code_of(with_scans(16), limits=limits) == "too_many_scans"


def test_scans_are_counted_in_the_picture_and_nowhere_else() -> None:
    jpeg = with_scans(12)
    limits = ImageLimits(max_scans=12)
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 400) + b"\xff\xda" * 200
    assert decode(jpeg[:2] + comment + jpeg[2:] + b"\xff\xda" * 99, limits=limits).width == 64


def test_a_preview_inside_a_jpeg_does_not_hide_its_real_size() -> None:
    preview = saved(halves(16, 12), "JPEG")
    app1 = b"\xff\xe1" + struct.pack(">H", 2 + len(preview)) + preview
    assert decode(JPEG[:2] + app1 + JPEG[2:]).width == 64
    assert code_of(JPEG[:2] + app1 + resized_header(JPEG, 60_000, 60_000)[2:]) == "too_many_pixels"


def test_text_and_profile_bombs_in_a_png_are_left_unopened() -> None:
    bomb = zlib.compress(bytes(64 * 2**20))
    for kind, body in ((b"zTXt", b"a\0\0" + bomb), (b"iCCP", b"a\0\0" + bomb)):
        assert decode(png(2, 1, zlib.compress(bytes(3)), extra=chunk(kind, body))).width == 2


def test_a_file_in_a_million_pieces_is_refused() -> None:
    palette_end = 13 + (3 << (GIF[10] & 7) + 1)
    pieces = (
        JPEG[:2] + b"\xff\xfe\0\x02" * 1_000_000 + JPEG[2:],
        png(1, 1, zlib.compress(bytes(2)), extra=struct.pack(">I4sI", 0, b"teXt", 0) * 1_000_000),
        GIF[:palette_end] + b"!\xfe" + b"\x01a" * 1_000_000 + b"\0" + GIF[palette_end:],
    )
    for data in pieces:
        assert code_of(data) == "broken"


def test_scans_behind_a_false_end_are_counted() -> None:
    jpeg = with_scans(20)
    at = jpeg.rindex(b"\xff\xda")
    comment = b"\xff\xfe\0\x06\xff\xd9\xff\xd9"
    hidden = jpeg[:at] + comment + jpeg[at:]
    assert code_of(hidden, ImageLimits(max_scans=19)) == "too_many_scans"


def one_scan_per_colour(n_scans: int) -> bytes:
    """A sequential JPEG as the standard allows it, its three colours drawn in turns."""
    grey = saved(Image.new("L", (64, 48), 128), "JPEG")
    size, tables, scan = (grey.index(mark) for mark in (b"\xff\xc0", b"\xff\xc4", b"\xff\xda"))
    colours = [bytes([number, 0x11, 0]) for number in (1, 2, 3)]
    frame = b"\xff\xc0\0\x11" + grey[size + 4 : size + 9] + b"\3" + b"".join(colours)
    scans = [
        grey[scan : scan + 5] + bytes([1 + n % 3]) + grey[scan + 6 : -2] for n in range(n_scans)
    ]
    return grey[:size] + frame + grey[tables:scan] + b"".join(scans) + b"\xff\xd9"


def test_the_scans_of_a_sequential_jpeg_count_too() -> None:
    assert decode(one_scan_per_colour(3)).image.size == (64, 48)
    assert code_of(one_scan_per_colour(5_000)) == "too_many_scans"


def test_junk_between_segments_is_skipped_as_libjpeg_does() -> None:
    for junk in (b"\0\0\0", b"\xff\xff\xff", b"\xff\0", b"abc\xff\xd0"):
        assert decode(JPEG[:2] + JPEG[2:20] + junk + JPEG[20:]).width == 64


@pytest.mark.parametrize(
    ("jpeg", "code"),
    [
        (JPEG[:3], "truncated"),
        (JPEG[:2] + b"\xff\xd9", "broken"),
        (JPEG[:2] + b"\xff\xe0\0\0" + JPEG[2:], "broken"),
        (JPEG[:2] + JPEG[JPEG.index(b"\xff\xda") :], "broken"),
        (JPEG[:2] + JPEG[JPEG.index(b"\xff\xc0") :][:19] + JPEG[2:], "broken"),
        (JPEG[: JPEG.index(b"\xff\xda")], "truncated"),
    ],
    ids=["three bytes", "ends at once", "negative", "no size", "size twice", "no pixels"],
)
def test_a_jpeg_without_sense(jpeg: bytes, code: str) -> None:
    assert code_of(jpeg) == code


def test_a_png_without_its_end_is_whole_when_its_pixels_are() -> None:
    whole = saved(halves(), "PNG")
    assert decode(whole[:-12]).width == 64
    assert code_of(whole[:-13]) == "truncated"
    assert code_of(whole[:8]) == "truncated"
    assert code_of(whole[:8] + whole[33:]) == "broken"


def test_a_comment_before_the_first_frame_of_a_gif_is_skipped() -> None:
    image = Image.new("P", (4, 3))
    image.putpalette([200, 40, 30, 20, 60, 180])
    gif = saved(image, "GIF", transparency=0, comment=b"c" * 2_000)
    assert b"cccc" in gif
    assert decode(gif).image.getpixel((0, 0)) == (255, 255, 255)


def test_a_gif_without_a_frame_is_refused() -> None:
    palette_end = 13 + (3 << (GIF[10] & 7) + 1)
    assert code_of(GIF[:palette_end] + b";") == "broken"
    assert code_of(GIF[:palette_end]) == "truncated"
