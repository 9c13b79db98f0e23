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

from vitrine.evaluate.style_labels import TYPES, HeldOut, fitted_without, part_of
from vitrine.metrics import Interval, bootstrap_interval
from vitrine.styles import (
    Looks,
    Proposal,
    Recipe,
    StyleBoard,
    StyleModel,
    accepted,
    newcomers_of,
)
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.index import ChoiceColumn
    from vitrine.types import Json, Rows

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


def rule_of(model: StyleModel) -> Rule:
    """The rule that belongs to a recipe: paper E's to the one that is trained."""
    return full_buffer if model.projection else cohering


def stream_types(
    looks: Looks, recipe: Recipe, rules: Mapping[str, Rule], split: int, *, k: int | None = None
) -> dict[str, tuple[Arrivals, Arrivals]]:
    """Let held-out article types arrive under each rule, and the control beside it.

    Raises:
        DataError: fewer than 5 article types have 30 products.
    """
    held = fitted_without(looks, recipe, split, k=k)
    return {name: streamed(looks, held, rule, split) for name, rule in rules.items()}


def streamed(
    looks: Looks, held: HeldOut, rule: Rule, split: int, *, types: str = TYPES
) -> tuple[Arrivals, Arrivals]:
    """Let what a fit did not see arrive, and in the control only what is of known types.

    Args:
        looks: a shop's products, each of one type.
        held: styles that were found without some of them.
        rule: by which new styles are proposed.
        split: the seed of the order.
        types: the field that says the type.
    """
    rng = np.random.default_rng(split)
    everything, control = np.flatnonzero(held.novel | held.unseen), np.flatnonzero(held.unseen)
    orders = rng.permutation(everything), rng.permutation(control)
    kinds = looks.said[types]
    new = {kinds.word(row) for row in np.flatnonzero(held.novel).tolist()}
    return (
        _streamed(looks, kinds, held, orders[0], new, rule),
        _streamed(looks, kinds, held, orders[1], set(), rule),
    )


@dataclass(frozen=True, slots=True)
class ArrivalFigures:
    """Over all splits; intervals draw types."""

    n_types: int
    """Held out, of all splits together."""
    n_proposed: int
    """Of these, how many came to be proposed."""
    delay: float
    """Median number of products of a type that had come when it was proposed; NaN if none was."""
    missed: Interval
    """Share of a type's products that came before it was proposed; 1 where it never was."""
    n_proposals: int
    n_false: int
    """Proposals that are mostly of types that were there before."""
    n_false_control: int
    """What is proposed where nothing new comes."""

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high]."""
        missed = [
            round(each, 4) for each in (self.missed.figure, self.missed.low, self.missed.high)
        ]
        return {
            "types": self.n_types,
            "proposed": self.n_proposed,
            "delay": None if np.isnan(self.delay) else self.delay,
            "missed": missed,
            "proposals": self.n_proposals,
            "false": self.n_false,
            "false_in_control": self.n_false_control,
        }


def figures_of_arrivals(pairs: Sequence[tuple[Arrivals, Arrivals]]) -> ArrivalFigures:
    """Put the streams of several splits, each with its control, together."""
    streams = [stream for stream, _ in pairs]
    counts = [
        (each.arrived_of[kind], each.delays.get(kind))
        for each in streams
        for kind in each.arrived_of
    ]
    delays = [delay for _, delay in counts if delay is not None]
    missed = [1.0 if delay is None else delay / n for n, delay in counts]
    n_false = sum(each.n_false for each in streams)
    return ArrivalFigures(
        n_types=len(counts),
        n_proposed=len(delays),
        delay=float(np.median(delays)) if delays else float("nan"),
        missed=bootstrap_interval(np.array(missed)),
        n_proposals=n_false + sum(len(each.purities) for each in streams),
        n_false=n_false,
        n_false_control=sum(control.n_false for _, control in pairs),
    )


def _streamed(
    looks: Looks, kinds: ChoiceColumn, held: HeldOut, arriving: Rows, new: set[str], rule: Rule
) -> Arrivals:
    model = held.model
    row_of = {product_id: row for row, product_id in enumerate(looks.product_ids)}
    delays: dict[str, int] = {}
    purities: list[float] = []
    n_false = 0
    for n in range(STEP, len(arriving) + STEP, STEP):
        board = StyleBoard(model, part_of(looks, np.concatenate([held.seen, arriving[:n]])))
        for proposal in rule(board):
            words = [kinds.word(row_of[product_id]) for product_id in proposal.product_ids]
            kind = max(sorted(set(words)), key=words.count)
            if kind in new:
                purities.append(words.count(kind) / len(words))
                delays.setdefault(kind, _n_of(kinds, arriving[:n], kind))
            else:
                n_false += 1
            model = accepted(model, proposal)
    counts = {kind: _n_of(kinds, arriving, kind) for kind in sorted(new)}
    return Arrivals(len(arriving), counts, delays, tuple(purities), n_false)


def _n_of(kinds: ChoiceColumn, rows: Rows, kind: str) -> int:
    return sum(kinds.word(row) == kind for row in rows.tolist())
