"""What styles say about which products are bought together, beyond what their types say.

A question is a pair that was bought together, beside the same pair with one piece exchanged for
another of its type, never bought with the piece that is kept, and bought with exactly as many
others (`evaluate.outfits`). Types and popularity cannot tell the two apart: from them alone the
answer costs one bit. What a model of the two styles saves of that bit, on designs that taught it
nothing, is information that styles add. The control shuffles styles among products of one type.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.outfits import CoPurchases, questions
from vitrine.evaluate.style_labels import TYPES
from vitrine.metrics import Interval, bootstrap_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from vitrine.styles import Looks
    from vitrine.types import Json, Rows

BEYOND = ((TYPES,), (TYPES, "gender"))
"""Fields that both pieces of an exchange share."""
_COLUMNS = ("article_id", "co_article_id")
_N_SHUFFLES = 10
_RIDGES = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
_LEAST_QUESTIONS = 50


@dataclass(frozen=True, slots=True)
class PurchaseFigures:
    """Bits a question, of the one that it costs without styles; intervals draw designs."""

    beyond: tuple[str, ...]
    """What was known already."""
    n_taught: int
    n_asked: int
    bits: Interval
    shuffled: Interval
    """With styles shuffled among products that share what was known."""
    above: Interval
    """What styles say more than shuffled ones, paired."""

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high]."""
        plain = {
            name: [round(value, 5) for value in (each.figure, each.low, each.high)]
            for name, each in (
                ("bits", self.bits),
                ("shuffled", self.shuffled),
                ("above", self.above),
            )
        }
        about = {"beyond": list(self.beyond), "taught": self.n_taught, "asked": self.n_asked}
        return about | plain


def read_purchases(path: Path, looks: Looks) -> dict[tuple[str, ...], CoPurchases]:
    """Pairs of a table `article_id, co_article_id`, under each of `BEYOND` that the shop says.

    Designs are the shop's `item_group_id`, else each product is its own.

    Raises:
        DataError: no such file, other columns, or too few pairs of the shop's products.
    """
    place = {product_id: row for row, product_id in enumerate(looks.product_ids)}
    designs = _words(looks, "item_group_id")
    designs = np.where(designs == "", np.array(looks.product_ids), designs)
    pairs: set[tuple[int, int]] = set()
    for named in _read(path):
        first, second = sorted(place.get(name, place.get(name.zfill(10), -1)) for name in named)
        if first >= 0 and designs[first] != designs[second]:
            pairs.add((first, second))
    if len(pairs) < _LEAST_QUESTIONS:
        raise DataError(
            f"{path} names {len(pairs)} pairs of different designs that this shop has; "
            f"{_LEAST_QUESTIONS} are needed"
        )
    together = np.array(sorted(pairs), dtype=np.int64)
    groups = np.arange(len(designs)).astype(np.str_)  # any pair may be asked about
    return {
        fields: CoPurchases(together, designs, groups, _cells(looks, fields))
        for fields in BEYOND
        if all(field in looks.said for field in fields)
    }


def information_of(
    bought: CoPurchases, styles: Rows, beyond: Sequence[str], *, seed: int = 0
) -> PurchaseFigures:
    """What styles add about co-purchase, in bits a question.

    Half of the designs teach, the other half asks.

    Args:
        bought: pairs, and the cells within which a piece is exchanged.
        styles: (n,) the style of each product.
        beyond: what the cells are made of.
        seed: of exchanges and shuffles.

    Raises:
        DataError: too few pairs have a piece to be exchanged for.
    """
    taught = bought.taught()
    rng = np.random.default_rng(seed)
    quarter = _half_of_designs(bought.codes, rng)
    teaching, asked, one, other = (
        questions(bought, rows, seed=seed)
        for rows in (taught, ~taught, taught & quarter, taught & ~quarter)
    )
    if min(map(len, (asked, one, other))) < _LEAST_QUESTIONS:
        raise DataError(
            f"{len(teaching)} questions teach and {len(asked)} ask what goes together; "
            f"{2 * _LEAST_QUESTIONS} of each are needed"
        )

    def saved(styles: Rows) -> NDArray[np.float64]:
        """Bits at each question that is asked; the ridge is the best within the teaching half."""
        halves = [
            (_contrasts(styles, each), _contrasts(styles, rest))
            for each, rest in ((one, other), (other, one))
        ]
        ridge = max(_RIDGES, key=lambda ridge: sum(_bits(*half, ridge).mean() for half in halves))
        return _bits(_contrasts(styles, teaching), _contrasts(styles, asked), ridge)

    bits = saved(styles)
    dealt = (_shuffled_within(bought.cells, styles, rng) for _ in range(_N_SHUFFLES))
    chance = np.mean([saved(each) for each in dealt], axis=0)
    kept = bought.codes[asked[:, 0]]
    return PurchaseFigures(
        beyond=tuple(beyond),
        n_taught=len(teaching),
        n_asked=len(asked),
        bits=bootstrap_interval(bits, kept),
        shuffled=bootstrap_interval(chance, kept),
        above=bootstrap_interval(bits - chance, kept),
    )


def _contrasts(styles: Rows, asked: NDArray[np.int64]) -> csr_matrix:
    """What sets the pair that was bought apart from the exchanged one, (m, pairs of styles + 1).

    1 at the pair that was bought and -1 at the other; the last column is about being of one style.
    """
    from scipy.sparse import csr_matrix

    n_styles = int(styles.max()) + 1
    one, other = styles[asked[:, :1]], styles[asked[:, 1:]]
    pairs = np.minimum(one, other) * n_styles + np.maximum(one, other)
    signs = np.tile([1.0, -1.0], (len(asked), 1))
    values = np.hstack([signs, signs * (one == other)]).ravel()
    columns = np.hstack([pairs, np.full_like(pairs, n_styles**2)]).ravel()
    rows = np.repeat(np.arange(len(asked)), 4)
    return csr_matrix((values, (rows, columns)), shape=(len(asked), n_styles**2 + 1))


def _bits(told: csr_matrix, asked: csr_matrix, ridge: float) -> NDArray[np.float64]:
    """Bits saved at each asked question, (m,), by a logistic model of what was told."""
    from sklearn.linear_model import LogisticRegression

    n = np.arange(len(told.indptr) - 1)
    turned = np.where(n % 2 == 0, 1.0, -1.0)  # so that there are two classes
    model = LogisticRegression(C=1 / (ridge * len(n)), fit_intercept=False, max_iter=500)
    model.fit(told.multiply(turned[:, None]).tocsr(), turned)
    margins = asked @ np.asarray(model.coef_[0])
    return 1 - np.logaddexp(0, -margins) / np.log(2)


def _half_of_designs(codes: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """(n,) products of a random half of the designs."""
    names, places = np.unique(codes, return_inverse=True)
    return (rng.random(len(names)) < 0.5)[places]


def _shuffled_within(cells: NDArray[np.str_], styles: Rows, rng: np.random.Generator) -> Rows:
    """Styles dealt out anew among the products of each cell."""
    order = np.argsort(cells, kind="stable")
    mixed = np.lexsort((rng.random(len(cells)), cells))
    out = np.empty_like(styles)
    out[order] = styles[mixed]
    return out


def _cells(looks: Looks, fields: Sequence[str]) -> NDArray[np.str_]:
    return np.array(
        ["|".join(row) for row in zip(*(_words(looks, each) for each in fields), strict=True)]
    )


def _words(looks: Looks, name: str) -> NDArray[np.str_]:
    """(n,) what each product says; empty where it says nothing."""
    column = looks.said.get(name)
    if column is None:
        return np.full(len(looks.product_ids), "")
    return np.array([*column.words, ""])[column.codes]


def _read(path: Path) -> list[tuple[str, str]]:
    if not path.is_file():
        raise DataError(f"{path} is not there; a table of {' and '.join(_COLUMNS)} is needed")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if not set(_COLUMNS) <= set(rows.fieldnames or ()):
            raise DataError(f"{path} has no columns {' and '.join(_COLUMNS)}")
        return [(row[_COLUMNS[0]] or "", row[_COLUMNS[1]] or "") for row in rows]
