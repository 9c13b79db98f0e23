"""Next purchase: what will each visitor buy, of what nobody has told the recommender?

A task is made of rounds; each has what was known, and visitors whose purchases were kept back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.evaluate.results import Result, mean_result, with_interval
from vitrine.metrics import average_precision_at, paired_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.events import Event, Visitor
    from vitrine.types import Product

K = 12
ALL, COLD_ITEM = "all", "cold item"
COLD_USER, IN_VIEW = "cold user", "cold user with a product in view"
SOME, ACTIVE = "some history", "active"
_FEW_VISITORS = 5
_ACTIVE_PRODUCTS = 10
_KNOWING = frozenset({"detail-page-view", "like", "add-to-cart", "purchase-complete"})


@dataclass(frozen=True, slots=True)
class Question:
    """A visitor, and what was really bought."""

    visitor_id: str
    bought: Set[str]
    viewed: Sequence[str] = ()
    """Looked at just now, not among the events of the round."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """What is known, and what is asked."""

    events: Sequence[Event]
    """Everything that a recommender may learn from."""
    at: float
    """When it is asked; nothing later is among the events."""
    for_sale: Sequence[Product]
    """What may be recommended, the oldest first."""
    questions: Sequence[Question]
    visitors: Mapping[str, Visitor] = field(default_factory=dict[str, "Visitor"])
    """What is known of visitors besides events."""

    @property
    def product_ids(self) -> list[str]:
        """Of what is for sale, the oldest first."""
        return [product.product_id for product in self.for_sale]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A name, and rounds that are made when they come up."""

    name: str
    rounds: Iterable[Round]


Ask: TypeAlias = Callable[[Question, int], Sequence[str]]
"""(question, k) -> product ids, the best first."""
Fit: TypeAlias = Callable[[Round], Ask]
"""Learns from a round's events; what is asked stays unread until it is asked."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """One list, judged."""

    visitor_id: str
    segment: str
    precision: float
    recall: float
    cold_precision: float
    """NaN where nothing cold was bought."""
    novelty: float
    cold_share: float


@dataclass(slots=True, eq=False)
class _Answers:
    """One contestant's lists over all rounds."""

    answers: list[_Answer] = field(default_factory=list[_Answer])
    coverage: list[float] = field(default_factory=list[float])
    """Of each round."""

    def of(self, name: str) -> NDArray[np.float64]:
        """One figure (n,) of every answer."""
        return np.array([getattr(answer, name) for answer in self.answers], np.float64)

    @property
    def visitors(self) -> NDArray[np.str_]:
        return np.array([answer.visitor_id for answer in self.answers], np.str_)

    @property
    def segments(self) -> NDArray[np.str_]:
        return np.array([answer.segment for answer in self.answers], np.str_)


def next_purchase(
    task: Task,
    contestants: Mapping[str, Fit],
    against: Sequence[str] = (),
    on_progress: Callable[[str], None] = lambda _line: None,
) -> list[Result]:
    """Ask every contestant the same questions.

    - MAP@12 and recall@12 (the share of what was bought that is found), per segment.
    - coverage: share of what is for sale that is in some list, a mean over rounds.
    - novelty: mean self-information in bits of what is recommended, by how many visitors know it.
    - cold item: questions in which something was bought that fewer than 5 visitors had looked at,
      and not this one; only that counts.
    - share of places that cold items get.
    - differences of MAP@12 to each of `against`, paired.

    Intervals draw visitors.
    """
    answers = {name: _Answers() for name in contestants}
    for n, each in enumerate(task.rounds):
        seen = _Seen(each)
        for name, fit in contestants.items():
            on_progress(f"{task.name}, round {n + 1}: {name}")
            _ask(each, seen, fit(each), answers[name])
    results = [r for name, found in answers.items() for r in _results(task.name, name, found)]
    for baseline in against:
        for name, found in answers.items():
            if name not in against:
                results += _ahead(task.name, name, found, baseline, answers[baseline])
    return _by_measure(results)


def segment_of(question: Question, n_known: int) -> str:
    """Which segment a visitor is in, by how many products they had looked at before."""
    if not n_known:
        return IN_VIEW if question.viewed else COLD_USER
    return ACTIVE if n_known >= _ACTIVE_PRODUCTS else SOME


def _ask(each: Round, seen: _Seen, ask: Ask, into: _Answers) -> None:
    given: set[str] = set()
    for question in each.questions:
        hits = list(ask(question, K))[:K]
        given.update(hits)
        into.answers.append(seen.judge(question, hits))
    into.coverage.append(len(given) / len(each.for_sale))


class _Seen:
    """Who knew what in a round, so that lists can be judged by it."""

    def __init__(self, known: Round) -> None:
        pairs = {
            (event.visitor_id, product.product_id)
            for event in known.events
            if event.event_type in _KNOWING
            for product in event.products
        }
        self._own: defaultdict[str, set[str]] = defaultdict(set)
        for visitor_id, product_id in pairs:
            self._own[visitor_id].add(product_id)
        self._n_knowing = Counter(product_id for _, product_id in pairs)
        self._total = len(pairs) + len(known.for_sale)
        self._cold = {p for p in known.product_ids if self._n_knowing[p] < _FEW_VISITORS}

    def judge(self, question: Question, hits: Sequence[str]) -> _Answer:
        own = self._own.get(question.visitor_id, set[str]())
        bits = [-np.log2((self._n_knowing[p] + 1) / self._total) for p in hits]
        return _Answer(
            question.visitor_id,
            segment_of(question, len(own)),
            _precision(hits, question.bought),
            len(question.bought & set(hits)) / len(question.bought),
            _precision(hits, (question.bought & self._cold) - own),
            float(np.mean(bits)) if bits else float("nan"),
            sum(p in self._cold for p in hits) / K,
        )


def _precision(hits: Sequence[str], bought: Set[str]) -> float:
    if not bought:
        return float("nan")
    right = np.zeros((1, K), np.bool_)
    right[0, : len(hits)] = [p in bought for p in hits]
    return float(average_precision_at(right, K, np.array([len(bought)]))[0])


def _results(task: str, name: str, found: _Answers) -> list[Result]:
    results: list[Result] = []
    visitors = found.visitors

    def add(measure: str, values: NDArray[np.float64], rows: NDArray[np.bool_]) -> None:
        if rows.any():
            results.append(mean_result(task, measure, name, values[rows], visitors[rows]))

    for measure, values in ((f"MAP@{K}", "precision"), (f"recall@{K}", "recall")):
        for segment, rows in _segments(found).items():
            add(f"{measure}, {segment}", found.of(values), rows)
    cold = found.of("cold_precision")
    add(f"MAP@{K}, {COLD_ITEM}", cold, ~np.isnan(cold))
    novelty = found.of("novelty")
    add("novelty, bits", novelty, ~np.isnan(novelty))
    add("share of places for cold items", found.of("cold_share"), ~np.zeros_like(cold, np.bool_))
    coverage = float(np.mean(found.coverage))
    results.append(Result(task, "coverage", name, coverage, len(found.coverage)))
    return results


def _ahead(task: str, name: str, ours: _Answers, baseline: str, theirs: _Answers) -> list[Result]:
    results: list[Result] = []
    kinds = [(segment, "precision", rows) for segment, rows in _segments(ours).items()]
    kinds.append((COLD_ITEM, "cold_precision", ~np.isnan(ours.of("cold_precision"))))
    for segment, figure, rows in kinds:
        if rows.any():
            mine, other = ours.of(figure)[rows], theirs.of(figure)[rows]
            found = paired_difference(mine, other, ours.visitors[rows])
            measure = f"MAP@{K} ahead of {baseline}, {segment}"
            results.append(with_interval(task, measure, name, found, int(rows.sum())))
    return results


def _segments(found: _Answers) -> dict[str, NDArray[np.bool_]]:
    """Segment -> which answers are of it, (n,)."""
    segments = found.segments
    everybody = {ALL: np.ones(len(segments), np.bool_)}
    return everybody | {name: segments == name for name in (COLD_USER, IN_VIEW, SOME, ACTIVE)}


def _by_measure(results: Sequence[Result]) -> list[Result]:
    """The same results, those of one measure together."""
    order = list(dict.fromkeys(result.measure for result in results))
    return sorted(results, key=lambda result: order.index(result.measure))
