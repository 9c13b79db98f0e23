"""Where candidates come from: each generator ranks a few hundred products for a visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.index import Mask
from vitrine.recommend.factors import Matrix, Space
from vitrine.recommend.knowledge import Knowledge
from vitrine.recommend.popularity import segments_of
from vitrine.recommend.profile import Profile
from vitrine.recommend.tastes import labels_of, taste_in_labels
from vitrine.recommend.together import Neighbours
from vitrine.types import Rows

NO_ANCHOR = -1
_OF_EACH_ANCHOR = 60
_NEAR_ANCHORS = 5
_GROWING = 1.05


@dataclass(frozen=True, slots=True)
class Candidates:
    """What one generator proposes, best first."""

    rows: Rows
    scores: NDArray[np.float64]
    """(n,) in the generator's own unit."""
    anchors: Rows
    """(n,) shelf row of the visitor's product behind each; -1 where there is none."""

    def __len__(self) -> int:
        return len(self.rows)


Generator = Callable[[Knowledge, Profile, Mask, int], Candidates]
"""Knowledge, who asks, what may be given, how many."""


def attributes(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What says the same as the visitor's products: type, colour, brand, price."""
    if not profile.anchors:
        return none()
    labels = labels_of(knowledge.shelf)
    rows = np.flatnonzero(among)
    scores = taste_in_labels(labels, profile).score(labels, rows)
    types = labels.codes["article_type"]
    behind = {int(types[anchor.row]): anchor.row for anchor in reversed(profile.anchors)}
    best = best_rows(scores, k)
    best = best[scores[best] > 0]
    anchors = [behind.get(int(types[row]), NO_ANCHOR) for row in rows[best]]
    return Candidates(rows[best], scores[best], np.array(anchors, np.int64))


def best_rows(scores: NDArray[np.float64], k: int) -> Rows:
    """Positions of the k highest scores, best first; ties by position."""
    if k < len(scores):
        bound = -np.partition(-scores, k)[k]
        above = np.flatnonzero(scores >= bound) if np.isfinite(bound) else np.arange(len(scores))
    else:
        above = np.arange(len(scores))
    return above[np.argsort(-scores[above], kind="stable")][:k]


def none() -> Candidates:
    """No candidate."""
    nothing = np.empty(0, np.int64)
    return Candidates(nothing, np.empty(0), nothing)


def ranked(rows: Rows, scores: NDArray[np.float64], anchors: Rows | None, k: int) -> Candidates:
    """The k best of these rows whose score is above 0."""
    if anchors is None:
        anchors = np.full(len(rows), NO_ANCHOR)
    best = best_rows(scores, k)
    best = best[scores[best] > 0]
    return Candidates(rows[best], scores[best], anchors[best])


def of_figures(figures: NDArray[np.float64], among: Mask, k: int) -> Candidates:
    """The k products with the highest figures above 0, (n_rows,)."""
    allowed = np.flatnonzero(among)
    return ranked(allowed, figures[allowed], None, k)


def popular(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """Popular now with visitors of the same kind."""
    return of_figures(knowledge.popular(profile.facts), among, k)


def trending(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """Gaining visitors."""
    figures = np.maximum(0.0, knowledge.placed.trending - _GROWING) * np.log1p(
        knowledge.popular(profile.facts)
    )
    return of_figures(figures, among, k)


def visual(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What looks like one of the visitor's products."""
    shelf = knowledge.shelf
    rows: list[Rows] = []
    scores: list[NDArray[np.float64]] = []
    anchors: list[Rows] = []
    heaviest = max((anchor.weight for anchor in profile.anchors), default=1.0)
    for anchor in profile.anchors[:_NEAR_ANCHORS]:
        vector = shelf.vectors(np.array([anchor.row]))[0]
        if not vector.any():
            continue
        n = k if len(profile.anchors) == 1 else _OF_EACH_ANCHOR
        found, cosines = shelf.nearest(vector, n, among)
        rows.append(found)
        scores.append(
            np.maximum(0.0, cosines.astype(np.float64)) * _worth(anchor.weight / heaviest)
        )
        anchors.append(np.full(len(found), anchor.row))
    return _best_of_each(rows, scores, anchors, k)


def bought_with(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What others bought on the same day."""
    return _neighbours(knowledge, knowledge.placed.counted.bought_together, profile, among, k)


def liked_with(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What others with the same taste chose."""
    return _neighbours(knowledge, knowledge.placed.counted.liked_together, profile, among, k)


def repurchase(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What the visitor bought before, the newest and most often bought again first."""
    bought = (profile.days_bought > 0) & among[profile.rows]
    rows = profile.rows[bought]
    rates = knowledge.placed.repurchase[rows]
    recency = 1 / (1 + profile.ages_days[bought] / 7)
    scores = (rates + 0.02) * recency * profile.days_bought[bought]
    return ranked(rows, scores, rows, k)


def variants(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """Other colours and sizes of the visitor's products."""
    shelf = knowledge.shelf
    figures = np.zeros(len(shelf))
    behind = np.full(len(shelf), NO_ANCHOR)
    for anchor in profile.anchors[:_NEAR_ANCHORS]:
        group = shelf.groups[anchor.row]
        if group >= 0:
            same = np.flatnonzero((shelf.groups == group) & among)
            same = same[(same != anchor.row) & (figures[same] < anchor.weight)]
            figures[same], behind[same] = anchor.weight, anchor.row
    rows = np.flatnonzero(figures)
    return ranked(rows, figures[rows], behind[rows], k)


def arrivals(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """The newest products, those near the visitor's taste first."""
    shelf = knowledge.shelf
    allowed = np.flatnonzero(among)
    newest = allowed[best_rows(shelf.arrivals[allowed].astype(np.float64), 2 * k)]
    age = np.arange(len(newest)) / max(1, len(newest))
    taste = taste_of(knowledge, profile)
    if taste is None:
        return ranked(newest, 1.0 - 0.5 * age, None, k)
    cosines = shelf.vectors(newest) @ taste
    return ranked(newest, np.maximum(0.0, cosines) * (1.0 - 0.3 * age) + 1e-6, None, k)


def again(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
    """What the visitor put into the cart or looked at and did not buy."""
    del knowledge
    open_ = (profile.days_bought == 0) & among[profile.rows]
    rows = profile.rows[open_]
    scores = profile.strengths[open_] / (1 + profile.ages_days[open_])
    return ranked(rows, scores.astype(np.float64), rows, k)


def by_space(name: str) -> Generator:
    """Products near the visitor in a space that was learned: als, bpr or two-tower."""

    def generate(knowledge: Knowledge, profile: Profile, among: Mask, k: int) -> Candidates:
        space = knowledge.placed.spaces.get(name)
        visitor = None if space is None else visitor_in(space, profile)
        if space is None or visitor is None:
            return none()
        rows = np.flatnonzero(among & space.items.any(axis=1))
        scores = space.scores(visitor, rows)
        lowest = scores.min() if len(scores) else 0.0
        return ranked(rows, scores - lowest + 1e-9, None, k)

    return generate


def visitor_in(space: Space, profile: Profile) -> Matrix | None:
    """A visitor's vector; None where the space knows nothing of what he did."""
    rows = np.array([anchor.row for anchor in profile.anchors], np.int64)
    weights = np.array([anchor.weight for anchor in profile.anchors], np.float32)
    return space.visitor(rows, weights, segments_of(profile.facts))


def taste_of(knowledge: Knowledge, profile: Profile) -> Matrix | None:
    """Unit vector (dim,) of what the visitor's products look like; None where none has a photo."""
    rows = np.array([anchor.row for anchor in profile.anchors], np.int64)
    if not len(rows):
        return None
    weights = np.array([anchor.weight for anchor in profile.anchors], np.float32)
    mean = weights @ knowledge.shelf.vectors(rows)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0 else None


GENERATORS: Mapping[str, Generator] = {
    "visual": visual,
    "liked-with": liked_with,
    "bought-with": bought_with,
    "repurchase": repurchase,
    "variants": variants,
    "again": again,
    "attributes": attributes,
    "als": by_space("als"),
    "bpr": by_space("bpr"),
    "two-tower": by_space("two-tower"),
    "popular": popular,
    "trending": trending,
    "arrivals": arrivals,
}
"""Name -> generator."""

OF_WHAT_WAS_MET = ("repurchase", "again", "popular", "trending")
"""Generators that may propose what the visitor met before."""


def _worth(share: float) -> float:
    """Of a cosine, by how much its anchor weighs: lesser ones still count."""
    return 0.7 + 0.3 * share


def _neighbours(
    knowledge: Knowledge, neighbours: Neighbours, profile: Profile, among: Mask, k: int
) -> Candidates:
    placed = knowledge.placed
    total = np.zeros(len(knowledge.shelf))
    most = np.zeros(len(knowledge.shelf))
    behind = np.full(len(knowledge.shelf), NO_ANCHOR)
    for anchor in profile.anchors:
        codes, scores = neighbours.of(int(placed.codes[anchor.row]))
        rows = placed.rows[codes]
        living = (rows >= 0) & among[rows]
        rows, parts = rows[living], scores[living] * anchor.weight
        total[rows] += parts
        stronger = parts > most[rows]
        most[rows[stronger]], behind[rows[stronger]] = parts[stronger], anchor.row
    rows = np.flatnonzero(total)
    return ranked(rows, total[rows], behind[rows], k)


def _best_of_each(
    rows: list[Rows], scores: list[NDArray[np.float64]], anchors: list[Rows], k: int
) -> Candidates:
    if not rows:
        return none()
    every, values, behind = np.concatenate(rows), np.concatenate(scores), np.concatenate(anchors)
    order = np.lexsort((-values, every))
    every, values, behind = every[order], values[order], behind[order]
    first = np.concatenate([[True], every[1:] != every[:-1]])
    return ranked(every[first], values[first], behind[first], k)
