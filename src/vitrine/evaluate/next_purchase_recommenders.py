"""Every row of `vitrine.recommend`'s table, as a contestant for next purchase."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.event_rows import event_rows
from vitrine.recommend import (
    FIELDS,
    LEARNERS,
    RECOMMENDERS,
    Asked,
    Knowledge,
    Ranker,
    Recommender,
    Shelf,
    behaviour_of,
    blend,
    know,
    learn,
    make_shelf,
    ranked,
    train_ranker,
)

if TYPE_CHECKING:
    from vitrine.evaluate.next_purchase import Ask, Fit, Question, Round
    from vitrine.types import Product, Vectors


RANKER = "ranker"
"""Trained by LambdaRank on the events of each round."""


class Looks:
    """Vectors of products' first photos, by id.

    Args:
        product_ids: n of them.
        vectors: (n, dim) unit rows; zeros stand for products without a photo.
    """

    def __init__(self, product_ids: Sequence[str], vectors: Vectors) -> None:
        self._row_of = {product_id: row for row, product_id in enumerate(product_ids)}
        self._vectors = vectors

    def of(self, product_ids: Sequence[str]) -> Vectors:
        """Give vectors (n, dim); zeros for products that have none here."""
        out = np.zeros((len(product_ids), self._vectors.shape[1]), np.float32)
        known = [n for n, each in enumerate(product_ids) if each in self._row_of]
        out[known] = self._vectors[[self._row_of[product_ids[n]] for n in known]]
        return out


def shelf_for(products: Sequence[Product], looks: Looks) -> Shelf:
    """What is for sale as recommenders see it; later products are newer."""
    product_ids = [product.product_id for product in products]
    prices = [p.sale_price or p.price for p in products]
    return make_shelf(
        product_ids,
        looks.of(product_ids),
        {name: [str(getattr(product, name)) for product in products] for name in FIELDS},
        groups=[product.item_group_id for product in products],
        prices=np.array([float(p.amount) if p else np.nan for p in prices], np.float64),
    )


def recommenders(looks: Looks, *, trained: bool) -> Mapping[str, Fit]:
    """Every row of the table, sharing what is learned of a round.

    Args:
        looks: vectors of products.
        trained: whether a ranker is trained on each round's events and takes part; needs visitors
            who came back.
    """
    rounds = _Rounds(looks, trained=trained)
    found: dict[str, Fit] = {name: rounds.fit(make) for name, make in RECOMMENDERS.items()}
    return found | ({RANKER: rounds.fit(rounds.ranker)} if trained else {})


class _Rounds:
    """What was learned of the last round that anybody was fitted to."""

    def __init__(self, looks: Looks, *, trained: bool) -> None:
        self._looks, self._trained = looks, trained
        self._round: Round | None = None
        self._learned: tuple[Knowledge, Ranker | None] | None = None

    def fit(self, make: Callable[[Knowledge], Recommender]) -> Fit:
        def fit(known: Round) -> Ask:
            if self._learned is None or self._round is not known:
                self._round = known
                self._learned = learned_of(known, self._looks, trained=self._trained)
            return asking(make(self._learned[0]), known)

        return fit

    def ranker(self, knowledge: Knowledge) -> Recommender:
        judge = self._learned[1] if self._learned is not None else None
        return blend(knowledge) if judge is None else ranked(knowledge, judge)


def learned_of(known: Round, looks: Looks, *, trained: bool) -> tuple[Knowledge, Ranker | None]:
    """Everything that can be counted and learned of a round's events.

    Where too few visitors came back for a ranker there is none, as in a shop: the blend ranks.
    """
    shelf = shelf_for(known.for_sale, looks)
    behaviour = behaviour_of(event_rows(known.events))
    if trained:
        with suppress(DataError):
            found = train_ranker(shelf, behaviour, known.visitors)
            knowledge = know(shelf, behaviour, known.at, known.visitors, found.learned)
            return knowledge, found.ranker
    learned = learn(tuple(LEARNERS), shelf, behaviour, known.at, known.visitors)
    return know(shelf, behaviour, known.at, known.visitors, learned), None


def asking(recommender: Recommender, known: Round) -> Ask:
    """Ask a recommender as a shop would; nothing is explored, as nobody is there to click."""

    def ask(question: Question, k: int) -> Sequence[str]:
        asked = Asked(
            known.at,
            question.visitor_id,
            viewed=tuple(question.viewed),
            facts=known.visitors.get(question.visitor_id),
            explore=False,
        )
        found = recommender.recommend(asked, k + len(question.viewed))
        hits = [each.product_id for each in found]
        return [product_id for product_id in hits if product_id not in question.viewed][:k]

    return ask
