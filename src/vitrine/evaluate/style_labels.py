"""What a shop itself says of its products, which styles are compared with, and types held out.

Tags of an encoder are left aside: styles are found in its vectors, so they would agree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, QueryError, unknown
from vitrine.index import ChoiceColumn
from vitrine.styles import Looks, Recipe, StyleModel, looks_of, model_of, without_news

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.index import Snapshot
    from vitrine.types import Rows

TYPES = "article_type"
LABELS = ("usage", "gender")
_LEAST_OF_TYPE = 30
_LEAST_TYPES = 5
_HELD_SHARE = 0.2
_UNSEEN_SHARE = 0.2
_MOST_OF_VALUE = 0.2  # of products, where they name several values and most are on many products


@dataclass(frozen=True, slots=True)
class Values:
    """What products say in one field."""

    words: tuple[str, ...]
    has: NDArray[np.bool_]
    """(n, words)"""
    told: NDArray[np.bool_]
    """(n,) whether they say anything."""
    several: bool
    """Whether a product may say more than one word."""

    def common(self) -> list[int]:
        """Words that 30 products have, and that are not on all kinds of them."""
        sizes = self.has.sum(axis=0)
        most = _MOST_OF_VALUE * len(self.has) if self.several else len(self.has)
        return np.flatnonzero((sizes >= _LEAST_OF_TYPE) & (sizes <= most)).tolist()


def own_looks(view: Snapshot) -> Looks:
    """The shop's products with what it says of them itself, in any column."""
    looks = looks_of(view)
    own = {**view.columns.extra, **view.columns.choices}
    said = {
        name: ChoiceColumn(codes, column.words, column.lists or _are_lists(column.words))
        for name, column in own.items()
        if ((codes := column.codes[looks.rows]) >= 0).any()
    }
    return Looks(looks.rows, looks.product_ids, looks.vectors, said)


def values_of(column: ChoiceColumn) -> Values:
    """Every value by itself, also of columns that list several.

    Example:
        >>> from vitrine.index import choice_column
        >>> values_of(choice_column(["a, b", "b", None], lists=True)).has.tolist()
        [[True, True], [False, True], [False, False]]
    """
    listed = [column.values(word) for word in column.words]
    words = tuple(dict.fromkeys(value for values in listed for value in values))
    place = {word: number for number, word in enumerate(words)}
    of_word = np.zeros((len(listed) + 1, len(words)), dtype=np.bool_)
    for number, values in enumerate(listed):
        of_word[number, [place[value] for value in values]] = True
    return Values(words, of_word[column.codes], column.known(), column.lists)


def agreement(looks: Looks, name: str, styles: Rows) -> float:
    """AMI of styles with a field; NaN where the shop says nothing there.

    Where products name several values, the mean over values of AMI with having the value or not.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    column = looks.said.get(name)
    if column is None:
        return float("nan")
    told = column.known()
    if not column.lists:
        return float(adjusted_mutual_info_score(column.codes[told], styles[told]))
    values = values_of(column)
    each = [
        float(adjusted_mutual_info_score(values.has[told, value], styles[told]))
        for value in values.common()
    ]
    return float(np.mean(each)) if each else float("nan")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Styles that were found without some types."""

    novel: NDArray[np.bool_]
    """(n,) products of the types that were held out."""
    unseen: NDArray[np.bool_]
    """(n,) other products that styles were not found in."""
    seen: Rows
    """Rows of looks that they were found in."""
    model: StyleModel


def held_out(
    looks: Looks, split: int, types: str = TYPES
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Products (n,) of a fifth of the types, and others that no fit sees.

    Raises:
        DataError: fewer than 5 types have 30 products.
    """
    column = looks.said.get(types)
    values = values_of(column) if column else None
    common = values.common() if values else []
    if values is None or len(common) < _LEAST_TYPES:
        raise DataError(
            f"novelty is measured by holding types out; {len(common)} values of {types} have "
            f"{_LEAST_OF_TYPE} products, and {_LEAST_TYPES} are needed"
        )
    rng = np.random.default_rng(split)
    held = rng.choice(common, max(1, round(len(common) * _HELD_SHARE)), replace=False)
    novel = np.asarray(values.has[:, held].any(axis=1), dtype=np.bool_)
    unseen = ~novel & (rng.random(len(novel)) < _UNSEEN_SHARE)
    return novel, unseen


def fitted_without(
    looks: Looks, recipe: Recipe, split: int, *, k: int | None = None, types: str = TYPES
) -> HeldOut:
    """Find styles without a fifth of the types, and without a fifth of the other products.

    Raises:
        DataError: fewer than 5 types have 30 products.
    """
    novel, unseen = held_out(looks, split, types)
    seen = np.flatnonzero(~novel & ~unseen)
    vectors = looks.vectors[seen]
    model = model_of(recipe.name, recipe.find(vectors, k, seed=split), vectors)
    return HeldOut(novel, unseen, seen, without_news(model, part_of(looks, seen), None))


def part_of(looks: Looks, rows: Rows) -> Looks:
    """Some of the products."""
    said = {
        name: ChoiceColumn(column.codes[rows], column.words, column.lists)
        for name, column in looks.said.items()
    }
    ids = tuple(looks.product_ids[row] for row in rows.tolist())
    return Looks(looks.rows[rows], ids, looks.vectors[rows], said)


def checked_types(looks: Looks, types: str) -> str:
    """The column that types stand in.

    Raises:
        QueryError: the shop has no such column.
    """
    if types != TYPES and types not in looks.said:
        raise QueryError(unknown("column", types, sorted(looks.said)))
    return types


def _are_lists(words: Sequence[str]) -> bool:
    """Whether most words hold a comma, as in a column of the shop's own that lists garments."""
    return bool(words) and sum("," in word for word in words) > len(words) / 2
