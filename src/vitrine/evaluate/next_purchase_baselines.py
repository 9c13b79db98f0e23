"""What any recommender has to beat: chance, what everybody buys, what one bought before.

Written apart from `vitrine.recommend`, so that no mistake is shared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vitrine.evaluate.next_purchase import Ask, Fit, Question, Round
    from vitrine.events import Event

RANDOM, POPULARITY, REPURCHASE = "random", "plain popularity", "plain repurchase"
_DAY_S = 86_400.0
_HALF_LIFE_DAYS = 14.0
_WEIGHTS = {"purchase-complete": 1.0, "add-to-cart": 0.3, "like": 0.3, "detail-page-view": 0.1}


def random_lists(known: Round) -> Ask:
    """Draw from what is for sale."""
    for_sale = sorted(known.product_ids)
    rng = np.random.default_rng(0)

    def ask(question: Question, k: int) -> Sequence[str]:
        del question
        drawn = rng.choice(len(for_sale), size=min(k, len(for_sale)), replace=False)
        return [for_sale[row] for row in drawn.tolist()]

    return ask


def popularity(known: Round) -> Ask:
    """What most was done with lately: purchases before carts, likes and views.

    What happened a fortnight ago counts half; ties go by product id.
    """
    ranking = _ranking(known)

    def ask(question: Question, k: int) -> Sequence[str]:
        return [p for p in ranking[: k + len(question.viewed)] if p not in question.viewed][:k]

    return ask


def repurchase(known: Round) -> Ask:
    """What the visitor bought before, most often and last first; then what is popular."""
    ranking, for_sale = _ranking(known), set(known.product_ids)
    bought: defaultdict[str, Counter[str]] = defaultdict(Counter)
    last: dict[tuple[str, str], float] = {}
    for visitor_id, product_id, event in _purchases(known.events):
        bought[visitor_id][product_id] += 1
        last[visitor_id, product_id] = max(event.at, last.get((visitor_id, product_id), 0.0))

    def ask(question: Question, k: int) -> Sequence[str]:
        visitor = question.visitor_id
        own = [p for p in bought.get(visitor, ()) if p in for_sale]
        own.sort(key=lambda p: (-bought[visitor][p], -last[visitor, p], p))
        rest = (p for p in ranking[: 2 * k + len(question.viewed)] if p not in own[:k])
        return [*own, *(p for p in rest if p not in question.viewed)][:k]

    return ask


BASELINES: Mapping[str, Fit] = {
    RANDOM: random_lists,
    POPULARITY: popularity,
    REPURCHASE: repurchase,
}


def _purchases(events: Sequence[Event]) -> list[tuple[str, str, Event]]:
    return [
        (event.visitor_id, product.product_id, event)
        for event in events
        if event.event_type == "purchase-complete"
        for product in event.products
    ]


def _ranking(known: Round) -> list[str]:
    """Everything for sale, the most popular first; one visitor counts once for each product."""
    strongest: dict[tuple[str, str], float] = {}
    for event in known.events:
        weight = _WEIGHTS.get(event.event_type, 0.0)
        if weight:
            weight *= 0.5 ** ((known.at - event.at) / _DAY_S / _HALF_LIFE_DAYS)
            for product in event.products:
                pair = event.visitor_id, product.product_id
                strongest[pair] = max(weight, strongest.get(pair, 0.0))
    totals: defaultdict[str, float] = defaultdict(float)
    for (_, product_id), weight in sorted(strongest.items()):
        totals[product_id] += weight
    return sorted(known.product_ids, key=lambda product_id: (-totals[product_id], product_id))
