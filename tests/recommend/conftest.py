"""Small shelves of known looks, and events written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import numpy as np
import pytest

from vitrine.recommend import Behaviour, Shelf, behaviour_of, make_shelf
from vitrine.store import EventRows
from vitrine.vectors import unit

NOW = 1_700_000_000.0
DAY_S = 86_400.0

Said = tuple[str, str, str, float]
"""Visitor, kind, product, days ago."""
Events = Callable[[Sequence[Said]], Behaviour]


def event_rows(said: Sequence[Said], last: int = 0) -> EventRows:
    """Events as a store hands them over."""
    visitors, kinds, products = (
        sorted({visitor for visitor, *_ in said}),
        sorted({kind for _, kind, *_ in said}),
        sorted({product for *_, product, _ in said}),
    )
    n = len(said)
    return EventRows(
        last + n,
        np.array([NOW - days * DAY_S for *_, days in said], np.float64),
        np.array([kinds.index(each[1]) for each in said], np.int64),
        np.array([visitors.index(each[0]) for each in said], np.int64),
        np.array([products.index(each[2]) for each in said], np.int64),
        np.ones(n, np.float32),
        np.full(n, -1, np.int64),
        kinds,
        visitors,
        products,
    )


@pytest.fixture
def events() -> Events:
    return lambda said: behaviour_of(event_rows(said))


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Forty products around four looks: p00 to p09 are alike, and so on."""
    rng = np.random.default_rng(0)
    centres = unit(rng.normal(size=(4, 16)).astype(np.float32))
    vectors = unit(np.repeat(centres, 10, axis=0) + 0.1 * rng.normal(size=(40, 16)))
    numbers = count()
    ids = [f"p{next(numbers):02}" for _ in range(40)]
    words = {
        "gender": ["women" if row % 2 else "men" for row in range(40)],
        "season": ["Summer" if row < 20 else "Winter" for row in range(40)],
    }
    return make_shelf(ids, vectors.astype(np.float32), words)
