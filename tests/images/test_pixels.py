from __future__ import annotations

import struct
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from vitrine.images import decode

RED, BLUE = (200, 40, 30), (20, 60, 180)


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def pixels(data: bytes) -> NDArray[np.int64]:
    image = decode(data).image
    assert image.mode == "RGB"
    return np.asarray(image).astype(np.int64)


def assert_everywhere(data: bytes, colour: tuple[int, ...], within: int) -> None:
    assert np.abs(pixels(data) - colour).max() <= within


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA"])
def test_every_mode_of_png_becomes_rgb(mode: str) -> None:
    grey = Image.new("RGB", (9, 7), (255, 255, 255)).convert(mode)
    assert_everywhere(saved(grey, "PNG"), (255, 255, 255), within=0)


def test_16_bit_grey_is_scaled_and_not_clipped() -> None:
    values = np.array([[0, 255, 256, 32_768, 65_535]], dtype=np.uint16)
    found = pixels(saved(Image.fromarray(values), "PNG"))
    assert found[0, :, 0].tolist() == [0, 0, 1, 128, 255]


def test_16_bit_grey_with_a_transparent_value_shows_white_there() -> None:
    values = np.array([[1_000, 40_000]], dtype=np.uint16)
    found = pixels(saved(Image.fromarray(values), "PNG", transparency=1_000))
    assert found[0, :, 0].tolist() == [255, 40_000 >> 8]


def test_16_bit_colour_is_scaled() -> None:
    rows = b"\0" + struct.pack(">6H", 65_535, 32_768, 0, 256, 512, 65_280)
    found = pixels(png_of(2, 1, depth=16, colour=2, rows=rows))
    assert found.tolist() == [[[255, 128, 0], [1, 2, 255]]]


def test_16_bit_colour_with_a_transparent_value_shows_white_there() -> None:
    rows = b"\0" + struct.pack(">6H", 65_535, 0, 0, 2_560, 5_120, 7_680)
    clear = struct.pack(">3H", 65_535, 0, 0)
    found = pixels(png_of(2, 1, depth=16, colour=2, rows=rows, clear=clear))
    assert found.tolist() == [[[255, 255, 255], [10, 20, 30]]]


def png_of(
    width: int, height: int, *, depth: int, colour: int, rows: bytes, clear: bytes = b""
) -> bytes:
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    if clear:
        parts.insert(1, chunk(b"tRNS", clear))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_alpha_is_laid_on_white(format: str) -> None:
    image = Image.new("RGBA", (3, 1))
    image.putdata([(200, 40, 30, 255), (200, 40, 30, 51), (200, 40, 30, 0)])  # pyright: ignore
    found = pixels(saved(image, format, lossless=True))
    # 51/255 = 1/5 of the colour on white: 255 - 55/5 = 244, 255 - 215/5 = 212, 255 - 225/5 = 210
    assert np.abs(found - [[[200, 40, 30], [244, 212, 210], [255, 255, 255]]]).max() <= 1


def test_grey_with_alpha_is_laid_on_white() -> None:
    image = Image.merge("LA", [Image.new("L", (2, 1), 100), Image.new("L", (2, 1), 51)])
    assert_everywhere(saved(image, "PNG"), (224, 224, 224), within=1)  # 255 - 155/5


def palette_image() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    return image


def test_a_palette_with_alpha_is_laid_on_white() -> None:
    found = pixels(saved(palette_image(), "PNG", transparency=bytes([51, 255])))
    assert np.abs(found - [[[244, 212, 210], BLUE]]).max() <= 1


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_palette_with_one_transparent_colour_is_laid_on_white(format: str) -> None:
    found = pixels(saved(palette_image(), format, transparency=0))
    assert found.tolist() == [[[255, 255, 255], list(BLUE)]]


def test_colour_with_one_transparent_value_is_laid_on_white() -> None:
    image = Image.new("RGB", (2, 1), RED)
    image.putpixel((1, 0), BLUE)
    found = pixels(saved(image, "PNG", transparency=RED))
    assert found.tolist() == [[[255, 255, 255], list(BLUE)]]


@pytest.mark.parametrize("at_least_px", [None, 16])
def test_cmyk_comes_in_its_colours(at_least_px: int | None) -> None:
    # Pillow writes CMYK as Adobe does: inverted, with an Adobe marker
    ink = (51, 204, 102, 25)
    jpeg = saved(Image.new("CMYK", (64, 64), ink), "JPEG", quality=100)
    assert b"Adobe" in jpeg
    found = np.asarray(decode(jpeg, at_least_px=at_least_px).image).astype(int)
    expected = [(255 - c) * (255 - ink[3]) / 255 for c in ink[:3]]
    assert np.abs(found - expected).max() <= 3


def test_transparent_pixels_do_not_bleed_when_reduced() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 40, 30, 255), (0, 0, 33, 64))
    found = np.asarray(decode(saved(image, "PNG"), at_least_px=32).image).astype(int)
    assert found.shape == (32, 32, 3)
    # the column where both meet is half colour, half white
    assert np.abs(found[:, 16] - np.mean([RED, (255, 255, 255)], axis=0)).max() <= 2


XYZ_OF = {
    # Rows X, Y, Z and columns red, green, blue; adapted to D50. Adobe RGB (1998), 4.3.5.3;
    # Display P3 from its primaries (SMPTE RP 431-2) by Bradford; sRGB from IEC 61966-2-1.
    "adobe": [[0.60974, 0.20528, 0.14919],
              [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]],
    "p3": [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]],
    "srgb": [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]],
}  # fmt: skip


def matrix_profile(space: str, gamma: float) -> bytes:
    """A display profile with three primaries and one power curve, after ICC.1:2001-04."""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65_536))

    def xyz(values: list[float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    columns = np.array(XYZ_OF[space]).T.tolist()
    curve = b"curv\0\0\0\0" + struct.pack(">IH2x", 1, round(gamma * 256))
    tags = {b"wtpt": xyz([0.9642, 1.0, 0.8249]), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, columns), strict=True))
    tags[b"cprt"] = b"text\0\0\0\0none\0\0\0\0"
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(78) + bytes(2)
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    size = struct.pack(">I", at + len(body))
    header = size + bytes(4) + b"\x02\x10\0\0mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    header += fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def as_srgb(colour: tuple[int, int, int], space: str, gamma: float) -> NDArray[np.float64]:
    """What a colour of `space` looks like in sRGB, by the definitions alone."""
    linear = (
        np.linalg.inv(XYZ_OF["srgb"]) @ np.array(XYZ_OF[space]) @ (np.array(colour) / 255) ** gamma
    )
    linear = np.clip(linear, 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return curved * 255


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("space", ["adobe", "p3"])
def test_a_wide_profile_is_converted_to_srgb(format: str, space: str) -> None:
    colour, gamma = (180, 90, 60), 2.2
    image = Image.new("RGB", (32, 32), colour)
    data = saved(image, format, quality=100, icc_profile=matrix_profile(space, gamma))
    expected = as_srgb(colour, space, gamma)
    assert np.abs(expected - colour).max() > 8
    assert np.abs(pixels(data)[16, 16] - expected).max() <= 4


def test_white_stays_white_under_any_profile() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    data = saved(image, "PNG", icc_profile=matrix_profile("p3", 2.2))
    assert_everywhere(data, (255, 255, 255), within=1)


def test_an_srgb_profile_changes_no_pixel() -> None:
    values = np.random.default_rng(3).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(Image.fromarray(values), "PNG", icc_profile=profile)
    assert (pixels(data) == values).all()


def test_a_long_jpeg_profile_is_joined_in_its_order() -> None:
    profile = matrix_profile("p3", 2.2)
    jpeg = saved(Image.new("RGB", (32, 32), (180, 90, 60)), "JPEG", quality=100)
    parts = [profile[:300], profile[300:]]
    segments = [
        b"\xff\xe2"
        + struct.pack(">H", 16 + len(part))
        + b"ICC_PROFILE\0"
        + bytes([number, 2])
        + part
        for number, part in enumerate(parts, start=1)
    ]
    data = jpeg[:2] + segments[1] + segments[0] + jpeg[2:]
    assert np.abs(pixels(data)[9, 9] - as_srgb((180, 90, 60), "p3", 2.2)).max() <= 4


@pytest.mark.parametrize(
    "profile",
    [
        b"x",
        matrix_profile("p3", 2.2)[:200],
        matrix_profile("p3", 2.2).replace(b"RGB XYZ ", b"CMYKXYZ "),
        matrix_profile("p3", 2.2).replace(b"rXYZ", b"oops"),
        matrix_profile("p3", 2.2) + bytes(2 * 2**20),
    ],
    ids=["no profile", "cut", "of other channels", "without a primary", "too large"],
)
def test_a_profile_that_cannot_be_used_is_ignored(profile: bytes) -> None:
    data = saved(Image.new("RGB", (8, 8), RED), "PNG", icc_profile=profile)
    assert_everywhere(data, RED, within=0)
