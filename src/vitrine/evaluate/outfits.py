"""Do pairs that were bought together score higher than pairs that were not? On H&M's co-purchases.

Half of the product codes may teach, the other half asks. A question is a pair of different product
groups that was bought together, both from the asking half, beside the same pair with one piece
exchanged for another of its product type and index that was bought with as many others.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.errors import DataError
from vitrine.metrics import Interval, bootstrap_statistic
from vitrine.outfits import Compatibility, Pieces, learn, pieces_of
from vitrine.outfits.relations import weight_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.index import Snapshot
    from vitrine.types import Rows

Scorer: TypeAlias = Callable[["Rows", "Rows"], "NDArray[np.floating]"]
"""Scores of pairs of product rows, higher is better."""

Measure: TypeAlias = Callable[["NDArray[np.floating]", "NDArray[np.floating]"], float]

BASELINES = ("popularity alone", "raw similarity", "colour alone")
_UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class CoPurchases:
    """What H&M's customers bought together, as product rows of a shop."""

    pairs: NDArray[np.int64]
    """(n, 2), each pair once, never two of one design."""
    codes: NDArray[np.str_]
    """(n_rows,) H&M's product codes: one for all colours of a design."""
    groups: NDArray[np.str_]
    """(n_rows,) product groups."""
    cells: NDArray[np.str_]
    """(n_rows,) product type and index."""

    @property
    def popularity(self) -> NDArray[np.int64]:
        """(n_rows,) with how many others each was bought."""
        return np.bincount(self.pairs.ravel(), minlength=len(self.codes))

    def taught(self) -> NDArray[np.bool_]:
        """(n_rows,) products of the half that may teach, by a hash of their code."""
        return np.array([_hash(code) % 2 == 0 for code in self.codes.tolist()])

    def within(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Pairs (m, 2) of which both pieces are among some rows."""
        return self.pairs[rows[self.pairs].all(axis=1)]


def read_co_purchases(folder: Path, view: Snapshot) -> CoPurchases:
    """Read `articles.csv` and `copurchase.csv` for the articles that a shop has.

    Raises:
        DataError: a file is missing, or the shop has none of the articles.
    """
    n_rows = len(view.product_ids)
    codes, groups, cells = (np.full(n_rows, "", dtype="<U64") for _ in range(3))
    for row in _rows(folder / "articles.csv"):
        at = _row_of(view, row["article_id"])
        if at >= 0:
            codes[at], groups[at] = row["product_code"], row["product_group_name"]
            cells[at] = f"{row['product_type_name']}|{row['index_name']}"
    pairs: set[tuple[int, int]] = set()
    for row in _rows(folder / "copurchase.csv"):
        named = (row["article_id"], row["co_article_id"])
        first, second = sorted(_row_of(view, name) for name in named)
        if first >= 0 and codes[first] != codes[second]:
            pairs.add((first, second))
    if not pairs:
        raise DataError(f"the shop has no two articles that {folder} says were bought together")
    return CoPurchases(np.array(sorted(pairs)), codes, groups, cells)


def questions(
    bought: CoPurchases, rows: NDArray[np.bool_], *, n_each: int = 4, seed: int = 0
) -> NDArray[np.int64]:
    """Ask of pairs of different groups among some rows; (n, 3): kept, bought with it, exchanged.

    The exchanged piece has the product type and index of the one that it stands for, was never
    bought with the kept one, and was bought with exactly as many others.
    A pair without such a piece is not asked.
    """
    rng = np.random.default_rng(seed)
    popularity = bought.popularity
    cells = bought.cells.tolist()
    partners: dict[int, set[int]] = {}
    for first, second in bought.pairs.tolist():
        partners.setdefault(first, set()).add(second)
        partners.setdefault(second, set()).add(first)
    pool: dict[str, list[int]] = {}
    for row in np.flatnonzero(rows).tolist():
        pool.setdefault(cells[row], []).append(row)
    asked: list[tuple[int, int, int]] = []
    for pair in bought.within(rows).tolist():
        named = set(bought.groups[pair].tolist())
        if len(named) < 2 or _UNKNOWN in named:
            continue
        for _ in range(n_each):
            kept, other = pair if rng.random() < 0.5 else pair[::-1]
            strangers = np.array(
                [
                    row
                    for row in pool[cells[other]]
                    if row not in (kept, other)
                    and row not in partners[kept]
                    and popularity[row] == popularity[other]
                    and bought.codes[row] != bought.codes[kept]
                ],
                np.int64,
            )
            if len(strangers):
                asked.append((kept, other, int(rng.choice(strangers))))
    return np.array(asked, np.int64).reshape(-1, 3)


def judge_shop(
    view: Snapshot,
    folder: Path,
    base: Compatibility,
    columns: Sequence[str] = (),
    *,
    n_draws: int = 1000,
) -> tuple[int, int, list[Judged]]:
    """Learn from the half of H&M's product codes that may teach, ask about the other.

    Args:
        view: of a shop of H&M's articles.
        folder: of their tables.
        base: what is kept where nothing is learned.
        columns: of the shop, for one more scorer that learns from them as well.
        n_draws: of the bootstrap.

    Returns:
        How many pairs taught, how many questions were asked, and how each scorer did.

    Raises:
        DataError: a table is missing, or there are too few pairs.
        UsageError: no such column, or one with too many words.
    """
    bought = read_co_purchases(folder, view)
    taught = bought.taught()
    pairs, among = bought.within(taught), np.flatnonzero(taught)
    shipped = learn(view, pairs, base, among=among)
    learned = {"as shipped": without_kinds(shipped), "as shipped, kinds too": shipped}
    own: dict[str, tuple[str, ...]] = {}
    if columns:
        trained = learn(view, pairs, base, columns, among=among)
        learned["with the shop's columns"] = without_kinds(trained)
        own = {name: column.words for name, column in trained.columns.items()}
    pieces, _ = pieces_of(view, own)
    asked = questions(bought, ~taught)
    by = scorers(view, pieces, bought, learned)
    return len(pairs), len(asked), judge(bought, asked, by, n_draws)


def scorers(
    view: Snapshot, pieces: Pieces, bought: CoPurchases, learned: Mapping[str, Compatibility]
) -> dict[str, Scorer]:
    """Give the baselines, then what was learned, by name."""
    popularity = np.log1p(bought.popularity)
    vectors = view.main_vectors(np.arange(len(view.product_ids)))

    def cosine(first: Rows, second: Rows) -> NDArray[np.floating]:
        return (vectors[first] * vectors[second]).sum(axis=1)

    def colour(first: Rows, second: Rows) -> NDArray[np.floating]:
        weights = next(iter(learned.values())).weights["colour"]
        codes = pieces.facets["colour"]
        return weight_table("colour", weights)[codes[first], codes[second]]

    def popular(first: Rows, second: Rows) -> NDArray[np.floating]:
        return popularity[first] + popularity[second]

    return {
        **dict(zip(BASELINES, (popular, cosine, colour), strict=True)),
        **{name: _scorer(pieces, each) for name, each in learned.items()},
    }


def auc(together: NDArray[np.floating], apart: NDArray[np.floating]) -> float:
    """Give the chance that a pair of the first kind scores above one of the second; ties half.

    Example:
        >>> auc(np.array([2.0, 1.0]), np.array([1.0, 0.0]))
        0.875
    """
    order = np.sort(apart)
    below = np.searchsorted(order, together, side="left")
    up_to = np.searchsorted(order, together, side="right")
    return float((below + up_to).mean() / 2 / len(order))


def paired(together: NDArray[np.floating], apart: NDArray[np.floating]) -> float:
    """Give the share of questions in which the pair that was bought scores higher; ties half."""
    return float((np.sign(together - apart).mean() + 1) / 2)


MEASURES = {"AUC": auc, "own exchange": paired}
"""Each pair against every exchanged one, and each against the one that stands for it alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How one scorer did."""

    scorer: str
    measure: str
    figure: Interval
    above: Mapping[str, Interval]
    """How far it lies above each baseline, by the same draws."""


def without_kinds(compatibility: Compatibility) -> Compatibility:
    """Leave out what both pairs of a question share, and what in an AUC over all is only noise."""
    return replace(compatibility, kinds=np.zeros_like(compatibility.kinds))


def judge(
    bought: CoPurchases, asked: NDArray[np.int64], by: Mapping[str, Scorer], n_draws: int = 1000
) -> list[Judged]:
    """Measure each scorer, and how far it lies above the baselines.

    Intervals are drawn by the product code of the kept piece.
    """
    kept, other, exchanged = asked.T
    groups = bought.codes[kept]
    scores = {name: (score(kept, other), score(kept, exchanged)) for name, score in by.items()}
    found: list[Judged] = []
    for measure, of in MEASURES.items():

        def figure(name: str, rows: NDArray[np.int64], of: Measure = of) -> float:
            together, apart = scores[name]
            return of(together[rows], apart[rows])

        for name in by:
            whole = _interval(partial(figure, name), groups, n_draws)
            above = {
                before: _interval(partial(_difference, figure, name, before), groups, n_draws)
                for before in BASELINES
                if name not in BASELINES
            }
            found.append(Judged(name, measure, whole, above))
    return found


def _difference(
    figure: Callable[[str, NDArray[np.int64]], float],
    name: str,
    before: str,
    rows: NDArray[np.int64],
) -> float:
    return figure(name, rows) - figure(before, rows)


def _interval(
    statistic: Callable[[NDArray[np.int64]], float], groups: NDArray[np.str_], n_draws: int
) -> Interval:
    return bootstrap_statistic(statistic, len(groups), groups, n_draws=n_draws)


def _scorer(pieces: Pieces, compatibility: Compatibility) -> Scorer:
    def score(first: Rows, second: Rows) -> NDArray[np.floating]:
        out = np.empty(len(first), np.float32)
        for row in np.unique(first):
            here = np.flatnonzero(first == row)
            out[here] = compatibility.logits(
                pieces.take(np.array([row])), pieces.take(second[here])
            )[0]
        return out

    return score


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise DataError(f"{path} is not there; a folder of H&M's tables holds it")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _row_of(view: Snapshot, article_id: str) -> int:
    """Its product row, whether or not a table lost the zeros before it; -1 where there is none."""
    rows = view.product_row_of
    return rows.get(article_id, rows.get(article_id.zfill(10), -1))


def _hash(code: str) -> int:
    return hashlib.sha256(code.encode()).digest()[0]
