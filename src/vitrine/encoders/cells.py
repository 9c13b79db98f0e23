"""Where on a photo a similarity comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def similarity_map(cells: NDArray[np.float32], other: NDArray[np.floating]) -> NDArray[np.float32]:
    """Split the similarity of a photo with a vector over the cells of the photo.

    The vector of a photo is the mean of its cells, scaled to length 1, and nothing else; so every
    cell adds a part of its own to the cosine, positive or negative, and the parts sum to it.

    Args:
        cells: (dim, height, width) of one photo, as `Explainer.embed_cells` gives them.
        other: (dim,) of length 1: another photo, or words.

    Returns:
        (height, width); its sum is the cosine within 1e-4.

    Raises:
        ShapeError: the shapes do not fit.

    Example:
        >>> cells = np.array([[[3.0, 1.0]], [[0.0, 0.0]]], np.float32)
        >>> similarity_map(cells, np.array([1.0, 0.0], np.float32)).tolist()
        [[0.75, 0.25]]
    """
    if cells.ndim != 3 or other.shape != cells.shape[:1]:
        raise ShapeError(
            f"cells have the shape {cells.shape} and the vector {other.shape}; "
            "expected (dim, height, width) and (dim,)"
        )
    places = cells.astype(np.float64)
    length = np.linalg.norm(places.mean(axis=(1, 2)))
    n_cells = places.shape[1] * places.shape[2]
    parts = np.einsum("dhw,d->hw", places, other.astype(np.float64)) / (n_cells * length)
    return parts.astype(np.float32)
