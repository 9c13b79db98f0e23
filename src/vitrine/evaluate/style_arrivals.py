"""How late, and how cleanly, styles are proposed for article types that were not there before.

A fifth of the article types is held out, and a fifth of the other products. Styles are found in the
rest; then all that was held out arrives in random order, and somebody accepts every proposal at
once. In the control only the other products arrive: whatever is proposed then is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.styles import held_out
from vitrine.index import ChoiceColumn
from vitrine.styles import (
    Looks,
    Proposal,
    Recipe,
    StyleBoard,
    StyleModel,
    accepted,
    model_of,
    newcomers_of,
    without_news,
)
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.types import Rows

STEP = 50
"""Products that arrive before anybody looks again."""
PAPER_E_BUFFER = 80

Rule = Callable[[StyleBoard], Sequence[Proposal]]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What was proposed while one stream of products came in."""

    n_arrived: int
    arrived_of: Mapping[str, int]
    """Held-out article type -> its products in the stream."""
    delays: Mapping[str, int]
    """Held-out type -> how many of it had come when a proposal was mostly of it; or nothing."""
    purities: tuple[float, ...]
    """Of each proposal that is mostly of held-out types, the share of its commonest type."""
    n_false: int
    """Proposals that are mostly of types that were there before."""


def cohering(board: StyleBoard) -> Sequence[Proposal]:
    """The rule of `vitrine.styles.emerging`."""
    return newcomers_of(board).proposals


def full_buffer(board: StyleBoard) -> Sequence[Proposal]:
    """Paper E's rule: 80 that wait are a style, whatever they look like."""
    waiting = newcomers_of(board).waiting
    if len(waiting) < PAPER_E_BUFFER:
        return ()
    rows = np.flatnonzero(np.isin(board.looks.product_ids, waiting))
    centre = unit(board.looks.vectors[rows].mean(axis=0, keepdims=True))[0]
    nearest = board.model.styles[0]
    name = f"buffer {board.model.next_number}"
    return (Proposal(name, name, waiting, (), 0.0, nearest, 0.0, centre),)


RULES: Mapping[str, Rule] = {"cohering": cohering, "a full buffer (paper E)": full_buffer}


def stream_types(
    looks: Looks, recipe: Recipe, rules: Mapping[str, Rule], split: int, *, k: int | None = None
) -> dict[str, tuple[Arrivals, Arrivals]]:
    """Let held-out article types arrive under each rule, and the control beside it.

    Raises:
        DataError: fewer than 5 article types have 30 products.
    """
    novel, unseen = held_out(looks, split)
    seen = np.flatnonzero(~novel & ~unseen)
    vectors = looks.vectors[seen]
    found = recipe.find(vectors, k, seed=split)
    model = without_news(model_of(recipe.name, found, vectors), _part(looks, seen), None)
    rng = np.random.default_rng(split)
    everything, control = np.flatnonzero(novel | unseen), np.flatnonzero(unseen)
    kinds = looks.said["article_type"]
    held = {kinds.word(row) for row in np.flatnonzero(novel).tolist()}
    orders = rng.permutation(everything), rng.permutation(control)
    return {
        name: (
            _streamed(looks, model, seen, orders[0], held, rule),
            _streamed(looks, model, seen, orders[1], set(), rule),
        )
        for name, rule in rules.items()
    }


def _streamed(
    looks: Looks, model: StyleModel, seen: Rows, arriving: Rows, held: set[str], rule: Rule
) -> Arrivals:
    kinds = looks.said["article_type"]
    row_of = {product_id: row for row, product_id in enumerate(looks.product_ids)}
    delays: dict[str, int] = {}
    purities: list[float] = []
    n_false = 0
    for n in range(STEP, len(arriving) + STEP, STEP):
        board = StyleBoard(model, _part(looks, np.concatenate([seen, arriving[:n]])))
        for proposal in rule(board):
            words = [kinds.word(row_of[product_id]) for product_id in proposal.product_ids]
            kind = max(sorted(set(words)), key=words.count)
            if kind in held:
                purities.append(words.count(kind) / len(words))
                delays.setdefault(kind, _n_of(kinds, arriving[:n], kind))
            else:
                n_false += 1
            model = accepted(model, proposal)
    counts = {kind: _n_of(kinds, arriving, kind) for kind in sorted(held)}
    return Arrivals(len(arriving), counts, delays, tuple(purities), n_false)


def _n_of(kinds: ChoiceColumn, rows: Rows, kind: str) -> int:
    return sum(kinds.word(row) == kind for row in rows.tolist())


def _part(looks: Looks, rows: Rows) -> Looks:
    said = {
        name: ChoiceColumn(column.codes[rows], column.words, column.lists)
        for name, column in looks.said.items()
    }
    ids = tuple(looks.product_ids[row] for row in rows.tolist())
    return Looks(looks.rows[rows], ids, looks.vectors[rows], said)
