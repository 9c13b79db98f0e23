from __future__ import annotations

import base64
import os
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from vitrine.errors import ImageError, UsageError
from vitrine.images import Decoded, ImageLimits, decode

RED, BLUE = (200, 40, 30), (20, 60, 180)

# 64 x 48, left half RED, right half BLUE, drawn here and written once by a HEVC encoder: the
# library that reads HEIC cannot write it.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAIYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAA"
    "AA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNw"
    "AAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFz"
    "wIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAA"
    "Av////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAI5tZGF0AAAAgigBrwT4cWTTt/+B"
    "d///9lGOy/s2aPfIP6metL/YS5//87Av2kq5ZG9PpUORWk6T+oIH2PwERZA3TZ/CcvVXmx7tKeiX/6GfM+y6puMsfeSCIv75"
    "YfSo/D+veLr396o7490BhXNKdIHDMVxbeqrzDZ4M8vf1o1T4vyVWJR0zNP4MA38="
)
# The same, stored turned: the container says "rotate by 90 degrees", and EXIF repeats it.
HEIC_TURNED = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAIYAAgAAAAACcgABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVp"
    "bmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZo"
    "dmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAA"
    "AwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAA"
    "AAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90"
    "AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAALJtZGF0AAAAgigBrwT4cWTT"
    "t/+Bd///9lGOy/s2aPfIP6metL/YS5//87Av2kq5ZG9PpUORWk6T+oIH2PwERZA3TZ/CcvVXmx7tKeiX/6GfM+y6puMsfeSC"
    "Iv75YfSo/D+veLr396o7490BhXNKdIHDMVxbeqrzDZ4M8vf1o1T4vyVWJR0zNP4MA38AAAAGRXhpZgAATU0AKgAAAAgAAQES"
    "AAMAAAABAAYAAAAAAAA="
)


def halves(width: int = 64, height: int = 48) -> Image.Image:
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


@lru_cache
def examples() -> dict[str, bytes]:
    """One valid file of each format."""
    return {
        "JPEG": saved(halves(), "JPEG", quality=90),
        "PNG": saved(halves(), "PNG"),
        "WEBP": saved(halves(), "WEBP", quality=90),
        "AVIF": saved(halves(), "AVIF", quality=90),
        "GIF": saved(halves(), "GIF"),
        "HEIF": HEIC,
    }


FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "HEIF"]


def pixels(decoded: Decoded) -> NDArray[np.int64]:
    assert decoded.image.mode == "RGB"
    return np.asarray(decoded.image).astype(np.int64)


def assert_colour(
    decoded: Decoded, at: tuple[int, int], expected: tuple[int, int, int], within: int = 6
) -> None:
    found = pixels(decoded)[at[1], at[0]]
    assert np.abs(found - expected).max() <= within, f"{found} is not {expected}"


def code_of(data: bytes, **options: object) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, **options)  # pyright: ignore[reportArgumentType]
    message = str(caught.value)
    assert message
    assert "\n" not in message
    return caught.value.code


@pytest.mark.parametrize("format", FORMATS)
def test_every_accepted_format_gives_its_colours(format: str) -> None:
    decoded = decode(examples()[format])
    assert (decoded.width, decoded.height, decoded.format) == (64, 48, format)
    assert decoded.image.size == (64, 48)
    assert decoded.image.info == {}
    assert_colour(decoded, (8, 24), RED)
    assert_colour(decoded, (56, 24), BLUE)


def test_a_suffix_is_never_asked(tmp_path: Path) -> None:
    for format in ("HEIF", "AVIF", "WEBP"):
        path = tmp_path / "holiday.jpg"
        path.write_bytes(examples()[format])
        assert decode(path.read_bytes()).format == format


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_pillow_is_changed_for_others(format: str) -> None:
    decode(examples()[format])
    assert "HEIF" not in Image.OPEN


# Corners of a 48 x 32 picture as seen, clockwise from the top left.
CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
# What a camera stores for each orientation, from the EXIF standard's drawing of the letter F:
# which seen corner stands at the stored top left, top right, bottom right, bottom left.
STORED = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (2, 3, 0, 1),
    4: (3, 2, 1, 0),
    5: (0, 3, 2, 1),
    6: (1, 2, 3, 0),
    7: (2, 1, 0, 3),
    8: (3, 0, 1, 2),
}


def four_corners(width: int, height: int, order: tuple[int, ...]) -> Image.Image:
    image = Image.new("RGB", (width, height))
    x, y = width // 2, height // 2
    for corner, at in zip(order, ((0, 0), (x, 0), (x, y), (0, y)), strict=True):
        image.paste(CORNERS[corner], (*at, at[0] + x, at[1] + y))
    return image


def exif(orientation: int) -> bytes:
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_upright(format: str, orientation: int) -> None:
    stored_size = (48, 32) if orientation < 5 else (32, 48)
    stored = four_corners(*stored_size, STORED[orientation])
    decoded = decode(saved(stored, format, quality=95, exif=exif(orientation)))
    assert (decoded.width, decoded.height) == decoded.image.size == (48, 32)
    for corner, at in enumerate(((8, 8), (40, 8), (40, 24), (8, 24))):
        assert_colour(decoded, at, CORNERS[corner], within=12)


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    decoded = decode(saved(halves(), "JPEG", exif=exif(orientation)))
    assert (decoded.width, decoded.height) == (64, 48)
    assert_colour(decoded, (8, 24), RED)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_is_ignored_without_a_warning(format: str) -> None:
    broken = b"Exif\0\0II*\0\x08\0\0\0\x20\0" + b"\x12\x01\x03\0" * 3
    assert decode(saved(halves(), format, exif=broken)).width == 64


def test_broken_exif_in_avif_is_ignored_without_a_warning() -> None:
    good = saved(
        halves(), "AVIF", exif=b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x04ab\0\0\0\0\0\0"
    )
    broken = good.replace(b"MM\0*\0\0\0\x08\0\x01", b"MM\0*\0\0\0\x08\0\xff")
    assert broken != good
    assert decode(broken).width == 64


def test_a_turned_heic_is_turned_once() -> None:
    decoded = decode(HEIC_TURNED)
    assert (decoded.width, decoded.height) == decoded.image.size == (48, 64)
    assert_colour(decoded, (24, 8), RED)
    assert_colour(decoded, (24, 56), BLUE)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_comes_reduced_but_never_below_what_is_needed(progressive: bool) -> None:
    photo = saved(halves(900, 700), "JPEG", progressive=progressive)
    sizes = {need: decode(photo, at_least_px=need).image.size for need in (87, 88, 300, 351, 700)}
    assert sizes == {
        87: (113, 88),
        88: (225, 175),
        300: (450, 350),
        351: (900, 700),
        700: (900, 700),
    }


@pytest.mark.parametrize("format", [*FORMATS[:5]])
def test_a_photo_is_never_enlarged(format: str) -> None:
    decoded = decode(examples()[format], at_least_px=224)
    assert decoded.image.size == (64, 48)


def test_a_reduced_photo_remembers_its_whole_upright_size() -> None:
    photo = saved(halves(900, 700), "JPEG", exif=exif(6))
    decoded = decode(photo, at_least_px=100)
    assert (decoded.width, decoded.height) == (700, 900)
    assert decoded.image.size == (175, 225)


@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    need=st.integers(1, 500),
    format=st.sampled_from(["JPEG", "PNG", "GIF"]),
)
@settings(max_examples=40, deadline=None)
def test_the_short_side_is_as_long_as_needed(
    width: int, height: int, need: int, format: str
) -> None:
    decoded = decode(saved(halves(width, height), format), at_least_px=need)
    assert min(decoded.image.size) >= min(need, width, height)
    assert decoded.image.width <= width
    assert (decoded.width, decoded.height) == (width, height)


def test_formats_are_reduced_alike() -> None:
    ramp = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    by_format = [
        pixels(decode(saved(ramp, format, quality=98), at_least_px=120))
        for format in ("JPEG", "PNG", "WEBP")
    ]
    assert {each.shape for each in by_format} == {(150, 200, 3)}
    assert max(np.abs(each - by_format[0]).max() for each in by_format) <= 4


@pytest.mark.parametrize("need", [0, -1])
def test_needing_no_pixels_is_a_mistake_of_the_caller(need: int) -> None:
    with pytest.raises(UsageError, match="at_least_px is"):
        decode(examples()["JPEG"], at_least_px=need)


@pytest.mark.parametrize(("size", "format"), [((1, 1), "PNG"), ((20000, 1), "PNG")])
def test_odd_sizes_are_photos_too(size: tuple[int, int], format: str) -> None:
    decoded = decode(saved(Image.new("RGB", size, RED), format), at_least_px=224)
    assert decoded.image.size == size
    assert decoded.image.getpixel((0, 0)) == RED


def test_a_gif_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in (RED, BLUE, (0, 200, 0))]
    animated = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert_colour(decode(animated), (16, 12), RED, within=0)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF"])
def test_other_animations_give_their_first_picture(format: str) -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in (RED, BLUE)]
    animated = saved(frames[0], format, save_all=True, append_images=frames[1:])
    assert_colour(decode(animated), (16, 12), RED)


HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n%%EOF\n"


def test_what_is_no_photo_is_called_what_it_is() -> None:
    assert code_of(b"") == "empty"
    assert code_of(HTML) == "not_an_image"
    assert code_of(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42") == "not_an_image"
    assert code_of(b"hello") == "not_an_image"
    assert code_of(SVG) == "unsupported_format"
    assert code_of(EPS) == "unsupported_format"
    assert code_of(saved(halves(), "TIFF")) == "unsupported_format"
    assert code_of(saved(halves(), "BMP")) == "unsupported_format"
    with pytest.raises(ImageError, match="this is an SVG drawing; accepted are JPEG"):
        decode(SVG)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Ghostscript is a sh script")
def test_ghostscript_is_never_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was_here = tmp_path / "was_here"
    for name in ("gs", "gswin32c", "gswin64c"):
        stand_in = tmp_path / name
        stand_in.write_text(f"#!/bin/sh\ntouch '{was_here}'\n")
        stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    drawing = saved(halves(), "EPS")
    for eps in (EPS, drawing, b"\xff\xd8\xff" + drawing, drawing + examples()["JPEG"]):
        code_of(eps)
    assert not was_here.exists()
    with suppress(OSError):  # Pillow by itself would have started it
        Image.open(BytesIO(drawing)).load()
    assert was_here.exists()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_a_file_is_refused(format: str, share: float) -> None:
    whole = saved(noise(), format) if format != "HEIF" else HEIC
    assert code_of(whole[: int(len(whole) * share)]) in ("truncated", "broken")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF"])
def test_half_a_file_is_called_so(format: str) -> None:
    whole = saved(noise(), format)
    assert code_of(whole[: len(whole) // 2]) == "truncated"
    assert code_of(whole[: len(whole) // 2], at_least_px=8) == "truncated"


def noise(width: int = 64, height: int = 48) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (height, width, 3))
    return Image.fromarray(values.astype(np.uint8))


def test_a_heic_that_lies_about_its_size() -> None:
    at = HEIC.index(b"ispe") + 8
    for side, codes in (
        (1, {"broken"}),
        (4_000, {"broken"}),
        (40_000, {"too_large", "too_many_pixels"}),
    ):
        lying = HEIC[:at] + struct.pack(">II", side, side) + HEIC[at + 8 :]
        assert code_of(lying) in codes


def test_a_file_over_the_byte_limit_is_not_looked_at() -> None:
    assert code_of(b"x" * 101, limits=ImageLimits(max_bytes=100)) == "too_many_bytes"


def test_a_size_at_the_limit_is_decoded() -> None:
    photo = saved(halves(20, 10), "PNG")
    assert decode(photo, limits=ImageLimits(max_pixels=200)).width == 20
    assert code_of(photo, limits=ImageLimits(max_pixels=199)) == "too_many_pixels"
    assert code_of(photo, limits=ImageLimits(max_side_px=19)) == "too_long_side"


def decodes_or_refuses(data: bytes) -> None:
    """Let anything pass but an `ImageError`."""
    with suppress(ImageError):
        assert decode(data, limits=ImageLimits(max_pixels=1_000_000)).image.mode == "RGB"


MAGICS = [
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 ",
    b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", b"",
]  # fmt: skip


@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_decoded_or_refused(magic: bytes, rest: bytes) -> None:
    decodes_or_refuses(magic + rest)


@given(
    format=st.sampled_from(FORMATS),
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
)
@settings(max_examples=250, deadline=None)
def test_any_damage_is_survived_or_refused(
    format: str, edits: list[tuple[float, int]], keep: float
) -> None:
    data = bytearray(examples()[format])
    for place, value in edits:
        data[int(place * len(data))] = value
    decodes_or_refuses(bytes(data[: round(keep * len(data))]))


def test_many_threads_decode_at_once() -> None:
    jobs = [examples()[format] for format in FORMATS] * 20
    with ThreadPoolExecutor(8) as pool:
        decoded = list(pool.map(decode, jobs))
    assert [each.format for each in decoded] == FORMATS * 20
