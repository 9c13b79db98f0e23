"""From a query's vector or words to hits with products and reasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Snapshot
from vitrine.search import facts, match_words, score, shared_facts, tagged_facts, why_similar
from vitrine.shop.results import product_to_json
from vitrine.store import Store
from vitrine.types import Hit, Tags, Vectors


def by_vector(
    store: Store,
    view: Snapshot,
    query: Vectors,
    among: NDArray[np.bool_],
    k: int,
    *,
    liked: Sequence[str],
    tags: Tags,
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
            hits.append(Hit(each.product_id, score(each), product_to_json(product), why))
    return hits


def by_words(
    store: Store, view: Snapshot, text: str, among: NDArray[np.bool_], k: int
) -> list[Hit]:
    """The k products that say most of the words."""
    matches = [
        match
        for match in match_words(text, store.match_word, view.n_products)
        if match.product_id in view.product_row_of and among[view.product_row_of[match.product_id]]
    ][:k]
    products = store.products([match.product_id for match in matches])
    return [
        Hit(
            match.product_id,
            match.score,
            product_to_json(products[match.product_id]),
            {"words": list(match.words)},
        )
        for match in matches
        if match.product_id in products
    ]
