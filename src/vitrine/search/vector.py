"""What a query looks like, as one vector, and what a cosine with it is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitrine.errors import QueryError
from vitrine.index import Snapshot
from vitrine.types import Curve, Vectors
from vitrine.vectors import unit

DISLIKED = 0.5
"""How much the mean of what is disliked counts against the mean of what is liked."""

Parts = Sequence[tuple[float, Vectors]]
"""Weights and vectors (dim,)."""


def query_vector(liked: Parts, disliked: Parts = (), shift: Vectors | None = None) -> Vectors:
    """Weighted mean of what is liked, less half the mean of what is not, (dim,) of length 1.

    After Rocchio (1971), whose negative part is smaller: there the examples are many.

    Args:
        liked: photos, products and words; may be empty if something is disliked.
        disliked: photos and products.
        shift: (dim,) added to it, from a change that was asked for.

    Raises:
        QueryError: the parts cancel each other out.
    """
    whole = _mean(liked) - DISLIKED * _mean(disliked) + (0 if shift is None else shift)
    if np.linalg.norm(whole) < 1e-6:
        raise QueryError("the parts of this query cancel each other out; give fewer of them")
    return unit(np.asarray(whole, np.float32)[np.newaxis])[0]


def product_vector(snapshot: Snapshot, product_id: str) -> Vectors:
    """Mean direction of a product's photos, (dim,) of length 1.

    Raises:
        NotFoundError: no such product.
        QueryError: it has no photo.
    """
    rows = snapshot.photo_rows(product_id)
    if not len(rows):
        raise QueryError(
            f"product {product_id!r} has no photo to compare; search by its words instead"
        )
    return unit(snapshot.photos.vectors(rows).mean(axis=0, keepdims=True))[0]


def score(cosine: float, similarity: Curve, *, of_photos: bool) -> float:
    """Tell in 0..1 what a cosine is worth.

    Of two photos that is the probability that they show the same article type in the same colour,
    where the encoder was measured; else the cosine, opposite directions and unrelated ones both 0.

    Args:
        cosine: of query and product.
        similarity: of the encoder's identity.
        of_photos: whether the query is made of photos alone.

    Example:
        >>> curve = ((0.5, 0.0), (0.9, 0.4), (1.0, 0.9))
        >>> [round(score(c, curve, of_photos=True), 2) for c in (0.2, 0.7, 0.95, 1.0)]
        [0.0, 0.2, 0.65, 0.9]
        >>> score(-0.3, (), of_photos=True)
        0.0
    """
    if not (similarity and of_photos):
        return min(1.0, max(0.0, cosine))
    cosines, likely = zip(*similarity, strict=True)
    return float(np.interp(cosine, cosines, likely))


def _mean(parts: Parts) -> Vectors | float:
    if not parts:
        return 0.0
    weights, vectors = zip(*parts, strict=True)
    return np.average(np.array(vectors), axis=0, weights=weights)
