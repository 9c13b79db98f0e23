"""Vectors as bytes: little-endian float16, the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors

_FLOAT16 = np.dtype("<f2")


def to_float16_bytes(vector: NDArray[np.floating]) -> bytes:
    """Encode one vector, two bytes a number.

    Args:
        vector: (dim,), finite and within float16's range of +-65504.

    Raises:
        ShapeError: `vector` is not one-dimensional, or a number is not finite in float16.

    Example:
        >>> to_float16_bytes(np.array([1.0, -2.0])).hex()
        '003c00c0'
    """
    if vector.ndim != 1:
        raise ShapeError(f"a vector has the shape {vector.shape}; expected (dim,)")
    with np.errstate(over="ignore"):  # an overflow becomes inf, which is refused below
        half = vector.astype(_FLOAT16)
    if not np.isfinite(half).all():
        worst = int(np.flatnonzero(~np.isfinite(half))[0])
        raise ShapeError(
            f"number {worst} of the vector is {vector[worst]}, which float16 cannot hold"
        )
    return half.tobytes()


def from_float16_bytes(blobs: Sequence[bytes], dim: int) -> Vectors:
    """Decode what `to_float16_bytes` encoded, one row a blob.

    Returns:
        (n, dim) float32; (0, dim) for no blobs.

    Raises:
        ShapeError: a blob does not hold `dim` numbers.

    Example:
        >>> from_float16_bytes([bytes.fromhex("003c00c0")], 2).tolist()
        [[1.0, -2.0]]
    """
    for row, blob in enumerate(blobs):
        if len(blob) != dim * _FLOAT16.itemsize:
            raise ShapeError(
                f"vector {row} has {len(blob)} bytes; "
                f"{dim} float16 numbers need {dim * _FLOAT16.itemsize}"
            )
    joined = np.frombuffer(b"".join(blobs), dtype=_FLOAT16)
    return joined.reshape(len(blobs), dim).astype(np.float32)
