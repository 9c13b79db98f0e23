"""Facets: how many products say what, for people who narrow a search down."""

from __future__ import annotations

import math

import numpy as np

from vitrine.errors import QueryError, unknown
from vitrine.index.columns import MISSING, ChoiceColumn, Columns, Numbers
from vitrine.index.filters import Mask, check_one_currency, choice_of, filter_fields
from vitrine.types import Json

MOST_VALUES = 100
_BANDS = 6
_NICE_STEPS = (1, 2, 5, 10)


def check_facets(columns: Columns, names: tuple[str, ...]) -> None:
    """Refuse a facet that is no field.

    Raises:
        QueryError: no field has that name.
    """
    known = filter_fields(columns)
    for name in names:
        if name not in known:
            raise QueryError(unknown("facet", name, known))


def count_facet(columns: Columns, name: str, rows: Mask) -> Json:
    """Count what products say in one field, as a filter on that field reads it.

    Args:
        columns: of the shop.
        name: a field that filters know.
        rows: (n_rows,) products that count.

    Returns:
        `values`: at most 100 of {"value", "count"}, most first, ties by value; `others`: how many
        products say something else; `missing`: how many say nothing. Of `price` instead of values
        `min`, `max` and `bands` of {"from", "below", "count"}.

    Raises:
        QueryError: no such field, or prices in several currencies.
    """
    if name == "price":
        check_one_currency(columns, rows)
        return _bands(columns.numbers[name][rows])
    if name in columns.numbers:
        return _years(columns.numbers[name][rows])
    return _values(choice_of(columns, name), rows)


def _values(column: ChoiceColumn, rows: Mask) -> Json:
    codes = column.codes[rows]
    said = codes[codes != MISSING]
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for code, count in enumerate(np.bincount(said).tolist()):
        for value in column.values(column.words[code]) if count else ():
            shown = spelled.setdefault(value.casefold(), value)
            counts[shown] = counts.get(shown, 0) + count
    return _counted(counts, len(codes) - len(said))


def _years(years: Numbers) -> Json:
    said, counts = np.unique(years[~np.isnan(years)], return_counts=True)
    names = [int(each) if float(each).is_integer() else each for each in said.tolist()]
    counted = dict(zip(names, counts.tolist(), strict=True))
    return _counted(counted, int(np.isnan(years).sum()))


def _counted(counts: dict[str, int] | dict[int | float, int], missing: int) -> Json:
    there = [(value, count) for value, count in counts.items() if count]
    there.sort(key=lambda pair: (-pair[1], pair[0]))
    return {
        "values": [{"value": value, "count": count} for value, count in there[:MOST_VALUES]],
        "others": sum(count for _, count in there[MOST_VALUES:]),
        "missing": missing,
    }


def _bands(prices: Numbers) -> Json:
    said = prices[~np.isnan(prices)]
    missing = len(prices) - len(said)
    if not len(said):
        return {"min": None, "max": None, "bands": [], "missing": missing}
    low, high = float(said.min()), float(said.max())
    step = _nice((high - low) / _BANDS)
    steps = np.arange(math.floor(low / step) - 1, math.floor(high / step) + 3)
    edges = np.round(step * steps, 6)
    counts = np.bincount(np.searchsorted(edges, said, side="right") - 1, minlength=len(edges))
    bands = [
        {"from": float(edges[n]), "below": float(edges[n + 1]), "count": int(counts[n])}
        for n in np.flatnonzero(counts).tolist()
    ]
    return {"min": low, "max": high, "bands": bands, "missing": missing}


def _nice(step: float) -> float:
    """A step at least as large that people count in: 1, 2, 5, 10, 20, 50...

    Example:
        >>> _nice(13.0), _nice(0.3), _nice(0.0)
        (20.0, 0.5, 1.0)
    """
    if step <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(step))
    return next(nice * size for nice in _NICE_STEPS if nice * size >= step * (1 - 1e-9))
