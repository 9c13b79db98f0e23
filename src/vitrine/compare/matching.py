"""Which listings are one product at several sellers, and which one design in other colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.candidates import candidates
from vitrine.compare.evidence import Evidence, evidence
from vitrine.compare.listings import Listings
from vitrine.compare.model import MatchModel
from vitrine.types import Rows

_WORTH_ASKING_BACK = 0.02


@dataclass(frozen=True, slots=True)
class Match:
    """A listing that another one was compared with."""

    row: int
    probability: float
    pair: int
    """Where it stands among the pairs that were judged."""


@dataclass(frozen=True)
class Judged:
    """Pairs of listings of different sellers, each once, the lower row on the left."""

    found: Evidence
    offer: NDArray[np.float64]
    """(n,) probability that the two are the same product."""
    variant: NDArray[np.float64]
    """(n,) probability that they are one design in two colours."""

    @property
    def left(self) -> Rows:
        """(n,)."""
        return self.found.left

    @property
    def right(self) -> Rows:
        """(n,)."""
        return self.found.right

    def offers_of(self, row: int, least: float) -> list[Match]:
        """Listings that are likely the same product as one, the surest first."""
        return self._matches(row, self.offer, least)

    def variants_of(self, row: int, least: float) -> list[Match]:
        """Listings that are likely its design in another colour, the surest first."""
        return self._matches(row, self.variant, least)

    def _matches(self, row: int, probability: NDArray[np.float64], least: float) -> list[Match]:
        its = ((self.left == row) | (self.right == row)) & (probability >= least)
        found = [
            Match(int(self.left[n] + self.right[n]) - row, float(probability[n]), n)
            for n in np.flatnonzero(its).tolist()
        ]
        return sorted(found, key=lambda match: (-match.probability, match.row))


@dataclass(frozen=True, slots=True)
class Group:
    """One product at several sellers."""

    rows: tuple[int, ...]
    probability: float
    """Of the weakest pair that holds it together."""


def judge(listings: Listings, model: MatchModel, rows: Rows) -> Judged:
    """Judge the candidates of these rows.

    A seller lists a product once: where several of its listings fit one of another seller equally
    well, they share the probability. With o the odds of each alone, the one of listing i is
    o_i / (1 + sum of the seller's o); of the two directions the lower one counts.
    """
    judged = judge_alone(listings, model, rows)
    odds = model.calibrated(judged.offer / (1 - judged.offer))
    return replace(judged, offer=shared(listings, judged, odds))


def judge_alone(listings: Listings, model: MatchModel, rows: Rows) -> Judged:
    """Judge the candidates of these rows and theirs, each pair as if there were no other."""
    first = _alone(listings, model, *candidates(listings, rows))
    asked_back = np.setdiff1d(_likely(first), rows)
    left, right = candidates(listings, asked_back)
    both = _unique(np.concatenate([first.left, left]), np.concatenate([first.right, right]))
    return _alone(listings, model, *both)


def shared(listings: Listings, judged: Judged, odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) probabilities of pairs with these odds, shared among each seller's listings."""
    sums = np.maximum(
        _rivals(listings, judged.left, judged.right, odds),
        _rivals(listings, judged.right, judged.left, odds),
    )
    return odds / (1 + sums)


def judge_pairs(listings: Listings, model: MatchModel, left: Rows, right: Rows) -> Judged:
    """Judge given pairs, in their order, with their rivals considered."""
    every = judge(listings, model, np.unique(np.concatenate([left, right])))
    asked = _alone(listings, model, left, right)
    place = {
        pair: n
        for n, pair in enumerate(zip(every.left.tolist(), every.right.tolist(), strict=True))
    }
    low, high = np.minimum(left, right).tolist(), np.maximum(left, right).tolist()
    found = [place.get(pair, -1) for pair in zip(low, high, strict=True)]
    known = np.array(found, np.int64)
    offer = np.where(known >= 0, every.offer[known], 0.0) if len(every.offer) else asked.offer * 0
    variant = (
        np.where(known >= 0, every.variant[known], 0.0) if len(every.offer) else asked.variant * 0
    )
    return Judged(asked.found, offer, variant)


def groups(judged: Judged, sellers: Rows, least: float) -> list[Group]:
    """Put offers of one product together, the surest pairs first, one listing of a seller each."""
    order = np.lexsort((judged.right, judged.left, -judged.offer))
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    weakest: dict[int, float] = {}
    for n in order.tolist():
        probability = float(judged.offer[n])
        if probability < least:
            break
        pair = int(judged.left[n]), int(judged.right[n])
        ours, theirs = (group_of.setdefault(row, row) for row in pair)
        for row in (ours, theirs):
            members.setdefault(row, [row])
        if ours == theirs or _meet(sellers, members[ours], members[theirs]):
            continue
        members[ours] += members.pop(theirs)
        group_of |= dict.fromkeys(members[ours], ours)
        weakest[ours] = min(probability, weakest.get(ours, 1.0), weakest.pop(theirs, 1.0))
    return [Group(tuple(sorted(members[row])), weakest[row]) for row in weakest]


def _meet(sellers: Rows, ours: Sequence[int], theirs: Sequence[int]) -> bool:
    return not {int(sellers[row]) for row in ours}.isdisjoint(int(sellers[r]) for r in theirs)


def _alone(listings: Listings, model: MatchModel, left: Rows, right: Rows) -> Judged:
    """Judge each pair as if there were no other."""
    found = evidence(listings, left, right)
    design, colour = model.judge(found)
    return Judged(found, design * colour, design * (1 - colour))


def _likely(judged: Judged) -> Rows:
    return np.unique(judged.right[judged.offer > _WORTH_ASKING_BACK])


def _unique(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    pairs = np.stack([np.minimum(left, right), np.maximum(left, right)], axis=1)
    pairs = np.unique(pairs, axis=0)
    return pairs[:, 0], pairs[:, 1]


def _rivals(
    listings: Listings, of: Rows, among: Rows, odds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) the odds of all listings of a pair's second seller to be the pair's first listing.

    Of listings that differ in size only (one `item_group_id`) the likeliest counts.
    """
    one, other = np.concatenate([of, among]), np.concatenate([among, of])
    asked = one * (listings.sellers.max(initial=0) + 2) + listings.sellers[other] + 1
    _, asked = np.unique(asked, return_inverse=True)
    alike, first = np.unique(
        asked * len(listings.readings) + listings.item_groups[other], return_inverse=True
    )
    likeliest = np.zeros(len(alike))
    np.maximum.at(likeliest, first, np.concatenate([odds, odds]))
    sums = np.zeros(int(asked.max(initial=-1)) + 1)
    np.add.at(sums, alike // len(listings.readings), likeliest)
    return sums[asked[: len(of)]]
