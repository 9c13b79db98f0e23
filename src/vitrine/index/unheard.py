"""Filter values that no product of a shop says: most often a typing error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, cast

import numpy as np

from vitrine.index.columns import MISSING, ChoiceColumn, Columns
from vitrine.index.filters import Mask, choice_of, conditions_on, listed, meanings
from vitrine.types import Where

_COMPARING = ("eq", "in", "ne", "not_in")
_MOST_WORDS = 2000  # of a field; one with more has no limited set of values
_MOST_LISTED = 12
_MOST_LINES = 5
_SHOWN = 80  # characters of a value


def unheard_values(columns: Columns, rows: Mask, where: Where) -> list[str]:
    """One line for each value that a filter asks for and none of these rows says; five at most.

    The line names what is said instead where that is short enough, and what was probably meant;
    never of a column of the shop's own making, which could hold anything. A field with more than
    2,000 words has none that could be missed.

    Args:
        columns: of the shop.
        rows: (n_rows,) every product that is there, filtered or not.
        where: a filter that `matching_rows` took.

    Example:
        >>> from vitrine.index.columns import choice_column
        >>> column = choice_column(["women", "men", ""])
        >>> columns = Columns(3, {"gender": column}, {}, {}, {}, {})
        >>> unheard_values(columns, np.ones(3, np.bool_), {"gender": "wommen"})
        ["no product here has gender 'wommen'; known: men, women. Did you mean 'women'?"]
    """
    return list(islice(_lines(columns, rows, where), _MOST_LINES))


def _lines(columns: Columns, rows: Mask, where: Where) -> Iterator[str]:
    wanted: dict[str, dict[str, None]] = {}
    for name, values in _wanted(columns, where):
        wanted.setdefault(name, {}).update(dict.fromkeys(values))
    for name, values in wanted.items():
        column = choice_of(columns, name)
        if len(column.words) > _MOST_WORDS:
            continue
        said = _said(column, rows)
        shown = [] if name in columns.extra else list(said.values())
        for value in values:
            if said.keys().isdisjoint(word.casefold() for word in meanings(name, value)):
                yield f"no product here has {name} {value[:_SHOWN]!r}{_instead(value, shown)}"


def _wanted(columns: Columns, where: Where) -> Iterator[tuple[str, list[str]]]:
    """Fields that take words, with the words asked for."""
    for name, condition in where.items():
        if name in ("and", "or"):
            for part in cast("Sequence[Where]", condition):
                yield from _wanted(columns, part)
        elif name == "not":
            yield from _wanted(columns, cast("Where", condition))
        elif name not in columns.numbers:
            yield name, _words(conditions_on(condition))


def _words(conditions: Mapping[str, Any]) -> list[str]:
    found = (conditions[word] for word in _COMPARING if word in conditions)
    return [str(each) for value in found for each in listed(value)]


def _said(column: ChoiceColumn, rows: Mask) -> dict[str, str]:
    """Every value that the rows say, by its folded form."""
    counts = np.bincount(column.codes[rows] - MISSING, minlength=1)[1:]
    words = (column.words[code] for code in np.flatnonzero(counts).tolist())
    return {value.casefold(): value for word in words for value in column.values(word)}


def _instead(value: str, said: Sequence[str]) -> str:
    known = f"; known: {', '.join(sorted(said))}" if 0 < len(said) <= _MOST_LISTED else ""
    folded = {each.casefold(): each for each in said}
    close = get_close_matches(value.casefold(), folded, n=1)
    return f"{known}. Did you mean {folded[close[0]]!r}?" if close else known
