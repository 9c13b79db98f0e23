"""Every listing of a shop, ready to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.reading import Reading
from vitrine.compare.traits import TRAITS
from vitrine.types import Rows, Vectors

Numbers = NDArray[np.float64]
Bits = NDArray[np.int64]

_ARTICLES = ("the",)


@dataclass(frozen=True)
class Listings:
    """Listings side by side; `row` is a position in all of these.

    Args:
        readings: what each says.
        vectors: (n, dim) unit vectors of the first photos, zeros where there is none.
    """

    readings: Sequence[Reading]
    vectors: Vectors

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """product_id -> row."""
        return {reading.product_id: row for row, reading in enumerate(self.readings)}

    @cached_property
    def sellers(self) -> Rows:
        """(n,) a number for each seller; -1 where nobody is named."""
        return _numbered([reading.seller for reading in self.readings])

    @cached_property
    def blocks(self) -> Rows:
        """(n,) a number for each first word of a brand: listings of two blocks are not compared.

        "New Look" and "New Look Petite" are one block; so are all listings without a brand.
        """
        return _numbered([_first(reading.brand) for reading in self.readings])

    @cached_property
    def members(self) -> Mapping[int, Rows]:
        """Block -> its rows."""
        order = np.argsort(self.blocks, kind="stable")
        numbers, starts = np.unique(self.blocks[order], return_index=True)
        parts = np.split(order, starts[1:])
        return {int(number): part for number, part in zip(numbers, parts, strict=True)}

    @cached_property
    def brands(self) -> Rows:
        """(n,) a number for each whole brand; -1 where none is named."""
        return _numbered(["".join(reading.brand) for reading in self.readings])

    @cached_property
    def kinds(self) -> Bits:
        """(n,)."""
        return np.array([reading.kinds for reading in self.readings], np.int64)

    @cached_property
    def people(self) -> Bits:
        """(n,)."""
        return np.array([reading.people for reading in self.readings], np.int64)

    @cached_property
    def traits(self) -> Bits:
        """(n, traits)."""
        found = [reading.traits for reading in self.readings]
        return np.array(found, np.int64).reshape(-1, len(TRAITS))

    @cached_property
    def colours(self) -> Bits:
        """(n, 2) colours and their families."""
        return np.array([(r.colours, r.families) for r in self.readings], np.int64).reshape(-1, 2)

    @cached_property
    def strange_colours(self) -> Rows:
        """(n,) a number for each colour that is none of ours; -1 for all others."""
        return _numbered([reading.strange_colour for reading in self.readings])

    @cached_property
    def amounts(self) -> Numbers:
        """(n,) regular prices, NaN where there is none."""
        return np.array([reading.amount for reading in self.readings], np.float64)

    @cached_property
    def currencies(self) -> Rows:
        """(n,) a number for each currency."""
        return _numbered([reading.currency for reading in self.readings])

    @cached_property
    def item_groups(self) -> Rows:
        """(n,) the first row of the same seller's design; its own where no group is said."""
        first: dict[tuple[str, str], int] = {}
        return np.array(
            [
                first.setdefault((r.seller, r.item_group_id), row) if r.item_group_id else row
                for row, r in enumerate(self.readings)
            ],
            np.int64,
        )

    @cached_property
    def gtins(self) -> Mapping[str, Rows]:
        """GTIN -> the rows that say it."""
        found: dict[str, list[int]] = {}
        for row, reading in enumerate(self.readings):
            if reading.gtin:
                found.setdefault(reading.gtin, []).append(row)
        return {gtin: np.array(rows, np.int64) for gtin, rows in found.items()}

    @cached_property
    def gtin_codes(self) -> Rows:
        """(n,) a number for each GTIN, -1 where none is said."""
        return _numbered([reading.gtin for reading in self.readings])

    @cached_property
    def terms(self) -> Terms:
        """Titles as weighted words."""
        return _terms(self.readings)

    @cached_property
    def shown(self) -> NDArray[np.bool_]:
        """(n,) whether a listing has a photo."""
        return np.asarray(self.vectors.any(axis=1))

    @cached_property
    def usual_cosine(self) -> float:
        """The mean cosine of two photos drawn at random."""
        shown = self.vectors[self.shown]
        n_shown = len(shown)
        if n_shown < 2:
            return 0.0
        total = float(np.square(shown.sum(axis=0, dtype=np.float64)).sum())
        return (total - n_shown) / (n_shown * (n_shown - 1))


@dataclass(frozen=True)
class Terms:
    """Titles as rows of sparse matrices; rare words weigh more."""

    unit: Any
    """(n, words) CSR: weights, scaled to length 1."""
    weights: Any
    """(n, words) CSR: the square roots of the weights: a product of rows is what they share."""
    said: Any
    """(n, words) CSR: 1 where a code (a word with a digit) is said."""
    totals: Numbers
    """(n,) the weight of all words of a title."""


def _terms(readings: Sequence[Reading]) -> Terms:
    from scipy.sparse import csr_matrix, diags

    number: dict[str, int] = {}
    columns = [
        number.setdefault(word, len(number)) for reading in readings for word in reading.words
    ]
    ends = np.cumsum([0, *(len(reading.words) for reading in readings)])
    shape = (len(readings), len(number))
    ones: Any = csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
    n_saying = np.bincount(columns, minlength=len(number)) if columns else np.zeros(0)
    weights = np.log((1 + len(readings)) / (1 + n_saying)) + 0.1
    weighted: Any = ones @ diags(np.sqrt(weights))
    totals = np.asarray(ones @ weights, np.float64)
    scale = 1 / np.sqrt(np.maximum(totals, 1e-9))
    codes = np.array([any(map(str.isdigit, word)) for word in number], np.float64)
    return Terms(diags(scale) @ weighted, weighted, ones @ diags(codes), totals)


def _numbered(names: Sequence[str]) -> Rows:
    """A number for each name, -1 for the empty one."""
    numbers: dict[str, int] = {"": -1}
    return np.array([numbers.setdefault(name, len(numbers) - 1) for name in names], np.int64)


def _first(brand: Sequence[str]) -> str:
    kept = [word for word in brand if word not in _ARTICLES]
    return (kept or [*brand, ""])[0]
