"""The simulator: visitors with tastes that are known, who browse, like, buy and come back.

Nothing here has seen a photo or a vector. Tastes are drawn over what products say of themselves
(`labels`), or over what some other product says (`unrelated`), where looks can be of no help.
`docs/evaluation.md` tells what is assumed. One seed gives the same events on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import UsageError, unknown
from vitrine.evaluate.simulator_shelf import DAY_S, Shelf, shelf_of
from vitrine.evaluate.simulator_tastes import Tastes, draw_tastes
from vitrine.events import Visitor
from vitrine.types import Product, Rows

LABELS, UNRELATED = "labels", "unrelated"
WORLDS = (LABELS, UNRELATED)
"""Tastes over a product's own labels, or over those of another product."""

TUNING_SEEDS = (11, 12, 13)
"""For whoever tunes a recommender."""
FINAL_SEEDS = (2101, 2102, 2103, 2104, 2105)
"""For the figures that are published, and for nothing else."""

BoughtTogether = Mapping[str, Sequence[tuple[str, float]]]
"""product_id -> the others it was bought with, and how strongly (above 0)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated; the defaults are those of the published figures."""

    world: str = LABELS
    seed: int = TUNING_SEEDS[0]
    n_visitors: int = 3000
    n_days: int = 120
    starts_at: float = 1_735_689_600.0
    """Seconds since 1970: the first of January 2025."""
    sessions_a_week: float = 0.4
    """Of a visitor in the middle; a few come ten times as often."""
    new_visitors: float = 0.4
    """Share that comes for the first time after the first day."""
    new_products: float = 0.3
    """Share that arrives after the first day."""
    click_rate: float = 0.06
    """Mean probability that a product drawn at random is clicked once it was looked at."""
    page_size: int = 24

    @property
    def ends_at(self) -> float:
        """Seconds since 1970."""
        return self.starts_at + self.n_days * DAY_S


@dataclass(frozen=True, slots=True)
class World:
    """Products, visitors and what each thinks of each: the ground truth."""

    plan: Plan
    shelf: Shelf
    tastes: Tastes
    click_threshold: float
    """Utility at which a product that was looked at is clicked half of the time."""

    @property
    def product_ids(self) -> Sequence[str]:
        """By row."""
        return self.shelf.product_ids

    @property
    def visitor_ids(self) -> Sequence[str]:
        """By row."""
        return [visitor.visitor_id for visitor in self.tastes.visitors]

    @property
    def visitors(self) -> Sequence[Visitor]:
        """What a shop would know of them; of many it knows nothing."""
        return self.tastes.visitors

    def utility(self, visitor: int, products: Rows, at: float) -> NDArray[np.float32]:
        """How much a visitor wants each product at a time, (n,); expected, without any noise."""
        return self.tastes.of(visitor, self.shelf, products) + self.shelf.in_season(products, at)

    def click_probability(self, visitor: int, products: Rows, at: float) -> NDArray[np.float32]:
        """Probability (n,) that each is clicked once it was looked at."""
        return sigmoid(self.utility(visitor, products, at) - self.click_threshold)

    def here(self, at: float) -> Rows:
        """Products that have arrived by a time."""
        return np.flatnonzero(self.shelf.arrived_at <= at)


def draw_world(
    products: Sequence[Product], plan: Plan, bought_together: BoughtTogether | None = None
) -> World:
    """Draw visitors and their tastes over a catalogue.

    Args:
        products: with labels and prices, as far as they have any; photos are not looked at.
        plan: how many, how long, which world.
        bought_together: real co-purchases, which simulated visitors follow; None where there are
            none.

    Raises:
        UsageError: fewer products than a page holds, no visitor, or an unknown world.
    """
    if plan.world not in WORLDS:
        raise UsageError(unknown("world", plan.world, WORLDS))
    if len(products) < plan.page_size:
        raise UsageError(
            f"{len(products)} products do not fill a page of {plan.page_size}; give more"
        )
    if plan.n_visitors < 1 or plan.n_days < 1:
        raise UsageError("the simulator needs a visitor and a day at least")
    arrivals = plan.starts_at, plan.ends_at, plan.new_products
    shelf = shelf_of(
        products, bought_together or {}, plan.seed, arrivals, mixed_up=plan.world == UNRELATED
    )
    tastes = draw_tastes(shelf, plan.n_visitors, plan.seed)
    world = World(plan, shelf, tastes, 0.0)
    return World(plan, shelf, tastes, _threshold(world))


def sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / (1 + e^-x), without overflow."""
    return (0.5 * (1 + np.tanh(0.5 * values))).astype(np.float32)


def _threshold(world: World) -> float:
    """Where random products are clicked as often as the plan says, by bisection."""
    rng = np.random.default_rng([world.plan.seed, 7])
    n_products = len(world.product_ids)
    some = rng.integers(0, n_products, (min(200, world.plan.n_visitors), 500))
    utilities = np.stack(
        [world.utility(row, of_one, world.plan.starts_at) for row, of_one in enumerate(some)]
    )
    low, high = float(utilities.min()) - 20, float(utilities.max()) + 20
    for _ in range(60):
        middle = (low + high) / 2
        too_often = sigmoid(utilities - middle).mean() > world.plan.click_rate
        low, high = (middle, high) if too_often else (low, middle)
    return (low + high) / 2
