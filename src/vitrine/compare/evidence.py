"""What speaks for and against two listings being one product, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.listings import Listings
from vitrine.compare.traits import TRAITS
from vitrine.types import Rows

Table = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]
"""(n,) numbers by the name of the evidence."""

DESIGN = (
    *("title", "contained", "weight", "same_words", "brand", "same_code", "other_code"),
    *("other_kind", *(f"other_{trait}" for trait in TRAITS)),
    *("same_price", "price_gap", "photo", "same_photo", "has_photo"),
)
"""Evidence for one design, whatever its colour."""

COLOURWAY = ("same_colour", "near_colour", "other_colour", "photo", "same_photo", "has_photo")
"""Evidence for one colour, given one design."""

_HEAVY = 20.0
_WIDEST_GAP = 1.0
_LEAST_DISTANCE = 0.01


@dataclass(frozen=True)
class Evidence:
    """Pairs of listings, one a row."""

    left: Rows
    right: Rows
    columns: Columns
    vetoed: Flags
    """For other people: women and men, adults and children."""
    same_gtin: Flags

    def table(self, names: tuple[str, ...]) -> Table:
        """(n, names)."""
        return np.stack([self.columns[name] for name in names], axis=1)


def evidence(listings: Listings, left: Rows, right: Rows) -> Evidence:
    """Compare rows of `left` with those of `right`, pair by pair; which is which is the same."""
    columns = {
        **_of_titles(listings, left, right),
        **_of_brands(listings, left, right),
        **_of_traits(listings, left, right),
        **_of_colours(listings, left, right),
        **_of_prices(listings, left, right),
        **_of_photos(listings, left, right),
    }
    gtins = listings.gtin_codes
    return Evidence(
        left,
        right,
        columns,
        _disjoint(listings.people[left], listings.people[right]),
        (gtins[left] == gtins[right]) & (gtins[left] >= 0),
    )


def _of_titles(listings: Listings, left: Rows, right: Rows) -> Columns:
    terms = listings.terms
    shared = _products(terms.weights, left, right)
    totals = terms.totals
    smaller = np.minimum(totals[left], totals[right])
    both = np.maximum(totals[left] + totals[right] - shared, 1e-9)
    codes = _products(terms.said, left, right)
    n_codes = np.asarray(terms.said.sum(axis=1)).ravel()
    coded = (n_codes[left] > 0) & (n_codes[right] > 0)
    return {
        "title": _products(terms.unit, left, right),
        "contained": shared / np.maximum(smaller, 1e-9),
        "weight": np.minimum(shared / _HEAVY, 1.0),
        "same_words": np.asarray(shared / both > 0.999, np.float64),
        "same_code": np.asarray(codes > 0, np.float64),
        "other_code": np.asarray(coded & (codes == 0), np.float64),
    }


def _of_brands(listings: Listings, left: Rows, right: Rows) -> Columns:
    brands = listings.brands
    same = (brands[left] == brands[right]) & (brands[left] >= 0)
    return {"brand": np.asarray(same, np.float64)}


def _of_traits(listings: Listings, left: Rows, right: Rows) -> Columns:
    others = _disjoint(listings.traits[left], listings.traits[right])
    kinds = _disjoint(listings.kinds[left], listings.kinds[right])
    named = {f"other_{trait}": others[:, n] * 1.0 for n, trait in enumerate(TRAITS)}
    return {"other_kind": kinds * 1.0, **named}


def _of_colours(listings: Listings, left: Rows, right: Rows) -> Columns:
    ours, theirs = listings.colours[left], listings.colours[right]
    strange = listings.strange_colours
    same = (ours[:, 0] & theirs[:, 0]) != 0
    same |= (strange[left] == strange[right]) & (strange[left] >= 0)
    near = ((ours[:, 1] & theirs[:, 1]) != 0) & ~same
    other = (ours[:, 0] != 0) & (theirs[:, 0] != 0) & ~same & ~near
    return {"same_colour": same * 1.0, "near_colour": near * 1.0, "other_colour": other * 1.0}


def _of_prices(listings: Listings, left: Rows, right: Rows) -> Columns:
    """Prices in two currencies say nothing."""
    amounts, currencies = listings.amounts, listings.currencies
    known = (currencies[left] == currencies[right]) & (currencies[left] >= 0)
    ratio = np.where(known, amounts[left] / amounts[right], 1.0)
    gap = np.minimum(np.abs(np.log(ratio)), _WIDEST_GAP)
    return {"same_price": np.asarray(known & (gap < 1e-9), np.float64), "price_gap": gap}


def _of_photos(listings: Listings, left: Rows, right: Rows) -> Columns:
    """How often the distance is ten times less than usual: 0 of any two photos, 1 of near copies.

    0 too where one has none.
    """
    shown = listings.shown[left] & listings.shown[right]
    usual = listings.usual_cosine
    cosines = np.zeros(len(left))
    rows = np.flatnonzero(shown)
    vectors = listings.vectors
    cosines[rows] = np.einsum("nd,nd->n", vectors[left[rows]], vectors[right[rows]])
    distances = np.clip((1 - cosines) / max(1 - usual, 1e-6), _LEAST_DISTANCE, 1.0)
    return {
        "photo": -np.log10(distances) * shown,
        "same_photo": (distances <= _LEAST_DISTANCE) * shown * 1.0,
        "has_photo": shown * 1.0,
    }


def _products(matrix: Any, left: Rows, right: Rows) -> NDArray[np.float64]:
    """Inner products of rows of a sparse matrix, pair by pair."""
    return np.asarray(matrix[left].multiply(matrix[right]).sum(axis=1), np.float64).ravel()


def _disjoint(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> Flags:
    return np.asarray((ours != 0) & (theirs != 0) & ((ours & theirs) == 0))
