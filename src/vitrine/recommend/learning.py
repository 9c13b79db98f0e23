"""Learn spaces from behaviour: ALS and BPR (Implicit), and two towers (numpy)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from vitrine.errors import missing_extra
from vitrine.events import Visitor
from vitrine.recommend.behaviour import Behaviour
from vitrine.recommend.factors import Factors, Learned, factors_from_bytes
from vitrine.recommend.pairs import by_people, pairs_of
from vitrine.recommend.shelf import Shelf
from vitrine.recommend.towers import learn_towers, towers_from_bytes

_LEAST_DIM, _MOST_DIM = 4, 48
_HALF_LIFE_DAYS = 60.0
_ALS = {"regularization": 10.0, "alpha": 2.0, "iterations": 12}
_BPR = {"regularization": 0.01, "learning_rate": 0.05, "iterations": 60}

Learner = Callable[[Shelf, Behaviour, float, Mapping[str, Visitor], int], Learned]
"""Shelf, events, now, what is known of visitors, seed."""


def learn_als(
    shelf: Shelf, behaviour: Behaviour, at: float, facts: Mapping[str, Visitor], seed: int
) -> Factors:
    """Alternating least squares for implicit feedback (Hu, Koren and Volinsky, 2008).

    Raises:
        MissingExtraError: Implicit is not installed.
    """
    del shelf, facts
    model = _fitted("als", "AlternatingLeastSquares", _ALS, behaviour, at, seed)
    items = np.asarray(model.item_factors, np.float32)
    names = [behaviour.product_names[code] for code in range(len(items))]
    biases = np.zeros(len(items), np.float32)
    return Factors(names, items, biases, float(_ALS["regularization"]), 2.0 * float(_ALS["alpha"]))


def learn_bpr(
    shelf: Shelf, behaviour: Behaviour, at: float, facts: Mapping[str, Visitor], seed: int
) -> Factors:
    """Bayesian personalised ranking (Rendle and others, 2009).

    Raises:
        MissingExtraError: Implicit is not installed.
    """
    del shelf, facts
    model = _fitted("bpr", "BayesianPersonalizedRanking", _BPR, behaviour, at, seed)
    items = np.asarray(model.item_factors, np.float32)  # the last column is the bias
    names = [behaviour.product_names[code] for code in range(len(items))]
    return Factors(names, np.ascontiguousarray(items[:, :-1]), items[:, -1].copy())


LEARNERS: Mapping[str, Learner] = {
    "als": learn_als,
    "bpr": learn_bpr,
    "two-tower": learn_towers,
}
"""Name -> learner of a space."""


def learn(
    names: tuple[str, ...],
    shelf: Shelf,
    behaviour: Behaviour,
    at: float,
    facts: Mapping[str, Visitor] | None = None,
    *,
    seed: int = 0,
) -> dict[str, Learned]:
    """Learn spaces from what happened before a moment.

    Args:
        names: of `LEARNERS`.
        shelf: the products.
        behaviour: events; those at `at` or later are not looked at.
        at: now.
        facts: what is known of visitors.
        seed: of everything random.

    Raises:
        MissingExtraError: als or bpr without Implicit.
    """
    earlier = behaviour.before(at)
    return {name: LEARNERS[name](shelf, earlier, at, facts or {}, seed) for name in names}


def learned_from_bytes(name: str, content: bytes) -> Learned:
    """Read what `Learned.to_bytes` of that learner wrote.

    Raises:
        DataError: it is something else.
    """
    return towers_from_bytes(content) if name == "two-tower" else factors_from_bytes(content)


def _dim(behaviour: Behaviour) -> int:
    """Fewer dimensions where there are few products, which would be learned by heart."""
    return int(np.clip(len(behaviour.product_names) // 8, _LEAST_DIM, _MOST_DIM))


def _fitted(
    module: str,
    kind: str,
    settings: Mapping[str, float],
    behaviour: Behaviour,
    at: float,
    seed: int,
) -> Any:
    """A model of Implicit on visitors x products, newer things weighing more."""
    from scipy import sparse
    from threadpoolctl import threadpool_limits

    try:
        models = import_module(f"implicit.cpu.{module}")
    except ImportError as error:
        raise missing_extra("learning from visitors", "implicit", "recommend") from error
    pairs = pairs_of(by_people(behaviour.all()), at)
    shape = (len(behaviour.visitor_names), len(behaviour.product_names))
    weights = pairs.weights(_HALF_LIFE_DAYS).astype(np.float32)
    table = sparse.csr_matrix((weights, (pairs.visitors, pairs.products)), shape=shape)
    with threadpool_limits(1, "blas"):  # Implicit warns of more, when it is made
        model = getattr(models, kind)(
            factors=_dim(behaviour), random_state=seed, num_threads=1, **settings
        )
        model.fit(table, show_progress=False)
    return model
