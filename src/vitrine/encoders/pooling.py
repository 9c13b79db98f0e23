"""From what a network says of every place of a photo to one vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.encoders.model_row import Pooling


def pool(features: NDArray[np.float32], pooling: Pooling, gem_p: float) -> NDArray[np.float32]:
    """Reduce a feature map, or the tokens of a transformer, to a vector.

    `gem` is the generalised mean of Radenovic, Tolias and Chum (2018): `avg` at p = 1, near `max`
    for large p; features below 1e-6 count as 1e-6.

    Args:
        features: (n, dim), (n, tokens, dim) or (n, dim, height, width).
        pooling: `none` only for (n, dim), `cls` (the first token) only for tokens.
        gem_p: the p of `gem`.

    Returns:
        (n, dim).

    Raises:
        ShapeError: this pooling does not go with this shape.
    """
    places = {3: (1,), 4: (2, 3)}.get(features.ndim)
    if pooling == "none" and features.ndim == 2:
        return features
    if pooling == "cls" and features.ndim == 3:
        return features[:, 0]
    if places and pooling == "avg":
        return features.mean(axis=places)
    if places and pooling == "max":
        return features.max(axis=places)
    if places and pooling == "gem":
        clipped = np.maximum(features, 1e-6)
        largest = clipped.max(axis=places, keepdims=True)  # taken out, or the power overflows
        mean = ((clipped / largest) ** gem_p).mean(axis=places)
        return (mean ** (1 / gem_p) * largest.squeeze(places)).astype(np.float32)
    raise ShapeError(
        f"pooling {pooling!r} does not go with an output of shape {features.shape}; "
        "'none' takes (n, dim), 'cls' takes (n, tokens, dim), 'avg', 'max' and 'gem' take tokens "
        "or (n, dim, height, width)"
    )
