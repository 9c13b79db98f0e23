"""Outfits around pieces that are given: a beam search over slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.outfits.slots import SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.outfits.compatibility import Compatibility
    from vitrine.outfits.pieces import Pieces
    from vitrine.types import Rows

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.float64]
    Logits = NDArray[np.float32]

_SHORTLIST = 48
_BEAM = 32
_LOOKED_THROUGH = 600
_OF_ONE_COLOUR = 4
_CHEAP = 6
_USED_BEFORE = 1.0
"""What a piece loses, of a pair's logit, for each outfit that shows it already."""
_ALIKE_BEFORE = 0.3
"""The same of a piece of its kind and colour."""
_SHUFFLE = 0.5
"""Spread of the noise that other ideas come from, of a pair's logit."""


@dataclass(frozen=True, slots=True)
class Closet:
    """What outfits can be made of, and around what."""

    pieces: Pieces
    """(n,)"""
    allowed: Mask
    """(n,) what may be added; never a piece that is kept."""
    kept: tuple[int, ...]
    """Rows that every outfit holds, no two in one slot."""
    prices: Numbers
    """(n,) in one currency; only looked at where there is a budget."""
    compatibility: Compatibility
    left: float | None = None
    """What all that is added may cost together; None where nobody asks."""

    def candidates(self, slot: str) -> Rows:
        """Rows that may fill a slot."""
        in_slot = self.pieces.slots == SLOTS.index(slot)
        return np.flatnonzero(in_slot & self.allowed)


@dataclass(frozen=True, slots=True)
class Combination:
    """One outfit as rows."""

    rows: tuple[int, ...]
    """The kept ones first, then what was added, in the order of `SLOTS`."""
    score: float
    """0..1; .5 is what pieces get that say nothing of each other."""


def combine(
    closet: Closet,
    templates: Sequence[Sequence[str]],
    extras: Sequence[str],
    *,
    k: int,
    n_pieces: int,
    shuffle: int = 0,
) -> list[Combination]:
    """Make outfits, the best first; each next one shows what the earlier ones do not.

    Args:
        closet: what there is.
        templates: slots that must be filled, one line for each kind of outfit.
        extras: slots that may be filled as well, while pieces go well together.
        k: how many outfits; there are fewer only where nothing else can be combined.
        n_pieces: most pieces of an outfit, the kept ones included; a template may need more.
        shuffle: 0 for the best; every other number gives other ideas, the same each time.
    """
    have = {closet.pieces.slot(row) for row in closet.kept}
    kept = closet.pieces.take(np.array(closet.kept, np.int64))
    scores = closet.compatibility.logits(kept, closet.pieces).mean(axis=0)
    noise = _noise(closet, shuffle)
    boards = [
        _Board(closet, [slot for slot in template if slot not in have], extras, scores, noise)
        for template in templates
    ]
    used = np.zeros(len(closet.pieces), np.float32)
    found: list[Combination] = []
    seen: set[tuple[int, ...]] = set()
    for _ in range(k):
        tries = [board.best(used, n_pieces, seen) for board in boards]
        best = max(filter(None, tries), key=lambda each: (each[0], each[1]), default=None)
        if best is None:
            break
        rows = best[1]
        seen.add(rows)
        found.append(_combination(closet, rows))
        for row in rows[len(closet.kept) :]:
            used[_like(closet.pieces, row)] += _ALIKE_BEFORE
            used[row] += _USED_BEFORE
    return found


def pair_logits(closet: Closet, rows: Sequence[int]) -> Logits:
    """Give (n, n) logits of pieces beside each other."""
    chosen = closet.pieces.take(np.array(rows, np.int64))
    return closet.compatibility.logits(chosen, chosen)


def score_of(logits: Logits) -> float:
    """Score an outfit by its mean pair, 0..1, from (n, n) logits; .5 for one piece alone."""
    pairs = logits[np.triu_indices(len(logits), 1)]
    mean = float(pairs.mean()) if len(pairs) else 0.0
    return float(1 / (1 + np.exp(-mean)))


def alternatives(closet: Closet, rows: Sequence[int], place: int, k: int) -> list[int]:
    """Rows that could stand in the place of one piece, the best beside all others first.

    One of each kind and colour comes first, so that they differ from each other.
    """
    if not k:
        return []
    others = [row for n, row in enumerate(rows) if n != place]
    candidates = closet.candidates(closet.pieces.slot(rows[place]))
    candidates = candidates[~np.isin(candidates, rows)]
    if closet.left is not None:
        added = [row for row in others if row not in closet.kept]
        freed = rows[place] in closet.kept and not np.isnan(closet.prices[rows[place]])
        spare = closet.left - float(closet.prices[added].sum())
        spare += float(closet.prices[rows[place]]) if freed else 0.0
        candidates = candidates[closet.prices[candidates] <= spare]
    beside = closet.pieces.take(np.array(others, np.int64))
    scores = closet.compatibility.logits(beside, closet.pieces.take(candidates)).mean(axis=0)
    order = np.lexsort((candidates, -scores))[:_LOOKED_THROUGH]
    return _varied(closet, candidates[order], k, at_most=1)


class _Board:
    """The shortlists of one template, and what their pieces are to each other."""

    def __init__(
        self,
        closet: Closet,
        slots: Sequence[str],
        extras: Iterable[str],
        scores: Logits,
        noise: Logits,
    ) -> None:
        self._closet = closet
        self._noise = noise
        self._scores = scores + noise
        taken = {*slots, *(closet.pieces.slot(row) for row in closet.kept)}
        self._slots = [self._shortlist(slot, len(slots)) for slot in slots]
        self._extras = [self._shortlist(slot, 1) for slot in extras if slot not in taken]
        rows = np.concatenate([np.array(closet.kept), *self._slots, *self._extras]).astype(np.int64)
        self._place = {row: n for n, row in enumerate(rows.tolist())}
        self._logits = pair_logits(closet, rows.tolist())

    def best(
        self, used: Logits, n_pieces: int, seen: set[tuple[int, ...]]
    ) -> tuple[float, tuple[int, ...]] | None:
        """Mean logit, less what was shown before, and rows of the best outfit not seen yet."""
        if not all(map(len, self._slots)):
            return None
        states: list[tuple[float, float, tuple[int, ...]]] = [(0.0, 0.0, ())]
        for n, candidates in enumerate(self._slots):
            rest = sum(self._closet.prices[later].min() for later in self._slots[n + 1 :])
            states = self._grown(states, candidates, used, float(rest))
        for _, spent, rows in states:
            full = self._with_extras(rows, spent, used, n_pieces)
            if full not in seen and len(full) > 1:
                return self._worth(full, used), full
        return None

    def _grown(
        self,
        states: list[tuple[float, float, tuple[int, ...]]],
        candidates: Rows,
        used: Logits,
        rest: float,
    ) -> list[tuple[float, float, tuple[int, ...]]]:
        """Every state with every candidate of one more slot; the best of them."""
        n_kept = max(len(self._closet.kept), 1)
        alone = n_kept * (self._scores[candidates] - used[candidates])
        grown: list[tuple[float, float, tuple[int, ...]]] = []
        for total, spent, rows in states:
            gains = alone + self._beside(candidates, rows).sum(axis=1)
            costs = self._closet.prices[candidates]
            order = np.lexsort((candidates, -gains))
            if self._closet.left is not None:
                order = order[(spent + costs[order] + rest) <= self._closet.left + 1e-9]
            grown += [
                (total + float(gains[n]), spent + float(costs[n]), (*rows, int(candidates[n])))
                for n in order[:_BEAM].tolist()
            ]
        return sorted(grown, key=lambda state: (-state[0], state[2]))[:_BEAM]

    def _with_extras(
        self, rows: tuple[int, ...], spent: float, used: Logits, n_pieces: int
    ) -> tuple[int, ...]:
        """Add what goes best with the rest while it goes well; put all in order."""
        chosen = [*self._closet.kept, *rows]
        open_slots = [candidates for candidates in self._extras if len(candidates)]
        while len(chosen) < n_pieces and open_slots:
            offers = [self._offer(candidates, chosen, spent, used) for candidates in open_slots]
            gain, row, n = max((*offer, -n) for n, offer in enumerate(offers))
            if gain <= 0:
                break
            chosen.append(row)
            spent += float(self._closet.prices[row])
            del open_slots[-n]
        slots = self._closet.pieces.slots
        added = sorted(chosen[len(self._closet.kept) :], key=lambda row: int(slots[row]))
        return (*self._closet.kept, *added)

    def _offer(
        self, candidates: Rows, chosen: list[int], spent: float, used: Logits
    ) -> tuple[float, int]:
        """The best mean logit of one more slot, and its row."""
        gains = self._beside(candidates, chosen).mean(axis=1)
        gains += self._noise[candidates] - used[candidates]
        if self._closet.left is not None:
            gains[spent + self._closet.prices[candidates] > self._closet.left + 1e-9] = -np.inf
        best = int(np.lexsort((candidates, -gains))[0])
        return float(gains[best]), int(candidates[best])

    def _beside(self, candidates: Rows, rows: Sequence[int]) -> Logits:
        places = [self._place[row] for row in candidates.tolist()]
        return self._logits[np.ix_(places, [self._place[row] for row in rows])]

    def _worth(self, rows: tuple[int, ...], used: Logits) -> float:
        places = [self._place[row] for row in rows]
        logits = self._logits[np.ix_(places, places)]
        mean = float(logits[np.triu_indices(len(rows), 1)].mean())
        return mean - float(used[list(rows)].mean())

    def _shortlist(self, slot: str, n_slots: int) -> Rows:
        """The best of a slot; with a budget also the best of what is cheap, and the cheapest."""
        closet = self._closet
        rows = closet.candidates(slot)
        if closet.left is None:
            return self._best_of(rows, _SHORTLIST)
        rows = rows[closet.prices[rows] <= closet.left]
        fair = rows[closet.prices[rows] <= closet.left / max(n_slots, 1)]
        cheapest = rows[np.lexsort((rows, closet.prices[rows]))][:_CHEAP]
        half = _SHORTLIST // 2
        parts = [self._best_of(rows, half), self._best_of(fair, half), cheapest]
        return np.unique(np.concatenate(parts))

    def _best_of(self, rows: Rows, k: int) -> Rows:
        order = np.lexsort((rows, -self._scores[rows]))[:_LOOKED_THROUGH]
        return np.array(_varied(self._closet, rows[order], k, at_most=_OF_ONE_COLOUR), np.int64)


def _varied(closet: Closet, rows: Rows, k: int, at_most: int) -> list[int]:
    """The first k rows, but few of one kind in one colour; then the others."""
    pieces = closet.pieces
    counts: dict[tuple[int, int], int] = {}
    first: list[int] = []
    later: list[int] = []
    looks = zip(rows.tolist(), pieces.kinds[rows], pieces.facets["colour"][rows], strict=True)
    for row, kind, colour in looks:
        key = (int(kind), int(colour))
        counts[key] = counts.get(key, 0) + 1
        (first if counts[key] <= at_most else later).append(row)
    return [*first, *later][:k]


def _like(pieces: Pieces, row: int) -> Mask:
    colours = pieces.facets["colour"]
    return (pieces.kinds == pieces.kinds[row]) & (colours == colours[row])


def _combination(closet: Closet, rows: tuple[int, ...]) -> Combination:
    return Combination(rows, score_of(pair_logits(closet, rows)))


def _noise(closet: Closet, shuffle: int) -> Logits:
    n = len(closet.pieces)
    if shuffle == 0:
        return np.zeros(n, np.float32)
    return np.random.default_rng(shuffle).gumbel(0, _SHUFFLE, n).astype(np.float32)
