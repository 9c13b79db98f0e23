"""How many labels does a shop need? Somebody who knows a field answers our queue, or draws.

    python -m benchmarks.style_labels --shop my.shop --field article_type --groups groups.csv

The shop has styles (`vitrine styles fit`). A known field of the shop is what the annotator says.
Judged by products without a label, of no near-duplicate group (`id,near_duplicate_group`) that has
one; intervals draw groups.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.metrics import bootstrap_interval
from vitrine.settings import read_settings
from vitrine.shop import open_shop
from vitrine.styles import Looks, StyleBoard
from vitrine.styles.label_queue import LabelQueue
from vitrine.styles.labelling import (
    UNSURE_BELOW,
    Ground,
    answers,
    ground_of,
    learn,
    learning_curve,
)
from vitrine.types import Rows

Words = NDArray[np.str_]
Guess = Callable[[Ground, Rows, Words], Words]
STEPS = (10, 20, 50, 100, 200, 500)
_N_NEIGHBOURS, _ALPHA, _ROUNDS = 10, 0.95, 40
_BLOCK = 2_048


def main() -> None:
    """Print two tables: what is right by labels, and whether we know it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--field", default="article_type")
    parser.add_argument("--groups", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    with open_shop(asked.shop, settings=read_settings()) as shop:
        board = shop.styles.board()
    board = StyleBoard(board.model, _that_say(board.looks, asked.field))
    column = board.looks.said[asked.field]
    words: Words = np.array([column.word(row) for row in range(len(column.codes))])
    groups = _groups(asked.groups, board.looks.product_ids)
    runs: dict[str, list[dict[int, Rows]]] = {}
    for seed in asked.seeds:
        ground = ground_of(board)
        ground = replace(ground, order=np.random.default_rng(seed).permutation(len(words)))
        drawn = np.random.default_rng(seed + 1000).permutation(len(words))
        runs.setdefault("queue", []).append(_queued(board, ground, words))
        runs.setdefault("chance", []).append({n: drawn[:n] for n in STEPS})
        print(f"seed {seed} is done", file=sys.stderr, flush=True)
    ground = ground_of(board)
    print(f"{asked.field}: {len(words):,} products, {len(set(words))} words, seeds {asked.seeds}\n")
    spread = Spreading(ground)
    contestants: tuple[tuple[str, str, Guess], ...] = (
        ("our queue, ours", "queue", ridge),
        ("our queue, nearest label", "queue", nearest_label),
        ("by chance, ours", "chance", ridge),
        ("by chance, label spreading", "chance", spread),
        ("by chance, nearest label", "chance", nearest_label),
        ("by chance, commonest label", "chance", commonest),
    )
    print(f"| labels | {' | '.join(map(str, STEPS))} |\n|---|{'---:|' * len(STEPS)}")
    for name, order, guess in contestants:
        cells = [_right(guess, runs[order], n, ground, words, groups) for n in STEPS]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print()
    _print_known(runs["queue"], asked.seeds, ground, words)


def _that_say(looks: Looks, field: str) -> Looks:
    keep = np.flatnonzero(looks.said[field].known())
    said = {name: replace(each, codes=each.codes[keep]) for name, each in looks.said.items()}
    ids = tuple(looks.product_ids[row] for row in keep.tolist())
    return Looks(looks.rows[keep], ids, looks.vectors[keep], said)


def _groups(path: Path | None, product_ids: Sequence[str]) -> Rows:
    if path is None:
        return np.arange(len(product_ids))
    with path.open(newline="", encoding="utf-8") as file:
        of = {row["id"]: row["near_duplicate_group"] for row in csv.DictReader(file)}
    names = [of.get(each, f"alone {each}") for each in product_ids]
    return np.unique(np.array(names), return_inverse=True)[1]


def _queued(board: StyleBoard, ground: Ground, words: Words) -> dict[int, Rows]:
    """The rows that the queue asked for, up to each step."""
    queue, rows = LabelQueue(board, ground), np.empty(0, dtype=np.int64)
    found: dict[int, Rows] = {}
    for step in STEPS:
        while len(rows) < step:
            learnt = learn(ground, rows, words[rows].tolist()) if len(rows) else None
            size = min(5 if len(rows) < 100 else 20, step - len(rows))
            wanted = queue.next(learnt, (), size)
            rows = np.append(rows, [each.row for each in wanted])
        found[step] = rows
    return found


def ridge(ground: Ground, rows: Rows, words: Words) -> Words:
    """What `vitrine styles label` says."""
    found = answers(ground, learn(ground, rows, words[rows].tolist()))
    return np.array(found.words)[found.codes]


def nearest_label(ground: Ground, rows: Rows, words: Words) -> Words:
    """The word of the labelled product that looks most alike."""
    return words[rows][(ground.vectors @ ground.vectors[rows].T).argmax(axis=1)]


def commonest(_: Ground, rows: Rows, words: Words) -> Words:
    """The word that most labels say."""
    names, counts = np.unique(words[rows], return_counts=True)
    return np.full(len(words), names[counts.argmax()])


class Spreading:
    """Label spreading over ten nearest neighbours each (Zhou et al., 2004)."""

    def __init__(self, ground: Ground) -> None:
        from scipy import sparse

        vectors, n = ground.vectors, len(ground.vectors)
        beside, near = zip(*_nearest(vectors), strict=True)
        columns, cosines = np.concatenate(beside).ravel(), np.concatenate(near).ravel()
        rows = np.repeat(np.arange(n), _N_NEIGHBOURS)
        found: Any = sparse.csr_matrix((np.exp(8 * (cosines - 1)), (rows, columns)), shape=(n, n))
        graph = found.maximum(found.T)
        scale = sparse.diags(1 / np.sqrt(np.asarray(graph.sum(axis=1)).ravel()))
        self._steps: Any = (scale @ graph @ scale).tocsr().astype(np.float32)

    def __call__(self, ground: Ground, rows: Rows, words: Words) -> Words:
        """As a `Guess`; what labels do not reach has that of the nearest label."""
        names, codes = np.unique(words[rows], return_inverse=True)
        told = np.zeros((len(words), len(names)), dtype=np.float32)
        told[rows, codes] = 1.0
        scores = told
        for _ in range(_ROUNDS):
            scores = _ALPHA * (self._steps @ scores) + (1 - _ALPHA) * told
        unreached = scores.max(axis=1) <= 0
        return np.where(unreached, nearest_label(ground, rows, words), names[scores.argmax(axis=1)])


def _nearest(vectors: NDArray[np.float32]) -> Iterator[tuple[Rows, NDArray[np.float32]]]:
    for start in range(0, len(vectors), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -2
        beside = np.argpartition(cosines, -_N_NEIGHBOURS, axis=1)[:, -_N_NEIGHBOURS:]
        yield beside, np.take_along_axis(cosines, beside, axis=1)


def _right(
    guess: Guess,
    runs: Sequence[dict[int, Rows]],
    n: int,
    ground: Ground,
    words: Words,
    groups: Rows,
) -> str:
    """The share right, over products and seeds."""
    right, tested = np.zeros(len(words)), np.zeros(len(words))
    for run in runs:
        test = ~np.isin(groups, groups[run[n]])
        right += (guess(ground, run[n], words) == words) & test
        tested += test
    seen = tested > 0
    each = bootstrap_interval(right[seen] / tested[seen], groups[seen])
    return f"{each.figure:.3f} ({each.low:.3f} to {each.high:.3f})"


def _print_known(
    runs: Sequence[dict[int, Rows]], seeds: Sequence[int], ground: Ground, words: Words
) -> None:
    """What the page would say of itself, beside the truth over all products without a label."""
    print("| labels | said to be right | truly | truth within the interval | unsure |", end="")
    print(" mean probability | right of the sure |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for n in STEPS:
        rows: list[tuple[float, ...]] = []
        for seed, run in zip(seeds, runs, strict=True):
            drawn = replace(ground, order=np.random.default_rng(seed).permutation(len(words)))
            rows.append(_known(drawn, run[n], words))
        said, true, within, unsure, mean, sure = np.mean(rows, axis=0)
        held = f"{within * len(rows):.0f} of {len(rows)}" if said == said else "-"
        told = f"{said:.3f}" if said == said else "-"
        print(f"| {n} | {told} | {true:.3f} | {held} | {unsure:.3f} | {mean:.3f} | {sure:.3f} |")


def _known(ground: Ground, rows: Rows, words: Words) -> tuple[float, ...]:
    found = answers(ground, learn(ground, rows, words[rows].tolist()))
    open_ = ~found.given
    right = (np.array(found.words)[found.codes] == words)[open_]
    true, sure = float(right.mean()), found.probabilities[open_] >= UNSURE_BELOW
    curve = learning_curve(ground, rows, words[rows].tolist())
    said = curve[-1].right if curve else float("nan")
    within = float(curve[-1].low <= true <= curve[-1].high) if curve else float("nan")
    mean = float(found.probabilities[open_].mean())
    of_sure = float(right[sure].mean()) if sure.any() else float("nan")
    return said, true, within, 1 - float(sure.mean()), mean, of_sure


if __name__ == "__main__":
    main()
