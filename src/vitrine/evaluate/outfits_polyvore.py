"""Which kinds go together, measured on Polyvore outfits that were not learned from.

Outfits are split in two by a hash of their id. Only categories are known, so that a question whose
answers are all of one kind cannot be answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.outfits import auc
from vitrine.metrics import Interval, bootstrap_interval, bootstrap_statistic
from vitrine.outfits import KINDS, NO_KIND, learn_kinds
from vitrine.outfits.polyvore import read_judged, read_outfits
from vitrine.outfits.slots import SLOT_OF_KIND

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kinds: TypeAlias = tuple[int, ...]
Score: TypeAlias = Callable[[Kinds], float]
"""Of a whole outfit, higher is better."""

_N_ANSWERS = 4
_LEAST_PIECES = 3


@dataclass(frozen=True, slots=True)
class PolyvoreFigure:
    """One measure of one scorer."""

    scorer: str
    measure: str
    n: int
    figure: Interval


def judge_polyvore(folder: Path, *, seed: int = 0, n_draws: int = 1000) -> list[PolyvoreFigure]:
    """Learn from half of the outfits, ask about the other.

    Measures: AUC of real against shuffled outfits, once as the file has them (shuffled within a
    category) and once shuffled at random; and filling in the blank among four answers, the wrong
    ones drawn from other outfits at random, or of the right one's slot.

    Raises:
        DataError: a file is missing, or there are too few outfits.
    """
    outfits = [(o.set_id, _known(o.kinds)) for o in read_outfits(folder)]
    teach = [kinds for set_id, kinds in outfits if not _asks(set_id)]
    ask = [kinds for set_id, kinds in outfits if _asks(set_id) and len(kinds) >= _LEAST_PIECES]
    if not teach or not ask:
        raise DataError(f"{folder} holds too few outfits to learn from one half and ask the other")
    judged = [(good, _known(o.kinds)) for good, o in read_judged(folder) if _asks(o.set_id)]
    rng = np.random.default_rng(seed)
    items = np.array([kind for kinds in ask for kind in kinds])
    shuffled = [tuple(rng.choice(items, len(kinds)).tolist()) for kinds in ask]
    blanks = {
        "fill in the blank, any answers": _blanks(ask, items, rng, same_slot=False),
        "fill in the blank, of one slot": _blanks(ask, items, rng, same_slot=True),
    }
    pairs = {
        "AUC, shuffled within categories": judged,
        "AUC, shuffled at random": [
            *((True, kinds) for kinds in ask),
            *((False, kinds) for kinds in shuffled),
        ],
    }
    found: list[PolyvoreFigure] = []
    for name, score in _scorers(teach).items():
        for measure, each in pairs.items():
            figure = _auc(score, each, n_draws)
            found.append(PolyvoreFigure(name, measure, len(each), figure))
        for measure, asked in blanks.items():
            right = np.array([_right(score, rest, answers) for rest, answers in asked])
            interval = bootstrap_interval(right, n_draws=n_draws)
            found.append(PolyvoreFigure(name, measure, len(asked), interval))
    return found


def _scorers(teach: Sequence[Kinds]) -> Mapping[str, Score]:
    """Baselines first."""
    worn = np.log1p(np.bincount([kind for kinds in teach for kind in kinds], minlength=len(KINDS)))
    table = learn_kinds([list(kinds) for kinds in teach])

    def popular(kinds: Kinds) -> float:
        return float(worn[list(kinds)].mean())

    def one_each(kinds: Kinds) -> float:
        slots = SLOT_OF_KIND[list(kinds)]
        return float(len(np.unique(slots)) - len(slots))

    def together(kinds: Kinds) -> float:
        first, second = np.triu_indices(len(kinds), 1)
        at = np.array(kinds)
        return float(table[at[first], at[second]].mean()) if len(first) else 0.0

    return {"popular kinds": popular, "one of each slot": one_each, "learned kinds": together}


def _blanks(
    outfits: Sequence[Kinds], items: NDArray[np.int64], rng: np.random.Generator, *, same_slot: bool
) -> list[tuple[Kinds, Kinds]]:
    """What is left of each outfit, and four answers of which the first is right."""
    asked: list[tuple[Kinds, Kinds]] = []
    for kinds in outfits:
        place = int(rng.integers(len(kinds)))
        pool = items
        if same_slot:
            pool = items[SLOT_OF_KIND[items] == SLOT_OF_KIND[kinds[place]]]
        wrong = rng.choice(pool, _N_ANSWERS - 1).tolist()
        asked.append((kinds[:place] + kinds[place + 1 :], (kinds[place], *wrong)))
    return asked


def _right(score: Score, rest: Kinds, answers: Kinds) -> float:
    """1 where the first answer is best; of equal ones each is as good as a guess."""
    scores = np.array([score((*rest, answer)) for answer in answers])
    best = np.flatnonzero(scores >= scores.max() - 1e-9)
    return float(0 in best) / len(best)


def _auc(score: Score, judged: Sequence[tuple[bool, Kinds]], n_draws: int) -> Interval:
    scores = np.array([score(kinds) if kinds else 0.0 for _, kinds in judged])
    good = np.array([good for good, _ in judged])

    def figure(rows: NDArray[np.int64]) -> float:
        of, is_good = scores[rows], good[rows]
        return auc(of[is_good], of[~is_good])

    return bootstrap_statistic(figure, len(judged), n_draws=n_draws)


def _known(kinds: Kinds) -> Kinds:
    return tuple(kind for kind in kinds if kind != NO_KIND)


def _asks(set_id: str) -> bool:
    return hashlib.sha256(set_id.encode()).digest()[0] % 2 == 1
