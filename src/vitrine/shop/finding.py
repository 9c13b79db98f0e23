"""From a query's vector or words to hits with products and reasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Found, Snapshot
from vitrine.search import (
    WordMatch,
    facts,
    fuse,
    match_words,
    score,
    shared_facts,
    tagged_facts,
    why_similar,
    words_said,
)
from vitrine.shop.results import product_to_json
from vitrine.store import Store
from vitrine.types import Hit, Json, Product, Tags, Vectors


def by_vector(
    store: Store,
    view: Snapshot,
    query: Vectors,
    among: NDArray[np.bool_],
    k: int,
    *,
    liked: Sequence[str],
    tags: Tags,
    of_photos: bool,
) -> list[Hit]:
    """The k products nearest to a vector, without the liked ones.

    Args:
        store: where products are read.
        view: what is searched.
        query: (dim,) of length 1.
        among: (n_product_rows,) products that may be found.
        k: how many.
        liked: products that the query was made from.
        tags: what the encoder sees on the query's photo.
        of_photos: whether the query is made of photos alone.
    """
    among = among.copy()
    among[[view.product_row_of[product_id] for product_id in liked]] = False
    found = view.nearest(query, k, among)
    products = store.products([*(each.product_id for each in found), *liked])
    wanted = tagged_facts({head: tag.value for head, tag in tags.items() if not tag.unsure})
    for product_id in liked:
        if product_id in products:
            wanted |= facts(products[product_id], view.tags_of(product_id))
    hits: list[Hit] = []
    for each in found:
        product = products.get(each.product_id)
        if product is not None:  # else it was deleted a moment ago
            shared = shared_facts(wanted, facts(product, view.tags_of(each.product_id)))
            why = why_similar(each, shared)
            worth = score(each.score, view.encoder.similarity, of_photos=of_photos)
            hits.append(Hit(each.product_id, worth, product_to_json(product), why))
    return hits


def by_words(
    store: Store,
    view: Snapshot,
    text: str,
    vector: Vectors | None,
    among: NDArray[np.bool_],
    k: int,
) -> list[Hit]:
    """The k products that say most of the words, or look like them.

    Args:
        store: where words and products are read.
        view: what is searched.
        text: the words.
        vector: of the words (dim,), from an encoder that understands them; None ranks by the
            products' own text alone.
        among: (n_product_rows,) products that may be found.
        k: how many.
    """
    matches = match_words(text, store, view, among)[: k + _FUSED]
    said = {match.product_id: match for match in matches}
    if vector is None:
        ranked = [(product_id, match.score) for product_id, match in said.items()][:k]
        seen: dict[str, Found] = {}
    else:
        seen = {each.product_id: each for each in view.nearest(vector, k + _FUSED, among)}
        ranked = fuse([list(said), list(seen)])[:k]
    products = store.products([product_id for product_id, _ in ranked])
    return [
        Hit(i, score, product_to_json(p), _why_words(p, said.get(i), seen.get(i)))
        for i, score in ranked
        if (p := products.get(i)) is not None
    ]


_FUSED = 200  # deep enough that a product low in one ranking can still win by the other


def _why_words(product: Product, said: WordMatch | None, seen: Found | None) -> Json:
    why: Json = {"words": words_said(product, said.words) if said else []}
    if seen is not None:
        why |= {"photo": seen.photo_position, "cosine": round(seen.score, 4)}
    return why
