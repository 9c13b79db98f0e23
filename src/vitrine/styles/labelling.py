"""Words that people gave to a few products, spread over all of them.

Kernel ridge regression, one column a word: products are alike as far as they look alike, and as far
as they share styles (the inner product of their soft memberships), where that helps. Whether it
does, and how much labels are trusted, is chosen by the labels themselves, each left out once in
closed form (PRESS; Allen, 1974). The cost is linear in products. Label spreading over a graph of
nearest neighbours (Zhou et al., 2004) was tried and does worse: `docs/experiments.md`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from vitrine.styles.membership import memberships
from vitrine.styles.trends import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.styles.board import StyleBoard
    from vitrine.types import Rows, Vectors

    Floats = NDArray[np.float64]

UNSURE_BELOW = 0.5
LEAST_CHECKS = 4
_BROAD = 0.5  # how fast likeness falls with the cosine; hardly matters between .5 and 2
_STYLE_WEIGHTS = (0.0, 0.3)
_DAMPINGS = (0.05, 0.1, 0.3)
_SHARPNESS = (3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
_OTHERS = (0.1, 0.2, 0.3, 0.4, 0.5)
_DISTANCES = (0.0, 0.25, 0.5, 1.0)
_USUAL = (6.0, 0.3, 0.5)  # of the three, which a few labels are drawn towards
_STEPS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_CHECK_SHARE, _LEAST_SAMPLE = 20, 40
_BLOCK = 8_192


@dataclass(frozen=True)
class Ground:
    """What labels spread over: products that have a photo."""

    vectors: Vectors
    """(n, dim) unit vectors."""
    shares: NDArray[np.float32]
    """(n, styles) soft memberships; rows sum to 1."""
    order: Rows
    """(n,) rows as the hashes of their ids have it: by chance, and the same every time."""

    @property
    def n_checks(self) -> int:
        """Rows at the head of `order` that are asked for by chance, and never for their worth."""
        n = len(self.order)
        return max(n // _CHECK_SHARE, min(n // 2, _LEAST_SAMPLE))

    def alike(self, rows: Rows, others: Rows, by_style: float, broad: float = _BROAD) -> Floats:
        """How alike products are, (rows, others); by looks, and by the styles that they share."""
        looks = np.exp(broad * (self.vectors[rows] @ self.vectors[others].T - 1.0))
        if by_style:
            looks += by_style * (self.shares[rows] @ self.shares[others].T)
        return looks.astype(np.float64)


@dataclass(frozen=True, slots=True)
class SureFrom:
    """How scores become probabilities."""

    sharpness: float
    other: float
    """The score that "none of these words" has, beside a label."""
    distance: float
    """How much it gains with the cosine distance to the nearest label."""

    def odds(self, scores: Floats, near: Floats) -> Floats:
        """Log-odds of each word against none of them, (m, c).

        Args:
            scores: (m, c).
            near: (m,) the cosine with the nearest label.
        """
        other = self.other + self.distance * (1.0 - near)
        return self.sharpness * (scores - other[:, None])


@dataclass(frozen=True, slots=True)
class Learnt:
    """What labels say of any product."""

    words: tuple[str, ...]
    """c of them, sorted."""
    rows: Rows
    """(l,) the labelled ones."""
    codes: Rows
    """(l,) positions in `words`."""
    left_out: Floats
    """(l, c) scores of each labelled product as the others have it."""
    weights: Floats
    """(l, c)"""
    by_style: float
    limits: SureFrom

    def scores(self, ground: Ground, rows: Rows) -> Floats:
        """About 1 for a word that holds, 0 for one that does not, (rows, c)."""
        return ground.alike(rows, self.rows, self.by_style) @ self.weights

    def probabilities(self, ground: Ground, rows: Rows) -> Floats:
        """Of each word, (rows, c); what is missing to 1 is that it is none of these."""
        near = (ground.vectors[rows] @ ground.vectors[self.rows].T).max(axis=1)
        grown = np.exp(self.limits.odds(self.scores(ground, rows), near.astype(np.float64)))
        return grown / (1.0 + grown.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Answers:
    """The likeliest word of every product."""

    words: tuple[str, ...]
    codes: Rows
    """(n,) positions in `words`."""
    probabilities: NDArray[np.float32]
    """(n,) 1 where a person said it."""
    given: NDArray[np.bool_]
    """(n,)"""

    @property
    def unsure(self) -> NDArray[np.bool_]:
        """(n,) where no word has half of the probability."""
        return self.probabilities < UNSURE_BELOW


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many labels, the first ones, get right."""

    n_labels: int
    right: float
    """Share of the checked products."""
    low: float
    """95 % (Wilson, 1927), with `high`."""
    high: float
    commonest: float
    """The same, if every product were given the commonest label."""


def ground_of(board: StyleBoard) -> Ground:
    """The ground of a shop's styles."""
    vectors = board.looks.vectors
    blocks = [vectors[start : start + _BLOCK] for start in range(0, len(vectors), _BLOCK)]
    shares = np.concatenate([memberships(board.model, block) for block in blocks])
    hashes = [hashlib.blake2b(each.encode(), digest_size=8) for each in board.looks.product_ids]
    numbers = np.frombuffer(b"".join(each.digest() for each in hashes), dtype=">u8")
    return Ground(vectors, shares, np.argsort(numbers, kind="stable"))


def learn(ground: Ground, rows: Rows, words: Sequence[str]) -> Learnt:
    """Learn from labels.

    Args:
        ground: all products.
        rows: (l,) products, each once; 1 or more.
        words: what each of them is called.
    """
    names, codes = np.unique(np.array(words, dtype=np.str_), return_inverse=True)
    told = np.eye(len(names))[codes]
    tried = [_solved(ground, rows, told, *each) for each in product(_STYLE_WEIGHTS, _DAMPINGS)]
    errors = [float(((told - left_out) ** 2).sum()) for _, left_out, _ in tried]
    weights, left_out, by_style = tried[int(np.argmin(errors))]
    limits = _calibrated(left_out, codes, _nearest_other(ground.vectors[rows]))
    known = tuple(str(name) for name in names)
    return Learnt(known, rows, codes, left_out, weights, by_style, limits)


def answers(ground: Ground, learnt: Learnt) -> Answers:
    """Give every product its likeliest word; those that a person labelled keep theirs."""
    n = len(ground.vectors)
    codes, sure = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.float32)
    for start in range(0, n, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, n))
        likely = learnt.probabilities(ground, rows)
        codes[rows], sure[rows] = likely.argmax(axis=1), likely.max(axis=1)
    given = np.zeros(n, dtype=np.bool_)
    given[learnt.rows], codes[learnt.rows], sure[learnt.rows] = True, learnt.codes, 1.0
    return Answers(learnt.words, codes, sure, given)


def likely_words(ground: Ground, learnt: Learnt, row: int, k: int) -> list[tuple[str, float]]:
    """The k likeliest words of one product, with their probabilities."""
    likely = learnt.probabilities(ground, np.array([row]))[0]
    best = np.argsort(-likely, kind="stable")[:k].tolist()
    return [(learnt.words[code], float(likely[code])) for code in best]


def learning_curve(ground: Ground, rows: Rows, words: Sequence[str]) -> list[CurvePoint]:
    """What the first 5, 10, 20, 50... labels get right, up to all of them.

    Judged by labelled products that were asked for by chance (`Ground.n_checks`). Those that are
    among the labels of a point are predicted by its other labels. Empty where fewer than 4 are.

    Args:
        ground: all products.
        rows: (l,) labelled products, in the order in which labels were given.
        words: what each is called.
    """
    checks = np.isin(rows, ground.order[: ground.n_checks])
    if np.count_nonzero(checks) < LEAST_CHECKS:
        return []
    steps = [n for n in _STEPS if n < len(rows)] + [len(rows)]
    return [_point(ground, rows, words, checks, n) for n in steps]


def _point(
    ground: Ground, rows: Rows, words: Sequence[str], checks: NDArray[np.bool_], n: int
) -> CurvePoint:
    learnt = learn(ground, rows[:n], words[:n])
    scores = np.concatenate([learnt.left_out, _scores_of(ground, learnt, rows[n:])])
    guessed = np.array(learnt.words)[scores.argmax(axis=1)]
    right = (guessed == np.array(words))[checks]
    common = Counter(words[:n]).most_common(1)[0][0]
    commonest = float((np.array(words) == common)[checks].mean())
    low, high = wilson(np.array([right.mean()]), np.array([float(len(right))]))
    return CurvePoint(n, float(right.mean()), float(low[0]), float(high[0]), commonest)


def _scores_of(ground: Ground, learnt: Learnt, rows: Rows) -> Floats:
    return learnt.scores(ground, rows) if len(rows) else np.empty((0, len(learnt.words)))


def _solved(
    ground: Ground, rows: Rows, told: Floats, by_style: float, damping: float
) -> tuple[Floats, Floats, float]:
    """Weights, and the scores of each label by the others."""
    inverse = np.linalg.inv(ground.alike(rows, rows, by_style) + damping * np.eye(len(rows)))
    weights = inverse @ told
    return weights, told - weights / np.diag(inverse)[:, None], by_style


def _nearest_other(vectors: Vectors) -> Floats:
    """The cosine of each label with the nearest other one, (l,); 0 for the only one."""
    if len(vectors) < 2:
        return np.zeros(len(vectors))
    cosines = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(cosines, -1.0)
    return cosines.max(axis=1)


def _calibrated(left_out: Floats, codes: Rows, near: Floats) -> SureFrom:
    """Under which labels, each left out, are likeliest.

    A label that nobody else has is none of the words when it is left out.
    """
    alone = np.bincount(codes)[codes] < 2
    own = np.arange(len(codes)), codes

    def cost(limits: SureFrom) -> float:
        odds = limits.odds(left_out, near)
        likely = np.where(alone, 0.0, odds[own]) - np.log1p(np.exp(odds).sum(axis=1))
        usual = 2 * np.log(limits.sharpness / _USUAL[0]) ** 2
        usual += 8 * (limits.other - _USUAL[1]) ** 2 + 8 * (limits.distance - _USUAL[2]) ** 2
        return float(usual - likely.sum())

    tried = (SureFrom(*each) for each in product(_SHARPNESS, _OTHERS, _DISTANCES))
    return min(tried, key=cost)
