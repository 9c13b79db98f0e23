"""Which product to label next: the one whose label says most about others that are in doubt.

Active learning by variance (V-optimality; Ji and Han, 2012), weighted by doubt: under the kernel
that labels spread by, how much less unknown would everything else be? Middles of styles come first,
then pieces between two styles and whatever is unlike all that has a label. Every fifth is drawn by
chance, so that the share that labels get right can be told without flattery.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from vitrine.styles.board import TOO_ALIKE, StyleBoard
from vitrine.styles.labelling import Ground, Learnt

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.styles.labelling import Floats
    from vitrine.types import Rows

Reason: TypeAlias = Literal["middle", "border", "unlike", "chance"]

CHANCE_EVERY = 5
_N_MIDDLES = 8
_N_BORDER, _N_UNLIKE, _N_AUDIENCE = 400, 600, 1_500
_BROAD = 4.0  # narrower than what labels spread by: so that each speaks for its surroundings
_BY_STYLE = 0.3
_DAMPING = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product that somebody should label."""

    row: int
    reason: Reason
    """middle: of a style; border: between two; unlike: all that has a label; chance: a check."""
    style: int
    """Position of its style."""
    beside: int
    """Position of the style that comes next."""


class LabelQueue:
    """The order in which products are worth a label.

    Args:
        board: styles and products.
        ground: the same, as labels spread over them.
    """

    def __init__(self, board: StyleBoard, ground: Ground) -> None:
        self._ground = ground
        self._styles = board.membership.styles
        order = np.argsort(-ground.shares, axis=1)
        self._beside = order[:, 1] if order.shape[1] > 1 else order[:, 0]
        shares = -np.sort(-ground.shares, axis=1)[:, :2]
        margin = shares[:, 0] - shares[:, -1]
        checks, rest = np.split(ground.order, [ground.n_checks])
        self._checks: Rows = checks
        middles = [board.exemplars(each, _N_MIDDLES) for each in range(len(board.model.styles))]
        asked = set(checks.tolist())
        self._middles = [[row for row in rows if row not in asked] for rows in middles]
        self._border: Rows = rest[np.argsort(margin[rest], kind="stable")[:_N_BORDER]]
        self._unlike: Rows = rest[:_N_UNLIKE]
        self._audience: Rows = ground.order[:_N_AUDIENCE]

    def next(self, learnt: Learnt | None, passed: Sequence[int], k: int) -> list[Wanted]:
        """The k products that are worth most, the best first; fewer where no more differ.

        Args:
            learnt: from the labels so far; None before the first.
            passed: rows that somebody skipped.
            k: how many.
        """
        labelled = [] if learnt is None else learnt.rows.tolist()
        done = [*labelled, *passed]
        by_worth = self._by_worth(learnt, done)
        by_chance = self._by_chance(done)
        chosen: list[Wanted] = []
        while len(chosen) < k:
            turn = len(labelled) + len(chosen) + 1
            sources = (by_worth, by_chance) if turn % CHANCE_EVERY else (by_chance, by_worth)
            found = next((each for source in sources for each in source), None)
            if found is None:
                break
            chosen.append(found)
        return chosen

    def _by_chance(self, done: Sequence[int]) -> Iterator[Wanted]:
        for row in self._checks[~np.isin(self._checks, done)].tolist():
            yield self._wanted(row, "chance")

    def _by_worth(self, learnt: Learnt | None, done: Sequence[int]) -> Iterator[Wanted]:
        pool = self._pool(done)
        if not len(pool):
            return
        ground, rows = self._ground, np.array(sorted(pool))
        unknown = _Unknown(ground, rows, self._audience, _doubts(ground, learnt, self._audience))
        if learnt is not None:
            unknown.told(learnt.rows)
        seen = set(self._styles[list(done)].tolist()) if done else set()
        left = np.ones(len(rows), dtype=np.bool_)
        first = np.array([pool[row] == "middle" for row in rows.tolist()])
        while left.any():
            unseen = first & left & ~np.isin(self._styles[rows], list(seen))
            place = unknown.best(unseen if unseen.any() else left)
            row = int(rows[place])
            seen.add(int(self._styles[row]))
            yield self._wanted(row, pool[row])
            unknown.told_of(place)
            left &= ground.vectors[rows] @ ground.vectors[row] < TOO_ALIKE
            left[place] = False

    def _pool(self, done: Sequence[int]) -> dict[int, Reason]:
        """Rows worth a look, none of them nearly a copy of what is done, and why each is here."""
        pool: dict[int, Reason] = {row: "unlike" for row in self._unlike.tolist()}
        pool |= dict.fromkeys(self._border.tolist(), "border")
        for rows in self._middles:
            pool |= dict.fromkeys(rows, "middle")
        if done and pool:
            rows = np.array(list(pool))
            vectors = self._ground.vectors
            near = (vectors[rows] @ vectors[list(done)].T).max(axis=1) >= TOO_ALIKE
            pool = {row: pool[row] for row in rows[~near].tolist()}
        return pool

    def _wanted(self, row: int, reason: Reason) -> Wanted:
        style, beside = int(self._styles[row]), int(self._beside[row])
        return Wanted(row, reason, style, beside)


class _Unknown:
    """How much is unknown of products, and how much of it each of a pool would settle.

    Covariances of a Gaussian process, between a pool of m and an audience of a, given what is told.
    """

    def __init__(self, ground: Ground, pool: Rows, audience: Rows, doubts: Floats) -> None:
        self._ground, self._pool, self._audience = ground, pool, audience
        self._doubts = doubts
        self._within = ground.alike(pool, pool, _BY_STYLE, _BROAD)
        self._across = ground.alike(pool, audience, _BY_STYLE, _BROAD)

    def told(self, rows: Rows) -> None:
        """Take into account that these are labelled."""
        known = self._ground.alike(rows, rows, _BY_STYLE, _BROAD)
        inverse = np.linalg.inv(known + _DAMPING * np.eye(len(rows)))
        to_pool = self._ground.alike(self._pool, rows, _BY_STYLE, _BROAD) @ inverse
        self._within -= to_pool @ self._ground.alike(rows, self._pool, _BY_STYLE, _BROAD)
        self._across -= to_pool @ self._ground.alike(rows, self._audience, _BY_STYLE, _BROAD)

    def told_of(self, place: int) -> None:
        """Take into account that one of the pool is labelled."""
        column = self._within[:, place] / (self._within[place, place] + _DAMPING)
        self._across -= np.outer(column, self._across[place])
        self._within -= np.outer(column, self._within[place])

    def best(self, allowed: NDArray[np.bool_]) -> int:
        """The place in the pool that settles most."""
        own = np.maximum(np.diag(self._within), 0.0) + _DAMPING
        worth = (self._across**2 @ self._doubts) / own
        return int(np.where(allowed, worth, -1.0).argmax())


def _doubts(ground: Ground, learnt: Learnt | None, rows: Rows) -> Floats:
    """How unsure the likeliest word of each is, 0..1."""
    if learnt is None:
        return np.ones(len(rows))
    return 1.0 - learnt.probabilities(ground, rows).max(axis=1)
