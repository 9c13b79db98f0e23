"""Recommenders before simulated visitors: what is clicked, what was missed, who is poisoned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vitrine.evaluate.next_purchase import Round
from vitrine.evaluate.next_purchase_tasks import oldest_first
from vitrine.evaluate.results import Result, mean_result
from vitrine.evaluate.simulator_online import Audience
from vitrine.evaluate.simulator_visits import simulate
from vitrine.events import Event, EventProduct

if TYPE_CHECKING:
    from vitrine.evaluate.simulator import World
    from vitrine.types import Product

K = 12
N_VISITS = 1500
N_PARTS = 5
_FEW_VISITORS = 5
_POISON, _N_LIKES, _N_OTHERS, _K_POISONED = "poisoner", 10_000, 60, 20
_LOOKS = frozenset({"detail-page-view", "like", "add-to-cart", "purchase-complete"})


class Policy(Protocol):
    """Chooses lists, and is told what they led to."""

    def show(self, visitor_id: str, at: float, k: int) -> Sequence[str]:
        """Give k products for a visitor, the best first."""
        ...

    def learn(self, events: Sequence[Event], for_sale: Callable[[], Sequence[Product]]) -> None:
        """Take in what happened; `for_sale` gives what is in the shop by now."""
        ...


Start = Callable[[Round], Policy]
"""Begins with everything that happened before."""


@dataclass(slots=True)
class _Log:
    """One policy's visits."""

    visitors: list[str] = field(default_factory=list[str])
    clicks: list[int] = field(default_factory=list[int])
    n_shown: list[int] = field(default_factory=list[int])
    regrets: list[float] = field(default_factory=list[float])
    shares: list[float] = field(default_factory=list[float])
    """Of the best list's expected clicks that were missed."""
    cold: list[float] = field(default_factory=list[float])


def online(
    world: World,
    products: Mapping[str, Product],
    policies: Mapping[str, Start],
    n_visits: int = N_VISITS,
    on_progress: Callable[[str], None] = lambda _line: None,
) -> list[Result]:
    """Let every policy answer the same visits, each in a world of its own, and learn from them.

    - clicks per 100 products shown;
    - regret: clicks to be expected of the best list, minus those of the list shown, in fifths of
      the visits; and as a share of the best list's;
    - share of places for cold items: fewer than five visitors had looked at them until then;
    - poisoning: a visitor likes one product 10,000 times; how alike other visitors' first 20 are
      before and after, and in how many of their lists the product is new.

    Args:
        world: of the simulator.
        products: by id.
        policies: name -> what begins it.
        n_visits: the last of the plan.
        on_progress: told what is being done.
    """
    name = f"online-{world.plan.world}"
    visits = [*Audience(world).visits(n_visits)]
    starts_at = visits[0][1]
    before = [event for event in simulate(world) if event.at < starts_at]
    facts = {visitor.visitor_id: visitor for visitor in world.visitors}

    def for_sale(at: float) -> list[Product]:
        return [products[product_id] for product_id in oldest_first(world, at)]

    known = Round(before, starts_at, for_sale(starts_at), [], facts)
    results: list[Result] = []
    for policy_name, start in policies.items():
        on_progress(f"{name}: {policy_name}")
        policy, log = start(known), _Log()
        audience, looked = Audience(world), _looked(before)
        for visitor_id, at in visits:
            shown = policy.show(visitor_id, at, K)
            reaction = audience.react(visitor_id, shown, at)
            _note(log, visitor_id, shown, looked, reaction.n_clicks)
            missed = reaction.best_clicks - reaction.expected_clicks
            log.regrets.append(missed)
            log.shares.append(missed / reaction.best_clicks if reaction.best_clicks else 0.0)
            policy.learn(reaction.events, lambda at=at: for_sale(at))
            for event in reaction.events:
                _look(looked, event)
        results += _results(name, policy_name, log)
        results += _poisoned(name, policy_name, policy, known, visits, for_sale)
    order = list(dict.fromkeys(result.measure for result in results))
    return sorted(results, key=lambda result: order.index(result.measure))


def _note(
    log: _Log,
    visitor_id: str,
    shown: Sequence[str],
    looked: Mapping[str, set[str]],
    n_clicks: int,
) -> None:
    log.visitors.append(visitor_id)
    log.clicks.append(n_clicks)
    log.n_shown.append(len(shown))
    few = sum(len(looked.get(product_id, ())) < _FEW_VISITORS for product_id in shown)
    log.cold.append(few / len(shown))


def _looked(events: Iterable[Event]) -> defaultdict[str, set[str]]:
    """Product -> visitors who looked at it."""
    looked: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        _look(looked, event)
    return looked


def _look(looked: defaultdict[str, set[str]], event: Event) -> None:
    if event.event_type in _LOOKS:
        for product in event.products:
            looked[product.product_id].add(event.visitor_id)


def _results(name: str, policy: str, log: _Log) -> list[Result]:
    visitors = np.array(log.visitors, np.str_)
    clicks = 100 * np.array(log.clicks, np.float64) / np.array(log.n_shown, np.float64)
    regrets, shares = np.array(log.regrets), np.array(log.shares)
    results = [mean_result(name, "clicks per 100 shown", policy, clicks, visitors)]
    parts = np.array_split(np.arange(len(regrets)), N_PARTS)
    for number, rows in enumerate(parts, 1):
        measure = f"regret, clicks a visit, fifth {number}"
        results.append(mean_result(name, measure, policy, regrets[rows], visitors[rows]))
    for number, rows in ((1, parts[0]), (N_PARTS, parts[-1])):
        measure = f"regret, share of the best, fifth {number}"
        results.append(mean_result(name, measure, policy, shares[rows], visitors[rows]))
    cold = np.array(log.cold)
    return [*results, mean_result(name, "share of places for cold items", policy, cold, visitors)]


def _poisoned(
    name: str,
    policy_name: str,
    policy: Policy,
    known: Round,
    visits: Sequence[tuple[str, float]],
    for_sale: Callable[[float], Sequence[Product]],
) -> list[Result]:
    at = visits[-1][1] + 60
    others = list(dict.fromkeys(visitor_id for visitor_id, _ in visits))[:_N_OTHERS]
    victim = known.for_sale[len(known.for_sale) // 2].product_id
    like = Event("", "like", _POISON, at - 30, (EventProduct(victim),))
    flood = [replace(like, event_id=f"{_POISON}-{n}") for n in range(_N_LIKES)]
    harmless = [replace(each, event_type="home-page-view", products=()) for each in flood]
    policy.learn(harmless, lambda: for_sale(at))  # so that both lists are counted at one moment
    before = [list(policy.show(other, at, _K_POISONED)) for other in others]
    policy.learn(flood, lambda: for_sale(at))
    after = [list(policy.show(other, at, _K_POISONED)) for other in others]
    pairs = list(zip(before, after, strict=True))
    overlap = np.array([len({*old} & {*new}) / max(len(old), 1) for old, new in pairs])
    entered = np.array([victim in new and victim not in old for old, new in pairs], np.float64)
    return [
        mean_result(
            name, f"poisoned: overlap@{_K_POISONED} of others' lists", policy_name, overlap
        ),
        mean_result(name, "poisoned: lists that the product entered", policy_name, entered),
    ]
