from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vitrine.images.orientation import read_orientation


def exif(entry: bytes, *, order: str = ">", n_entries: int = 1) -> bytes:
    mark = {">": b"MM\0*", "<": b"II*\0"}[order]
    return mark + struct.pack(f"{order}IH", 8, n_entries) + entry


@pytest.mark.parametrize("order", [">", "<"])
def test_both_byte_orders_are_read(order: str) -> None:
    others = struct.pack(f"{order}HHIHH", 0x010F, 3, 1, 5, 0)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0)
    assert read_orientation(exif(others + entry, order=order, n_entries=2)) == 6
    assert read_orientation(b"Exif\0\0" + exif(entry, order=order)) == 6


@given(st.integers(1, 8))
def test_what_pillow_writes_is_read(orientation: int) -> None:
    block = Image.Exif()
    block[0x010E], block[0x0112] = "a description", orientation
    assert read_orientation(block.tobytes()) == orientation


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"Exif\0\0",
        b"MM\0*",
        b"MM\0*\xff\xff\xff\xff",
        exif(b"", n_entries=65_535),
        exif(struct.pack(">HHIHH", 0x0112, 3, 1, 99, 0)),
        exif(struct.pack(">HHIHH", 0x0112, 3, 1, 0, 0)),
        exif(struct.pack(">HHIHH", 0x0112, 2, 1, 6, 0)),
        exif(struct.pack(">HHIHH", 0x0112, 3, 2, 6, 0)),
    ],
)
def test_anything_else_is_upright(broken: bytes) -> None:
    assert read_orientation(broken) == 1


@given(st.binary(max_size=60))
def test_any_bytes_give_an_orientation(rest: bytes) -> None:
    assert read_orientation(b"II*\0" + rest) in range(1, 9)
