"""Policies for `online`: recommenders that read on, and baselines that count on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vitrine.evaluate.event_rows import event_rows
from vitrine.evaluate.next_purchase import Question
from vitrine.evaluate.next_purchase_recommenders import Looks, learned_of, shelf_for
from vitrine.recommend import Asked, Knowledge, Ladder, Ranker, blend, know, ranked

if TYPE_CHECKING:
    from vitrine.evaluate.next_purchase import Ask, Fit, Round
    from vitrine.evaluate.online import Start
    from vitrine.events import Event
    from vitrine.recommend import Recommender
    from vitrine.types import Product

RECOUNTED_AFTER = 150
"""Lists, after which everything is counted anew and what arrived is taken in."""


class LadderPolicy:
    """A recommender that meets each event at once, and counts anew now and then.

    Args:
        known: what happened before.
        looks: vectors.
        make: the recommender of what is known.
        learned: what was learned of the same round.
        explores: whether some places go to products that few were shown.
    """

    def __init__(
        self,
        known: Round,
        looks: Looks,
        make: Callable[[Knowledge], Recommender],
        learned: Knowledge,
        *,
        explores: bool,
    ) -> None:
        self._visitors, self._looks, self._make = known.visitors, looks, make
        self._knowledge, self._explores = learned, explores
        self._recommender = make(learned)
        self._n_lists = 0

    def show(self, visitor_id: str, at: float, k: int) -> Sequence[str]:
        """As `Policy` says."""
        facts = self._visitors.get(visitor_id)
        asked = Asked(at, visitor_id, facts=facts, explore=self._explores)
        return [each.product_id for each in self._recommender.recommend(asked, k)]

    def learn(self, events: Sequence[Event], for_sale: Callable[[], Sequence[Product]]) -> None:
        """As `Policy` says."""
        self._n_lists += 1
        known = self._knowledge
        behaviour = known.behaviour.then(event_rows(events, known.behaviour.last))
        if self._n_lists % RECOUNTED_AFTER and len(events) < RECOUNTED_AFTER:
            self._knowledge = known.after(behaviour)
        else:
            shelf = shelf_for(for_sale(), self._looks)
            at = max(event.at for event in events) + 1
            learned = known.placed.learned
            self._knowledge = know(shelf, behaviour.folded(), at, self._visitors, learned)
        self._recommender = self._make(self._knowledge)


class CountingPolicy:
    """A baseline of next purchase that is fitted anew now and then.

    Args:
        known: what happened before.
        fit: the baseline.
    """

    def __init__(self, known: Round, fit: Fit) -> None:
        self._round, self._fit = known, fit
        self._ask: Ask = fit(known)
        self._newer: list[Event] = []
        self._n_lists = 0

    def show(self, visitor_id: str, at: float, k: int) -> Sequence[str]:
        """As `Policy` says."""
        del at
        return self._ask(Question(visitor_id, frozenset()), k)

    def learn(self, events: Sequence[Event], for_sale: Callable[[], Sequence[Product]]) -> None:
        """As `Policy` says."""
        self._n_lists += 1
        self._newer += events
        if self._n_lists % RECOUNTED_AFTER and len(events) < RECOUNTED_AFTER:
            return
        at = max(event.at for event in events) + 1
        every = [*self._round.events, *self._newer]
        self._round = replace(self._round, events=every, at=at, for_sale=for_sale())
        self._newer, self._ask = [], self._fit(self._round)


def policies(looks: Looks, baselines: Mapping[str, Fit]) -> Mapping[str, Start]:
    """The baselines, the blend and the trained ranker, each with and without exploration."""
    learnt = _Learnt(looks)
    counting = {name: _counting(fit) for name, fit in baselines.items()}
    return counting | {
        "blend": learnt.start(trained=False, explores=False),
        "blend, exploring": learnt.start(trained=False, explores=True),
        "ranker": learnt.start(trained=True, explores=False),
        "ranker, exploring": learnt.start(trained=True, explores=True),
    }


def _counting(fit: Fit) -> Start:
    return lambda known: CountingPolicy(known, fit)


class _Learnt:
    """What was learned of the last round, shared by its policies."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._round: Round | None = None
        self._found: tuple[Knowledge, Ranker | None] | None = None

    def start(self, *, trained: bool, explores: bool) -> Start:
        def start(known: Round) -> LadderPolicy:
            if self._found is None or self._round is not known:
                self._round = known
                self._found = learned_of(known, self._looks, trained=True)
            knowledge, ranker = self._found

            def make(now: Knowledge) -> Ladder:
                return ranked(now, ranker) if trained and ranker is not None else blend(now)

            return LadderPolicy(known, self._looks, make, knowledge, explores=explores)

        return start
