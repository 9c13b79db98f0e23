"""What simulated visitors do in a shop that has no recommender yet: the events of its log.

They come on their own, look through pages that the shop puts together by category, popularity and
novelty, or search for what they want. What stands further down is looked at less (Craswell and
others, 2008, the model by position).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.simulator import World, sigmoid
from vitrine.evaluate.simulator_shelf import DAY_S
from vitrine.events import Event, EventProduct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows

_ATTENTION_FADES = 0.6
_WAYS = ("category", "home", "new", "search")
_WAY_SHARES = (0.35, 0.2, 0.1, 0.35)
_LUCK = 1.5  # a page shows a product as (views + 1) to the power of 1 / 1.5
_NEW_DAYS = 14.0
_FORGOTTEN_A_DAY = 0.95  # of the shop's own counts of views, by which its pages are made
_PAGES = 0.55  # probability that a visitor looks at one page more
_MOST_FOUND = 4  # products that one search leads to
_LIKES, _CARTS, _DISLIKES, _RATES, _BUYS = 0.25, 0.35, 0.1, 0.06, 0.6
_GOES_WITH, _MATCH = 0.5, 2.5  # how often a real co-purchase is looked at, and what it adds
_WANTED = 0.8  # above the click threshold, where half of the viewers who would, do
_REPEAT_DAYS = 21.0
_RATING_NOISE = 0.5


def simulate(world: World) -> Iterator[Event]:
    """Give every event from the first day to the last, by time within a visit.

    Visits are in order of their beginning. `attributes["list"]` of an impression says which page
    it was.
    """
    log = Visits(world, np.random.default_rng([world.plan.seed, 3]))
    for at, visitor in arrivals(world):
        yield from log.repeats(before=at)
        yield from log.visit(visitor, at)
    yield from log.repeats(before=world.plan.ends_at)


def arrivals(world: World) -> list[tuple[float, int]]:
    """When which visitor (row) comes, by time; more in the evening and at weekends."""
    plan = world.plan
    rng = np.random.default_rng([plan.seed, 4])
    later = rng.random(plan.n_visitors) < plan.new_visitors
    first_day = np.where(later, rng.uniform(0, plan.n_days, plan.n_visitors), 0.0)
    a_day = plan.sessions_a_week / 7 * world.tastes.activity
    n_visits = rng.poisson(a_day * (plan.n_days - first_day))
    who = np.repeat(np.arange(plan.n_visitors), n_visits)
    day = np.floor(rng.uniform(first_day[who], plan.n_days))
    weekend = (day % 7) >= 5
    stays_away = ~weekend & (rng.random(len(who)) < 0.2)
    hour = np.clip(rng.normal(19, 3.5, len(who)), 0, 23.98)
    at = plan.starts_at + day * DAY_S + hour * 3600
    kept = ~stays_away
    return sorted(zip(at[kept].tolist(), who[kept].tolist(), strict=True))


class Visits:
    """Visits one after the other, with what the shop counts meanwhile.

    Args:
        world: products and visitors.
        rng: of everything that happens.
        first_event: number in the id of the first event, where several follow each other.
    """

    def __init__(self, world: World, rng: np.random.Generator, first_event: int = 0) -> None:
        self._world, self._rng = world, rng
        self._views = np.zeros(len(world.product_ids))
        self._counted_at = world.plan.starts_at
        self._n_events = first_event
        self._again: list[tuple[float, int, int]] = []
        types = world.shelf.codes["article_type"]
        self._of_type = [np.flatnonzero(types == code) for code in range(types.max() + 1)]
        self._type_sizes = np.array([len(rows) for rows in self._of_type], np.float64)

    def visit(self, visitor: int, at: float) -> Iterator[Event]:
        """One visit: pages and searches, then the till."""
        self._forget(at)
        session = f"session-{self._world.plan.seed}-{self._n_events}"
        basket: list[int] = []
        wanted_type = self._intent(visitor)
        while True:
            way = str(self._rng.choice(_WAYS, p=_WAY_SHARES))
            if way == "search":
                for row in self._found(visitor, wanted_type, at):
                    at += float(self._rng.uniform(15, 60))
                    yield from self._look(visitor, row, -1, at, session, basket)
            else:
                shown = self._page(way, wanted_type, at)
                for event in self.react(visitor, shown, at, session, basket, {"list": way}):
                    at = event.at
                    yield event
            at += float(self._rng.uniform(10, 60))
            if self._rng.random() > _PAGES:
                break
        yield from self._till(visitor, basket, at, session)

    def react(
        self,
        visitor: int,
        shown: Sequence[int],
        at: float,
        session: str,
        basket: list[int],
        attributes: dict[str, str],
        seen: frozenset[int] = frozenset(),
    ) -> Iterator[Event]:
        """What a visitor does with a list: an impression, then what follows from clicks.

        Args:
            visitor: row.
            shown: product rows, the first on top.
            at: when.
            session: id.
            basket: rows that go into the cart are added.
            attributes: of the impression.
            seen: rows that this visitor knows and does not click any more.
        """
        if not len(shown):
            return
        products = [self._product(row, place) for place, row in enumerate(shown)]
        yield self._event("impression", visitor, at, session, products, attributes=attributes)
        rows = np.asarray(shown, np.int64)
        chance = attention(len(rows)) * self._world.click_probability(visitor, rows, at)
        for place in np.flatnonzero(self._rng.random(len(rows)) < chance).tolist():
            if int(rows[place]) not in seen:
                at += float(self._rng.uniform(8, 40))
                yield from self._look(visitor, int(rows[place]), place, at, session, basket)

    def repeats(self, before: float) -> Iterator[Event]:
        """What is bought once more until a time."""
        while self._again and self._again[0][0] < before:
            at, visitor, row = heapq.heappop(self._again)
            session = f"session-{self._world.plan.seed}-{self._n_events}"
            yield self._event("detail-page-view", visitor, at, session, [self._product(row)])
            yield from self._till(visitor, [row], at + 30, session, surely=True)

    def _look(
        self,
        visitor: int,
        row: int,
        place: int,
        at: float,
        session: str,
        basket: list[int],
        *,
        goes_with: bool = False,
    ) -> Iterator[Event]:
        self._views[row] += 1
        one = [self._product(row, place if place >= 0 else None)]
        yield self._event("detail-page-view", visitor, at, session, one)
        rows, rng = np.array([row]), self._rng
        want = float(self._world.utility(visitor, rows, at)[0]) - self._world.click_threshold
        desire = float(sigmoid(np.array([want - _WANTED + _MATCH * goes_with], np.float32))[0])
        if rng.random() < _RATES:
            rating = self._rating(visitor, want)
            yield self._event("rate", visitor, at + 3, session, one, rating)
        if rng.random() < _LIKES * desire:
            yield self._event("like", visitor, at + 4, session, one)
        elif rng.random() < _DISLIKES * (1 - desire) ** 2:
            yield self._event("dislike", visitor, at + 4, session, one)
        if row not in basket and rng.random() < _CARTS * desire:
            basket.append(row)
            yield self._event("add-to-cart", visitor, at + 5, session, one)
            if row in self._world.shelf.companions and rng.random() < _GOES_WITH:
                others, shares = self._world.shelf.companions[row]
                other = int(rng.choice(others, p=shares))
                if self._world.shelf.arrived_at[other] <= at and other not in basket:
                    yield from self._look(
                        visitor, other, -1, at + 20, session, basket, goes_with=True
                    )

    def _till(
        self, visitor: int, basket: Sequence[int], at: float, session: str, *, surely: bool = False
    ) -> Iterator[Event]:
        bought = [row for row in basket if surely or self._rng.random() < _BUYS]
        if not bought:
            return
        products = [self._product(row) for row in bought]
        yield self._event("purchase-complete", visitor, at + 60, session, products)
        for row in bought:
            if self._rng.random() < self._world.shelf.repeat_rate[row]:
                later = at + float(self._rng.exponential(_REPEAT_DAYS)) * DAY_S
                heapq.heappush(self._again, (later, visitor, row))

    def _rating(self, visitor: int, want: float) -> float:
        liking = 1 + 4 / (1 + float(np.exp(-want / 1.5)))
        strict = float(self._world.tastes.strictness[visitor])
        noise = float(self._rng.normal(0, _RATING_NOISE))
        return float(np.clip(round(liking - strict + noise), 1, 5))

    def _intent(self, visitor: int) -> int:
        taste = self._world.tastes.labels["article_type"][visitor]
        weights = self._type_sizes**0.7 * np.exp(taste)
        return int(self._rng.choice(len(weights), p=weights / weights.sum()))

    def _found(self, visitor: int, wanted_type: int, at: float) -> Iterator[int]:
        """Where a search leads: the best of what the type has, by taste and luck."""
        rows = self._here(self._of_type[wanted_type], at)
        if not len(rows):
            return
        keys = self._world.utility(visitor, rows, at) + self._rng.gumbel(size=len(rows))
        n = int(self._rng.integers(1, _MOST_FOUND + 1))
        yield from rows[np.argsort(-keys)[:n]].tolist()

    def _page(self, way: str, wanted_type: int, at: float) -> list[int]:
        """What the shop shows: by views so far and luck, of a type, of all, of what is new."""
        arrived = self._world.shelf.arrived_at
        if way == "category":
            rows = self._here(self._of_type[wanted_type], at)
        elif way == "new":
            rows = np.flatnonzero((arrived <= at) & (arrived > at - _NEW_DAYS * DAY_S))
        else:
            rows = self._world.here(at)
        keys = np.log1p(self._views[rows]) + _LUCK * self._rng.gumbel(size=len(rows))
        n = min(self._world.plan.page_size, len(rows))
        if not n:
            return []
        best = np.argpartition(-keys, n - 1)[:n]
        return rows[best[np.argsort(-keys[best])]].tolist()

    def _here(self, rows: Rows, at: float) -> Rows:
        return rows[self._world.shelf.arrived_at[rows] <= at]

    def _forget(self, at: float) -> None:
        self._views *= _FORGOTTEN_A_DAY ** max((at - self._counted_at) / DAY_S, 0.0)
        self._counted_at = max(at, self._counted_at)

    def _product(self, row: int, place: int | None = None) -> EventProduct:
        price = float(self._world.shelf.price[row])
        paid = None if np.isnan(price) else price
        return EventProduct(self._world.product_ids[row], position=place, price=paid)

    def _event(
        self,
        event_type: str,
        visitor: int,
        at: float,
        session: str,
        products: Sequence[EventProduct],
        value: float | None = None,
        attributes: dict[str, str] | None = None,
    ) -> Event:
        self._n_events += 1
        return Event(
            f"sim-{self._world.plan.world}-{self._world.plan.seed}-{self._n_events}",
            event_type,
            self._world.tastes.visitors[visitor].visitor_id,
            at,
            tuple(products),
            session,
            value,
            "relevance" if value is not None else "",
            attributes=attributes or {},
        )


def attention(n: int) -> NDArray[np.float64]:
    """Probability (n,) that what stands at each position is looked at, the first surely.

    Example:
        >>> attention(3).round(2).tolist()
        [1.0, 0.66, 0.52]
    """
    return np.arange(1, n + 1, dtype=np.float64) ** -_ATTENTION_FADES
