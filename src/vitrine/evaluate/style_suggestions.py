"""Does somebody's own style come back from other photos of the same person?

Every sender's photos are dealt into two halves, and each half is given a style of the shop. Halves
of one sender should agree more often than halves of two. Senders tend to send many garments of one
type, from one room: so the same is asked among photos of one label, and backgrounds may still help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.metrics import Interval, bootstrap_interval
from vitrine.styles import StyleBoard, wardrobe_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Json, Scores, Vectors

LEAST_PHOTOS = 6
MOST_PHOTOS = 16


@dataclass(frozen=True, slots=True)
class Stability:
    """How often halves get the same style; intervals over people."""

    n_people: int
    same_person: Interval
    two_people: Interval
    more_often: Interval
    """The difference, paired by person."""
    nearer: Interval
    """How often a half's shares of styles are nearer to the other half's than to another person's;
    chance is .5."""
    matched: float
    """Of all halves, those for which a style of the shop stands."""

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high]."""
        named = ("same_person", "two_people", "more_often", "nearer")
        said = {name: getattr(self, name) for name in named}
        shown = {n: [round(v, 4) for v in (i.figure, i.low, i.high)] for n, i in said.items()}
        return {"n_people": self.n_people, **shown, "matched": round(self.matched, 4)}


def stability(
    photos: Vectors,
    people: NDArray[np.generic],
    board: StyleBoard,
    *,
    n_deals: int = 4,
    seed: int = 0,
) -> Stability:
    """Measure how stable suggestions are.

    Args:
        photos: (n, dim) unit vectors.
        people: (n,) whose each is; whoever has fewer than 6 is left out.
        board: the styles of a shop.
        n_deals: how often photos are dealt; figures are means over deals.
        seed: of the deals.

    Raises:
        DataError: fewer than 2 people have 6 photos.
    """
    names, counts = np.unique(people, return_counts=True)
    chosen = names[counts >= LEAST_PHOTOS].tolist()
    if len(chosen) < 2:
        raise DataError(f"{len(chosen)} people have {LEAST_PHOTOS} photos; 2 are needed")
    rng = np.random.default_rng(seed)
    deals = [_deal(photos, people, chosen, board, rng) for _ in range(n_deals)]
    same = np.mean([deal.same for deal in deals], axis=0)
    two = np.mean([deal.two for deal in deals], axis=0)
    return Stability(
        n_people=len(chosen),
        same_person=bootstrap_interval(same),
        two_people=bootstrap_interval(two),
        more_often=bootstrap_interval(same - two),
        nearer=bootstrap_interval(np.mean([deal.nearer for deal in deals], axis=0)),
        matched=float(np.mean([deal.matched for deal in deals])),
    )


@dataclass(frozen=True, slots=True)
class _Deal:
    """Of each person (people,): agreement with oneself and others, how often oneself is nearer."""

    same: NDArray[np.float64]
    two: NDArray[np.float64]
    nearer: NDArray[np.float64]
    matched: float


def _deal(
    photos: Vectors,
    people: NDArray[np.generic],
    chosen: Sequence[object],
    board: StyleBoard,
    rng: np.random.Generator,
) -> _Deal:
    halves: list[tuple[Scores, Scores]] = []
    for name in chosen:
        rows = rng.permutation(np.flatnonzero(people == name))[:MOST_PHOTOS]
        half = len(rows) // 2
        one, other = (wardrobe_of(photos[part], board) for part in (rows[:half], rows[half:]))
        halves.append((one.shares, other.shares))
    ones, others = (np.stack(side) for side in zip(*halves, strict=True))
    there = (ones.sum(axis=1) > 0)[:, None] & (others.sum(axis=1) > 0)
    agree = (ones.argmax(axis=1)[:, None] == others.argmax(axis=1)) & there
    alike = np.sqrt(ones) @ np.sqrt(others).T
    own, apart = np.eye(len(ones), dtype=np.bool_), len(ones) - 1
    mine = alike[own][:, None]
    wins = (mine > alike) + 0.5 * ((mine == alike) & ~own)
    matched = float(np.mean([(ones > 0).any(axis=1), (others > 0).any(axis=1)]))
    return _Deal(
        same=agree[own].astype(np.float64),
        two=(agree & ~own).sum(axis=1) / apart,
        nearer=wins.sum(axis=1) / apart,
        matched=matched,
    )
