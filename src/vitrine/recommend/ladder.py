"""The ladder: what is known of a visitor decides who proposes; one ranking, one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.allowing import Allowed, allowed_for
from vitrine.recommend.arranging import (
    Ranking,
    explored,
    fill,
    n_explored,
    vary,
    with_explored,
)
from vitrine.recommend.blending import WEIGHTS, Pool, gather, parts_of
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.nouns import Asked, Recommended
from vitrine.recommend.profile import NEW, Profile, profile_of
from vitrine.types import Rows

_BECAUSE = {
    "liked-with": "bought-with",
    "bought-with": "bought-with",
    "variants": "variant",
    "als": "similar-visitors",
    "bpr": "similar-visitors",
    "two-tower": "similar-visitors",
    "popular": "popular",
    "trending": "trending",
    "arrivals": "new",
    "repurchase": "repurchase",
    "again": "viewed",
    "attributes": "",
}


class Judge(Protocol):
    """Says how relevant candidates are."""

    def judge(self, knowledge: Knowledge, profile: Profile, pool: Pool) -> NDArray[np.float64]:
        """Relevance of a pool's rows, (n,) 0..1."""
        ...


@dataclass(frozen=True)
class Ladder:
    """Recommends to anybody: see `docs/recommendations.md`.

    Args:
        name: of the table.
        knowledge: of the shop.
        judge: ranks candidates; None blends the generators' own ranks.
        only: generators and weights in place of those of the visitor's step.
        variety: 0..1, how much products of a list differ.
    """

    name: str
    knowledge: Knowledge
    judge: Judge | None = None
    only: Mapping[str, float] | None = None
    variety: float = 0.25
    explores: bool = True

    def step(self, asked: Asked) -> str:
        """The step of the ladder that a visitor stands on."""
        return profile_of(self.knowledge, asked).step

    def recommend(self, asked: Asked, k: int) -> list[Recommended]:
        """As `Recommender` says."""
        return self.answer(asked, k)[1]

    def answer(self, asked: Asked, k: int) -> tuple[str, list[Recommended]]:
        """The step of the ladder, and k products."""
        profile = profile_of(self.knowledge, asked)
        allowed = allowed_for(self.knowledge, profile, asked)
        weights = WEIGHTS[profile.step] if self.only is None else self.only
        pool = gather(self.knowledge, profile, allowed.gladly, tuple(weights), k)
        parts = parts_of(pool, weights)
        relevance = parts.sum(axis=1)
        if self.judge is not None and profile.step != NEW and len(pool.rows):
            relevance = self.judge.judge(self.knowledge, profile, pool)
        order = np.lexsort((pool.rows, -relevance))
        ranking = Ranking(pool.rows[order], relevance[order])
        rows, new = self._arrange(profile, allowed, asked, ranking, k)
        return profile.step, self._explain(profile, pool, parts, relevance, rows, new)

    def _arrange(
        self, profile: Profile, allowed: Allowed, asked: Asked, ranking: Ranking, k: int
    ) -> tuple[Rows, set[int]]:
        knowledge = self.knowledge
        rows = vary(knowledge.shelf, ranking, k, profile.disliked, self.variety)
        new: set[int] = set()
        if self.explores and asked.explore and n_explored(k):
            fresh = explored(knowledge, profile, allowed.gladly, k)
            rows, new = with_explored(rows, fresh, k)
        rows = fill(knowledge, profile, rows, allowed.gladly, k, once=True)
        rows = fill(knowledge, profile, rows, allowed.gladly, k, once=False)
        return fill(knowledge, profile, rows, allowed.at_all, k, once=False), new

    def _explain(
        self,
        profile: Profile,
        pool: Pool,
        parts: NDArray[np.float64],
        relevance: NDArray[np.float64],
        rows: Rows,
        new: set[int],
    ) -> list[Recommended]:
        """Scores fall along the list: variety and exploration may place a product below its own."""
        shelf = self.knowledge.shelf
        words = {anchor.row: anchor.because for anchor in profile.anchors}
        popular = self.knowledge.popular(profile.facts)
        place_of = {row: place for place, row in enumerate(pool.rows.tolist())}
        out: list[Recommended] = []
        score = 1.0
        for row in (int(each) for each in rows):
            place = place_of.get(row)
            because, behind = ("popular" if popular[row] > 0 else "new"), -1
            own = 0.0
            if place is not None:
                own = float(relevance[place])
                name = pool.names[int(np.argmax(parts[place]))]
                behind = int(pool.anchors[place, int(np.argmax(parts[place]))])
                because = _BECAUSE.get(name) or words.get(behind, "liked")
            if row in new:
                because, behind, own = "explored", -1, score
            score = min(score, max(0.0, own))
            ids = (shelf.product_ids[behind],) if behind >= 0 else ()
            out.append(Recommended(shelf.product_ids[row], round(score, 4), because, ids))
        return out
