"""Protocol `outfits`: Polyvore Outfits' fill in the blank and compatibility, by photos.

As in Vasileva et al. (ECCV 2018): an outfit scores the mean distance of its items two by two, the
best of four answers is the one nearest to what is given. Here distances are those of an encoder's
vectors, that know nothing of outfits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.outfits import auc
from vitrine.evaluate.results import Result, mean_result, with_interval
from vitrine.metrics import bootstrap_statistic
from vitrine.outfits import NO_KIND, learn_kinds
from vitrine.outfits.polyvore import read_item_kinds
from vitrine.outfits.polyvore_questions import (
    Blank,
    Items,
    Judged,
    read_blanks,
    read_judged_sets,
    read_sets,
    split_folders,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples

OUTFITS, KINDS_ALONE = "outfits", "kinds alone"
_FORMAT = "polyvore"
_PARTS = ("test", "valid")

Score: TypeAlias = Callable[[Items], float]
"""Of a whole outfit, higher is better."""

PUBLISHED_OUTFITS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "type-aware (Vasileva 2018)": {"nondisjoint": (0.553, 0.86)},
}
"""Who -> split -> fill in the blank and AUC of the test part, as its authors give them."""
_N_PUBLISHED = 10_000


@dataclass(frozen=True, slots=True)
class Questions:
    """All that one split asks."""

    name: str
    """`nondisjoint` or `disjoint`, and the part if it is not the test."""
    blanks: Sequence[Blank]
    judged: Sequence[Judged]

    @property
    def items(self) -> Iterator[Items]:
        """The items of each question."""
        for blank in self.blanks:
            yield (*blank.given, *blank.answers)
        for each in self.judged:
            yield each.items

    def among(self, there: frozenset[str]) -> Questions:
        """Those of which every item is there."""
        blanks = [b for b in self.blanks if there.issuperset((*b.given, *b.answers))]
        judged = [j for j in self.judged if there.issuperset(j.items)]
        return Questions(self.name, blanks, judged)


def has_questions(examples: Examples) -> bool:
    """A folder of Polyvore Outfits with one of its splits."""
    return examples.format == _FORMAT and bool(split_folders(examples.source))


def in_questions(examples: Examples) -> NDArray[np.bool_]:
    """The photos of items that some question names, (n,)."""
    asked = {item for each in read_questions(examples.source) for item in chain(*each.items)}
    return np.isin(examples.product_ids, np.array(sorted(asked), np.str_)) & examples.main


def read_questions(folder: Path) -> list[Questions]:
    """Read the questions of the test part, or of `valid` where there is no test.

    Raises:
        DataError: a file is missing or damaged.
    """
    found: list[Questions] = []
    for split in split_folders(folder):
        part = next((part for part in _PARTS if (split / f"{part}.json").is_file()), _PARTS[0])
        name = split.name if part == "test" else f"{split.name} {part}"
        found.append(Questions(name, read_blanks(split, part), read_judged_sets(split, part)))
    return found


def measure_outfits(contestant: Contestant, examples: Examples) -> list[Result]:
    """Fill in the blank and AUC, over the questions of which every photo is there.

    Raises:
        DataError: there is none.
    """
    shop = examples.only(examples.main)
    there = frozenset(shop.product_ids.tolist())
    asked = [each.among(there) for each in read_questions(examples.source)]
    if not any(each.blanks or each.judged for each in asked):
        raise DataError(
            f"{examples.name} has no question whose photos are all among the {len(shop):,} looked "
            "at: unpack all of images.zip, and ask without --limit and --part"
        )
    vectors = contestant.see(shop.photos.tolist()).vectors
    rows = {item: row for row, item in enumerate(shop.product_ids.tolist())}

    def near(items: Items) -> float:
        return -mean_distance(vectors[[rows[item] for item in items]])

    def fills(given: Items, answer: Items) -> float:
        own = vectors[[rows[item] for item in given]]
        return -float(np.linalg.norm(own - vectors[rows[answer[0]]], axis=1).mean())

    return list(chain(*(results_of(each, near, fills, contestant.name) for each in asked)))


def kinds_alone(examples: Examples) -> list[Result]:
    """What the categories tell without any photo, learned from `train.json`; and what is published.

    The same questions as for everybody.
    """
    there = frozenset(examples.only(examples.main).product_ids.tolist())
    kinds = read_item_kinds(examples.source)
    found: list[Result] = []
    for split, each in zip(
        split_folders(examples.source), read_questions(examples.source), strict=True
    ):
        if (split / "train.json").is_file():
            outfits = read_sets(split, "train").values()
            taught = [[kinds.get(i, NO_KIND) for i in items.values()] for items in outfits]
            score = partial(_worn_together, learn_kinds(taught), kinds)
            found += results_of(
                each.among(there),
                score,
                lambda given, answer, score=score: score((*given, *answer)),
                KINDS_ALONE,
            )
        for who, said in PUBLISHED_OUTFITS.items():
            for measure, share in zip(_measures(each.name), said.get(each.name, ()), strict=False):
                found.append(Result(OUTFITS, measure, who, share, _N_PUBLISHED))
    return found


def results_of(
    asked: Questions, score: Score, fills: Callable[[Items, Items], float], name: str
) -> list[Result]:
    """Both figures of one split.

    Args:
        asked: its questions.
        score: of an outfit.
        fills: how well an answer, the one item of the second, completes the first.
        name: the contestant's.
    """
    blank, compatible = _measures(asked.name)
    found: list[Result] = []
    if asked.blanks:
        right = np.array([_right(b, partial(fills, b.given)) for b in asked.blanks])
        found.append(mean_result(OUTFITS, blank, name, right))
    if {each.is_real for each in asked.judged} == {True, False}:
        scores = np.array([score(each.items) for each in asked.judged])
        real = np.array([each.is_real for each in asked.judged])

        def figure(rows: NDArray[np.int64]) -> float:
            of, is_real = scores[rows], real[rows]
            return auc(of[is_real], of[~is_real]) if 0 < is_real.sum() < len(rows) else 0.5

        interval = bootstrap_statistic(figure, len(scores), n_draws=300)
        found.append(with_interval(OUTFITS, compatible, name, interval, len(scores)))
    return found


def mean_distance(vectors: NDArray[np.floating]) -> float:
    """Mean Euclidean distance of the rows of (n, dim) two by two; 0 for one row.

    Example:
        >>> mean_distance(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0]]))  # (5 + 5 + 0) / 3
        3.3333333333333335
    """
    first, second = np.triu_indices(len(vectors), 1)
    if not len(first):
        return 0.0
    return float(np.linalg.norm(vectors[first] - vectors[second], axis=1).mean())


def _measures(split: str) -> tuple[str, str]:
    return f"fill in the blank, {split}", f"compatibility AUC, {split}"


def _right(blank: Blank, fills: Callable[[Items], float]) -> float:
    """1 where the right answer is best; of equal ones each is as good as a guess."""
    scores = np.array([fills((answer,)) for answer in blank.answers])
    best = np.flatnonzero(scores >= scores.max() - 1e-9)
    return float(blank.right in best) / len(best)


def _worn_together(table: NDArray[np.float32], kinds: Mapping[str, int], items: Items) -> float:
    known = np.array([kind for item in items if (kind := kinds.get(item, NO_KIND)) != NO_KIND])
    first, second = np.triu_indices(len(known), 1)
    return float(table[known[first], known[second]].mean()) if len(first) else 0.0
