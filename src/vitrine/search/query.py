"""A query becomes one vector; a product found says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vitrine.errors import QueryError
from vitrine.index import Found, Snapshot
from vitrine.types import Curve, Json, Product, Vectors
from vitrine.vectors import unit

_SHARED = (
    *("article_type", "colour", "pattern", "gender", "material", "season", "usage", "brand"),
)
_TAG_OF = {"colour": "base_colour"}


def check_query(has_photo: bool, liked: Sequence[str], text: str | None, k: int) -> None:
    """Refuse a query that asks for nothing.

    Raises:
        QueryError: no photo, product or words, or no hits wanted.
    """
    if k < 1:
        raise QueryError(f"k is {k}; ask for at least one hit")
    if text is None and not has_photo and not liked:
        raise QueryError("nothing to search by; give a photo, a product id or words")


def query_vector(snapshot: Snapshot, photos: Sequence[Vectors], like: Sequence[str]) -> Vectors:
    """Mean direction of the query's photos and liked products, (dim,) of length 1.

    Args:
        snapshot: where the liked products stand.
        photos: vectors (dim,) of the query's own photos.
        like: product ids; each counts as much as one photo, by the mean of its photos.

    Raises:
        NotFoundError: a liked product does not exist.
        QueryError: a liked product has no photo, or the parts cancel each other out.
    """
    parts = [*photos, *(_product_vector(snapshot, product_id) for product_id in like)]
    whole = unit(np.sum(parts, axis=0, keepdims=True))[0]
    if not whole.any():
        raise QueryError("the photos of this query cancel each other out; give fewer of them")
    return whole


def _product_vector(snapshot: Snapshot, product_id: str) -> Vectors:
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


def facts(product: Product, tags: Mapping[str, str]) -> dict[str, str]:
    """What a product says of itself, and where it says nothing what the encoder is sure of.

    Args:
        product: as the shop wrote it.
        tags: head -> value, those that the encoder is sure of.
    """
    return tagged_facts(tags) | {
        name: str(value) for name in _SHARED if (value := getattr(product, name))
    }


def tagged_facts(tags: Mapping[str, str]) -> dict[str, str]:
    """What the encoder is sure of, under the names that a product uses."""
    named = {name: tags.get(_TAG_OF.get(name, name), "") for name in _SHARED}
    return {name: value for name, value in named.items() if value}


def shared_facts(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """The attributes in which two sets of facts agree."""
    return {
        name: value
        for name, value in theirs.items()
        if ours.get(name, "").casefold() == value.casefold()
    }


def why_similar(found: Found, shared: Mapping[str, str]) -> Json:
    """Reason of a hit found by its photo."""
    return {"photo": found.photo_position, "cosine": round(found.score, 4), "shared": dict(shared)}
