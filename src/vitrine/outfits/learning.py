"""What goes together in one shop, learned from pairs that were worn or bought together.

Each part is what is called naive Bayes: how much oftener something is seen in such pairs than in
pairs in which one piece is exchanged for another of its kind, in natural logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, UsageError, unknown
from vitrine.index import filter_fields
from vitrine.outfits.compatibility import ColumnTable, Compatibility
from vitrine.outfits.pieces import Pieces, own_column, pieces_of
from vitrine.outfits.relations import UNKNOWN, relation_table
from vitrine.outfits.slots import SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.index import Snapshot
    from vitrine.types import Rows

    Pairs = NDArray[np.int64]

LEAST_PAIRS = 100
_LEARNED_FACETS = ("colour", "season", "usage")
_N_CONTRASTS = 5
_FACET_PRIOR = 50.0
_COLUMN_PRIOR = 10.0
_LOOKS_PRIOR = 100.0
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class _Seen:
    """Pairs that were seen, and pairs that might as well have been."""

    together: Pairs
    """(n, 2) rows."""
    contrast: Pairs
    """(m, 2) rows: one piece of a pair beside another of the other one's kind and gender."""


def learn(
    view: Snapshot,
    pairs: Pairs,
    base: Compatibility,
    columns: Sequence[str] = (),
    *,
    among: Rows | None = None,
    seed: int = 0,
) -> Compatibility:
    """Learn relations, the worth of looks, and the shop's own columns; the rest is the base's.

    Args:
        view: of the shop.
        pairs: (n, 2) product rows seen together, each pair once.
        base: what is kept of kinds and prices, and of facets that the shop says too little of.
        columns: of the shop, whose words may tell what goes together: a section, a brand.
        among: product rows from which the other pieces are drawn; None takes those of the pairs.
        seed: of the draws.

    Raises:
        DataError: there are too few pairs, or no other ones to compare them with.
        UsageError: no such column, or one with too many words.
    """
    if len(pairs) < LEAST_PAIRS:
        raise DataError(
            f"there are {len(pairs)} pairs of products of this shop; what goes together is learned"
            f" from {LEAST_PAIRS} or more"
        )
    own = {name: _words(view, name) for name in columns}
    pieces, _ = pieces_of(view, own)
    drawn_from = np.unique(pairs) if among is None else among
    seen = _Seen(pairs, _contrast(pieces, pairs, drawn_from, seed))
    if not len(seen.contrast):
        raise DataError(
            "these pairs hold every combination that there is of their products; nothing is to be"
            " learned from them"
        )
    said = [f for f in _LEARNED_FACETS if _is_said(view, f, drawn_from)]
    return replace(
        base,
        weights={**base.weights, **{facet: _facet(pieces, facet, seen) for facet in said}},
        looks=_looks(pieces, seen),
        columns={
            name: ColumnTable(words, _column(pieces.own[name], len(words), seen))
            for name, words in own.items()
        },
    )


def _words(view: Snapshot, name: str) -> tuple[str, ...]:
    column = own_column(view.columns, name)
    if column is None:
        raise UsageError(unknown("column", name, filter_fields(view.columns)))
    if not 2 <= len(column.words) <= _MOST_WORDS:
        raise UsageError(
            f"the column {name!r} has {len(column.words)} words; one of 2 to {_MOST_WORDS} can tell"
            " what goes together"
        )
    return column.words


def _is_said(view: Snapshot, facet: str, rows: Rows) -> bool:
    """Whether the shop itself says this of most products."""
    return bool(view.columns.choices[facet].known()[rows].mean() > 0.5)


def _contrast(pieces: Pieces, pairs: Pairs, among: Rows, seed: int) -> Pairs:
    """Exchange either piece of each pair for some of its kind and gender."""
    rng = np.random.default_rng(seed)
    cells = pieces.kinds * 16 + pieces.facets["gender"]
    order = among[np.argsort(cells[among], kind="stable")]
    both = np.concatenate([pairs, pairs[:, ::-1]])
    kept, exchanged = np.repeat(both, _N_CONTRASTS, axis=0).T
    first = np.searchsorted(cells[order], cells[exchanged], side="left")
    last = np.searchsorted(cells[order], cells[exchanged], side="right")
    drawn = order[np.minimum(first + rng.integers(0, np.maximum(last - first, 1)), len(order) - 1)]
    found = np.stack([kept, drawn], axis=1)
    known = {*map(tuple, both.tolist())}
    is_new = [
        n
        for n, pair in enumerate(map(tuple, found.tolist()))
        if pair not in known and pair[0] != pair[1]
    ]
    return found[is_new]


def _facet(pieces: Pieces, facet: str, seen: _Seen) -> dict[str, float]:
    """What each relation of a facet is worth; nothing where it is hardly seen."""
    names, table = relation_table(facet)
    codes = pieces.facets[facet]

    def shares(pairs: Pairs) -> tuple[NDArray[np.float64], int]:
        found = table[codes[pairs[:, 0]], codes[pairs[:, 1]]]
        found = found[found != UNKNOWN]
        return np.bincount(found, minlength=len(names)) / max(len(found), 1), len(found)

    together, n_together = shares(seen.together)
    chance, _ = shares(seen.contrast)
    mixed = (together * n_together + _FACET_PRIOR * chance) / (n_together + _FACET_PRIOR)
    worth = np.log((mixed + 1e-3) / (chance + 1e-3))
    return {name: round(float(value), 3) for name, value in zip(names, worth, strict=True)}


def _column(codes: NDArray[np.int64], n_words: int, seen: _Seen) -> NDArray[np.float32]:
    def counts(pairs: Pairs) -> NDArray[np.float64]:
        first, second = codes[pairs[:, 0]], codes[pairs[:, 1]]
        said = (first != UNKNOWN) & (second != UNKNOWN)
        flat = np.bincount(first[said] * n_words + second[said], minlength=n_words**2)
        table = flat.reshape(n_words, n_words).astype(np.float64)
        return table + table.T

    together, chance = counts(seen.together), counts(seen.contrast)
    chance *= together.sum() / max(float(chance.sum()), 1.0)
    worth = np.log((together + _COLUMN_PRIOR) / (chance + _COLUMN_PRIOR))
    return worth.astype(np.float32)


def _looks(pieces: Pieces, seen: _Seen) -> NDArray[np.float32]:
    """Linear discriminant of one variable, the cosine, for each two slots; pulled to all."""
    slots = pieces.slots % (len(SLOTS) + 1)

    def cosines(pairs: Pairs) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        first, second = pairs.T
        cosine = (pieces.looks[first] * pieces.looks[second]).sum(axis=1)
        low, high = np.minimum(slots[first], slots[second]), np.maximum(slots[first], slots[second])
        return cosine, low * (len(SLOTS) + 1) + high

    (together, of), (chance, chance_of) = cosines(seen.together), cosines(seen.contrast)
    variance = max(float(np.concatenate([together, chance]).var()), 1e-9)
    overall = float(together.mean() - chance.mean()) / variance
    worth = np.full((len(SLOTS) + 1, len(SLOTS) + 1), overall, np.float32)
    for key in np.unique(of):
        here, there = together[of == key], chance[chance_of == key]
        if len(there):
            own = float(here.mean() - there.mean()) / variance
            pulled = (len(here) * own + _LOOKS_PRIOR * overall) / (len(here) + _LOOKS_PRIOR)
            row, column = divmod(int(key), len(SLOTS) + 1)
            worth[row, column] = worth[column, row] = pulled
    return worth
