"""Train a ranker on a shop's own events, by time: what was known before, what came after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import DataError
from vitrine.events import Visitor
from vitrine.recommend.allowing import allowed_for
from vitrine.recommend.behaviour import CART, DISLIKE, LIKE, PURCHASE, VIEW, Behaviour
from vitrine.recommend.blending import WEIGHTS, gather
from vitrine.recommend.factors import Learned
from vitrine.recommend.features import features_of
from vitrine.recommend.knowledge import Knowledge, Placed, count
from vitrine.recommend.ladder import Ladder
from vitrine.recommend.learning import LEARNERS, learn
from vitrine.recommend.nouns import Asked
from vitrine.recommend.pairs import DAY_S
from vitrine.recommend.profile import profile_of
from vitrine.recommend.ranker import ROUNDS, Examples, Ranker, fit_ranker
from vitrine.recommend.shelf import Shelf
from vitrine.types import Json, Rows

LEAST_EXAMPLES = 100
"""Visitors who came back; below, a ranker would learn chance."""
_WINDOWS = 3
_LONGEST_WINDOW_DAYS = 7.0
_WINDOW_SHARE = 0.12
_MOST_VISITORS = 1200
_MOST_JUDGED = 400
_NEGATIVES = 120
_K = 12
_WORTH = {VIEW: 1, LIKE: 2, CART: 2, PURCHASE: 3}

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainedRanker:
    """What training gave."""

    ranker: Ranker
    learned: Mapping[str, Learned]
    """Spaces, learned from all events."""
    better: bool
    """Whether the ranker was better than the blend on the days that were kept aside."""
    about: Json


@dataclass(frozen=True, slots=True)
class _Case:
    """A visitor at a moment, and what he did afterwards."""

    visitor_id: str
    at: float
    worth: Mapping[int, int] = field(default_factory=dict[int, int])
    """Shelf row -> label."""


def train_ranker(
    shelf: Shelf,
    behaviour: Behaviour,
    facts: Mapping[str, Visitor] | None = None,
    *,
    learners: tuple[str, ...] = tuple(LEARNERS),
    seed: int = 0,
    rounds: int = ROUNDS,
    on_step: Step = lambda _: None,
) -> TrainedRanker:
    """Train on windows of days, each seen with what was known before it; the last is kept aside.

    On the last window the ranker is compared with the blend, visitor by visitor. What is learned of
    items is learned anew from all events in the end.

    Args:
        shelf: the products.
        behaviour: all events.
        facts: what is known of visitors.
        learners: of `LEARNERS`, that feed it.
        seed: of everything random.
        rounds: trees of the ranker.
        on_step: told what is being done.

    Raises:
        DataError: too few visitors came back.
        MissingExtraError: LightGBM, or Implicit for als and bpr, is not installed.
    """
    known = facts or {}
    rng = np.random.default_rng(seed)
    starts = _window_starts(behaviour)
    length = starts[0][1] - starts[0][0]
    parts: list[Examples] = []
    for number, (begin, end) in enumerate(starts[1:], 1):
        on_step(f"window {number} of {len(starts) - 1}: counting and learning")
        knowledge = _known_before(shelf, behaviour, begin, known, learners, seed)
        cases = _cases(knowledge, behaviour, begin, end, _MOST_VISITORS, rng)
        on_step(f"window {number} of {len(starts) - 1}: {len(cases):,} visitors")
        parts.append(_examples(knowledge, cases, known, rng))
    examples = _joined(parts)
    n_visitors = len(examples.groups)
    if n_visitors < LEAST_EXAMPLES:
        raise DataError(
            f"{n_visitors} visitors came back to something that could have been recommended; "
            f"a ranker needs {LEAST_EXAMPLES}. Until then the blend is used"
        )
    on_step(f"ranker: {n_visitors:,} visitors, {len(examples.labels):,} candidates")
    ranker = fit_ranker(examples, seed, rounds)
    on_step("comparison on the days kept aside")
    begin, end = starts[0]
    knowledge = _known_before(shelf, behaviour, begin, known, learners, seed)
    judged = _cases(knowledge, behaviour, begin, end, _MOST_JUDGED, rng)
    ours = _gains(Ladder("ranker", knowledge, ranker, explores=False), judged, known)
    blend = _gains(Ladder("blend", knowledge, explores=False), judged, known)
    on_step("learning from all events")
    now = float(behaviour.all().at.max()) + 1
    learned = learn(learners, shelf, behaviour, now, known, seed=seed)
    return TrainedRanker(
        ranker,
        learned,
        bool(len(judged)) and float(ours.mean()) > float(blend.mean()),
        {
            "events": behaviour.n_events,
            "visitors": n_visitors,
            "window_days": round(length / DAY_S, 2),
            "judged_visitors": len(judged),
            "ndcg_ranker": round(float(ours.mean()), 4) if len(ours) else None,
            "ndcg_blend": round(float(blend.mean()), 4) if len(blend) else None,
            "learners": list(learners),
        },
    )


def _window_starts(behaviour: Behaviour) -> list[tuple[float, float]]:
    """Begin and end of windows, the newest first."""
    at = behaviour.all().at
    if not len(at):
        raise DataError("there are no events yet; a ranker learns from what visitors did")
    span = float(at.max() - at.min())
    length = min(_LONGEST_WINDOW_DAYS * DAY_S, max(_WINDOW_SHARE * span, 1.0))
    end = float(at.max()) + 1
    return [(end - (n + 1) * length, end - n * length) for n in range(_WINDOWS + 1)]


def _known_before(
    shelf: Shelf,
    behaviour: Behaviour,
    at: float,
    facts: Mapping[str, Visitor],
    learners: tuple[str, ...],
    seed: int,
) -> Knowledge:
    """Counts and spaces of what happened before; visitors' own events up to when they ask."""
    earlier = behaviour.before(at)
    counted = count(earlier, shelf, at, facts)
    learned = learn(learners, shelf, earlier, at, facts, seed=seed)
    return Knowledge(Placed(shelf, counted, earlier.product_names, learned), behaviour.folded())


def _cases(
    knowledge: Knowledge,
    behaviour: Behaviour,
    begin: float,
    end: float,
    most: int,
    rng: np.random.Generator,
) -> list[_Case]:
    """Visitors of a window, half of them before their first visit in it, half amid their visits."""
    events = behaviour.folded().events
    inside = (events.at >= begin) & (events.at < end)
    events = events.take(inside & (events.kinds >= VIEW) & (events.kinds != DISLIKE))
    visitors = np.unique(events.visitors)
    chosen = np.sort(rng.permutation(visitors)[:most])
    rows = knowledge.rows_of(events.products)
    cases: list[_Case] = []
    for visitor in chosen.tolist():
        own = slice(*np.searchsorted(events.visitors, [visitor, visitor + 1]).tolist())
        times = events.at[own]
        at = begin if rng.random() < 0.5 else float(times[int(rng.integers(len(times)))])
        worth: dict[int, int] = {}
        for row, kind, when in zip(
            rows[own].tolist(), events.kinds[own].tolist(), times.tolist(), strict=True
        ):
            if row >= 0 and when >= at:
                worth[row] = max(worth.get(row, 0), _WORTH[kind])
        if worth:
            cases.append(_Case(behaviour.visitor_names[visitor], at, worth))
    return cases


def _examples(
    knowledge: Knowledge,
    cases: list[_Case],
    facts: Mapping[str, Visitor],
    rng: np.random.Generator,
) -> Examples:
    features: list[NDArray[np.float32]] = []
    labels: list[Rows] = []
    for case in cases:
        asked = Asked(case.at, case.visitor_id, facts=facts.get(case.visitor_id), explore=False)
        profile = profile_of(knowledge, asked)
        among = allowed_for(knowledge, profile, asked).gladly
        pool = gather(knowledge, profile, among, tuple(WEIGHTS[profile.step]), _K)
        worth = np.array([case.worth.get(row, 0) for row in pool.rows.tolist()], np.int64)
        if not worth.any():
            continue
        others = rng.permutation(np.flatnonzero(worth == 0))[:_NEGATIVES]
        kept = np.sort(np.concatenate([np.flatnonzero(worth), others]))
        features.append(features_of(knowledge, profile, pool)[kept])
        labels.append(worth[kept])
    groups = np.array([len(each) for each in labels], np.int64)
    if not features:
        return Examples(np.empty((0, 0), np.float32), np.empty(0, np.int64), groups)
    return Examples(np.concatenate(features), np.concatenate(labels), groups)


def _joined(parts: list[Examples]) -> Examples:
    some = [part for part in parts if len(part.groups)]
    if not some:
        return Examples(np.empty((0, 0), np.float32), *[np.empty(0, np.int64)] * 2)
    return Examples(
        np.concatenate([part.features for part in some]),
        np.concatenate([part.labels for part in some]),
        np.concatenate([part.groups for part in some]),
    )


def _gains(ladder: Ladder, cases: list[_Case], facts: Mapping[str, Visitor]) -> NDArray[np.float64]:
    """NDCG@12 of each case, graded by what the visitor did."""
    discounts = 1 / np.log2(np.arange(_K) + 2)
    out = np.zeros(len(cases))
    for n, case in enumerate(cases):
        asked = Asked(case.at, case.visitor_id, facts=facts.get(case.visitor_id), explore=False)
        found = ladder.recommend(asked, _K)
        rows = [ladder.knowledge.shelf.row_of[each.product_id] for each in found]
        gains = np.array([case.worth.get(row, 0) for row in rows], np.float64)
        best = np.sort(np.array([*case.worth.values()], np.float64))[::-1][:_K]
        out[n] = gains @ discounts[: len(gains)] / (best @ discounts[: len(best)])
    return out
