"""The length of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale every row to length 1; a row of zeros stays zero.

    Args:
        vectors: (n, dim), finite.

    Returns:
        (n, dim) float32.

    Raises:
        ShapeError: `vectors` is not two-dimensional.

    Example:
        >>> unit(np.array([[0.0, 2.0]])).tolist()
        [[0.0, 1.0]]
    """
    if vectors.ndim != 2:
        raise ShapeError(f"vectors have the shape {vectors.shape}; expected (n, dim)")
    # largest first, so that neither 1e30 nor 1e-30 is lost in the squares
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    largest = np.where(largest > 0, largest, 1).astype(np.result_type(vectors, np.float32))
    scaled = (vectors / largest).astype(np.float32)
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    return (scaled / np.where(length > 0, length, 1)).astype(np.float32)
