"""Hits with their products, and why each was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.index import Found, Mask, Snapshot
from vitrine.search import (
    Change,
    Facts,
    Leader,
    Query,
    facts,
    shared_facts,
    tagged_facts,
    words_said,
)
from vitrine.shop.results import product_to_json
from vitrine.store import Store
from vitrine.types import Hit, Json, Product, Tags

_MOST_OF_A_GROUP = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What hits are compared with."""

    query: Query
    tags: Sequence[Tags]
    """Of the query's photos."""
    change: Change | None
    was: Mapping[str, str]
    """Attributes in which the query's examples agree."""


def hits_of(
    store: Store, view: Snapshot, asked: Asked, leaders: Sequence[Leader], among: Mask
) -> list[Hit]:
    """Read the products of a page and say of each why it was found.

    Args:
        store: where products are read.
        view: what was searched.
        asked: the query.
        leaders: the page; a product that was deleted a moment ago is passed over.
        among: (n_product_rows,) products that could be found.
    """
    ids = [leader.candidate.product_id for leader in leaders]
    products = store.products([*ids, *asked.query.like])
    liked = [products[product_id] for product_id in asked.query.like if product_id in products]
    examples = [tagged_facts(tags) for tags in asked.tags]
    examples += [facts(product, view.tags_of(product.product_id)) for product in liked]
    hits: list[Hit] = []
    for leader in leaders:
        candidate = leader.candidate
        product = products.get(candidate.product_id)
        if product is None:
            continue
        why: Json = {}
        if asked.query.text is not None or candidate.words:
            why["words"] = words_said(product, candidate.words)
        if candidate.seen is not None:
            why |= _seen(candidate.seen)
        now = facts(product, view.tags_of(product.product_id))
        if asked.query.shows:
            why |= _shared(examples, now)
        if asked.change is not None:
            why["changed"] = _changed(asked.change, asked.was, liked, product, now)
        if asked.query.group_by != "none":
            why["group"] = _group(view, leader, asked.query.group_by, among)
        hits.append(Hit(product.product_id, candidate.score, product_to_json(product), why))
    return hits


def _seen(found: Found) -> Json:
    return {"photo": found.photo_position, "cosine": round(found.score, 4)}


def _shared(examples: Sequence[Facts], now: Facts) -> Json:
    """What is the same; of what an encoder saw, also how sure it was."""
    shared = shared_facts(examples, now)
    why: Json = {"shared": {name: fact.value for name, fact in shared.items()}}
    sure = {n: round(fact.confidence, 3) for n, fact in shared.items() if fact.confidence < 1}
    return why | ({"confidence": sure} if sure else {})


def _changed(
    change: Change, was: Mapping[str, str], liked: Sequence[Product], found: Product, now: Facts
) -> Json:
    """For each attribute that was to change, what it was and what it is; None is unknown."""
    changed: Json = {
        name: {
            "was": was.get(name) or ", ".join(_values(name, liked)) or None,
            "is": now[name].value if name in now else getattr(found, name) or None,
        }
        for name in sorted(change.fields)
    }
    if change.price or change.towards:
        costs = [cost for product in liked if (cost := _cost(product))]
        changed["price"] = {"was": ", ".join(costs) or None, "is": _cost(found)}
    return changed


def _values(name: str, products: Sequence[Product]) -> list[str]:
    said: list[str] = [getattr(product, name) for product in products]
    return list(dict.fromkeys(filter(None, said)))


def _cost(product: Product) -> str | None:
    price = product.sale_price or product.price
    return str(price) if price else None


def _group(view: Snapshot, leader: Leader, group_by: str, among: Mask) -> Json:
    """The other members: all variants that could be found, or the look-alikes met on the way."""
    others = leader.others
    if group_by == "item_group_id":
        row = view.product_row_of[leader.candidate.product_id]
        codes = view.columns.choices[group_by].codes
        rows = np.flatnonzero((codes == codes[row]) & among) if codes[row] >= 0 else []
        others = sorted(view.product_ids[other] for other in rows if other != row)
    return {"by": group_by, "n": len(others) + 1, "others": others[:_MOST_OF_A_GROUP]}
