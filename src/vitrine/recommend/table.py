"""The table of recommenders; each takes what is known of a shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.ladder import Judge, Ladder
from vitrine.recommend.nouns import Recommender

Maker = Callable[[Knowledge], Recommender]

_VARIETY_OF_RANKED = 0.1
_OF_KIND: Mapping[str, Mapping[str, float]] = {
    "looking-similar": {"visual": 1.0, "variants": 0.2},
    "bought-together": {"bought-with": 1.0, "liked-with": 0.5},
    "trending": {"trending": 1.0, "popular": 0.1},
}


def _single(name: str, weights: Mapping[str, float], knowledge: Knowledge) -> Recommender:
    """A baseline: generators in fixed proportion, no variety, nothing explored."""
    return Ladder(name, knowledge, only=weights, variety=0.0, explores=False)


def blend(knowledge: Knowledge) -> Ladder:
    """The ladder without training."""
    return Ladder("blend", knowledge)


def ranked(knowledge: Knowledge, judge: Judge) -> Ladder:
    """The ladder with a trained ranker."""
    return Ladder("ranker", knowledge, judge, variety=_VARIETY_OF_RANKED)


def ladder_for(kind: str, knowledge: Knowledge, judge: Judge | None) -> Ladder:
    """Who answers a kind of `KINDS`; only `for-you` is ranked by a judge and explores."""
    if kind == "for-you":
        return blend(knowledge) if judge is None else ranked(knowledge, judge)
    return Ladder(kind, knowledge, only=_OF_KIND[kind], variety=0.1, explores=False)


RECOMMENDERS: Mapping[str, Maker] = {
    "popularity": partial(_single, "popularity", {"popular": 1.0}),
    "repurchase": partial(_single, "repurchase", {"repurchase": 1.0, "popular": 0.2}),
    "visual": partial(_single, "visual", {"visual": 1.0}),
    "co-occurrence": partial(_single, "co-occurrence", {"liked-with": 1.0, "bought-with": 0.5}),
    "als": partial(_single, "als", {"als": 1.0}),
    "bpr": partial(_single, "bpr", {"bpr": 1.0}),
    "two-tower": partial(_single, "two-tower", {"two-tower": 1.0}),
    "blend": blend,
}
"""Name -> maker. als, bpr and two-tower need what `learn` gives in `Knowledge`; without it, and
wherever a recommender runs out of candidates, what is popular and then what is newest follows.
With what `train_ranker` gives, `ranked(knowledge, ranker)` is one more."""
