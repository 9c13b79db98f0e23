"""The few rules of protocol buffers that an ONNX graph is read and added to by.

The `onnx` package would be a dependency for this alone, and it reads all weights into memory.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


def fields(data: bytes | mmap.mmap, part: range) -> Iterator[tuple[int, range]]:
    """Number and place of every field of a message that holds bytes; the others are skipped.

    Raises:
        ValueError, IndexError: the bytes are no such message.
    """
    place = part.start
    while place < part.stop:
        key, place = _varint(data, place)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            _, place = _varint(data, place)
        elif kind == _EIGHT_BYTES:
            place += 8
        elif kind == _FOUR_BYTES:
            place += 4
        elif kind == _BYTES:
            size, place = _varint(data, place)
            if place + size <= part.stop:
                yield number, range(place, place + size)
            place += size
        else:
            raise ValueError(f"no field is of kind {kind}")
    if place != part.stop:
        raise ValueError("the last field ends too early")


def field(number: int, data: bytes) -> bytes:
    """One field that holds bytes.

    Example:
        >>> field(1, b"ab").hex()
        '0a026162'
    """
    return _as_varint(number << 3 | _BYTES) + _as_varint(len(data)) + data


def _varint(data: bytes | mmap.mmap, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number has more than ten bytes")


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
