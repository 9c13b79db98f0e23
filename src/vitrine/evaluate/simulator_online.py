"""Simulated visitors before a recommender's own lists: they react, and it may learn.

What the best possible list would have brought is known, so that regret can be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.evaluate.simulator import World
from vitrine.evaluate.simulator_visits import Visits, arrivals, attention
from vitrine.events import Event


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one list led to."""

    events: Sequence[Event]
    """The impression, and what followed; for the recommender to learn from."""
    n_clicks: int
    expected_clicks: float
    """Of this list, over all luck."""
    best_clicks: float
    """Expected of the best list of this length out of what the shop has now."""


class Audience:
    """Visitors of a world who are shown lists, one after the other.

    Args:
        world: its last day is when this begins.
        seed: of what happens here.
    """

    def __init__(self, world: World, seed: int = 0) -> None:
        self._world = world
        rng = np.random.default_rng([world.plan.seed, 5, seed])
        self._visits = Visits(world, rng, first_event=1_000_000_000 * (seed + 1))
        self._row_of = {product_id: row for row, product_id in enumerate(world.product_ids)}
        self._visitor_of = {v: row for row, v in enumerate(world.visitor_ids)}
        self._seen: defaultdict[int, set[int]] = defaultdict(set)

    def visits(self, n: int) -> Iterator[tuple[str, float]]:
        """Who comes when: the last n visits of the plan, active visitors more often."""
        for at, visitor in arrivals(self._world)[-n:]:
            yield self._world.visitor_ids[visitor], at

    def react(self, visitor_id: str, product_ids: Sequence[str], at: float) -> Reaction:
        """Show a list, the first on top; what was clicked before is not clicked again."""
        visitor = self._visitor_of[visitor_id]
        rows = [self._row_of[product_id] for product_id in product_ids]
        seen = self._seen[visitor]
        basket: list[int] = []
        session = f"online-{visitor_id}-{at:.0f}"
        events = list(
            self._visits.react(
                visitor, rows, at, session, basket, {"list": "for-you"}, frozenset(seen)
            )
        )
        expected, best = self._expected(visitor, rows, at)
        clicked = [e for e in events if e.event_type == "detail-page-view"]
        in_list = [e for e in clicked if e.products[0].position is not None]
        seen.update(self._row_of[e.products[0].product_id] for e in clicked)
        return Reaction(events, len(in_list), expected, best)

    def _expected(self, visitor: int, rows: Sequence[int], at: float) -> tuple[float, float]:
        here = self._world.here(at)
        chances = np.zeros(len(self._world.product_ids))
        chances[here] = self._world.click_probability(visitor, here, at)
        chances[list(self._seen[visitor])] = 0.0
        looked_at = attention(len(rows))
        best = np.sort(np.partition(chances, -len(rows))[-len(rows) :])[::-1] if rows else []
        return float(chances[list(rows)] @ looked_at), float(np.dot(best, looked_at))
