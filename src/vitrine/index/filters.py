"""Filters: a JSON tree, checked against the shop's fields, compiled to the rows that match.

A tree is an object. `{"gender": "women", "price": {"lte": 50}}` asks for both; a list asks for any
of its values; `{"or": [...]}`, `{"and": [...]}` and `{"not": {...}}` combine trees. Words are
compared without regard to case. A field reads the shop's own value, else the encoder's tag unless
it is unsure; `tag.gender` reads only the tag.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from vitrine.catalog import translate
from vitrine.errors import QueryError, unknown
from vitrine.index.columns import FIELD_OF, ChoiceColumn, Columns, Numbers
from vitrine.types import Where

Mask = NDArray[np.bool_]

_COMPARE: dict[str, Callable[[Numbers, float], Mask]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
}
_CHOICE_WORDS = ("eq", "in", "ne", "not_in", "exists")
_NUMBER_WORDS = (*_COMPARE, "exists")
TAG_OF = {name: head for head, name in FIELD_OF.items()}
"""Fields whose tags have another name."""
_MOST_DEPTH = 16


def matching_rows(columns: Columns, where: Where) -> Mask:
    """Rows that a filter lets through, (n_rows,).

    Raises:
        QueryError: an unknown field or operator, a value of the wrong kind, or nesting deeper
            than 16.
    """
    _check_currency(columns, where)
    return _tree(columns, where, 1)


def filter_fields(columns: Columns) -> list[str]:
    """Names that a filter may use."""
    return sorted(
        {*columns.choices, *columns.numbers, *columns.extra, *(f"tag.{h}" for h in columns.tags)}
        | {*columns.tags}
    )


def _tree(columns: Columns, where: object, depth: int) -> Mask:
    if not isinstance(where, Mapping):
        raise QueryError(f"a filter is an object like {{'gender': 'women'}}, not {where!r}")
    if depth > _MOST_DEPTH:
        raise QueryError(f"the filter is nested deeper than {_MOST_DEPTH}; flatten it")
    rows = np.ones(columns.n_rows, dtype=np.bool_)
    for name, condition in cast("Mapping[str, Any]", where).items():
        rows &= _part(columns, name, condition, depth)
    return rows


def _part(columns: Columns, name: str, condition: Any, depth: int) -> Mask:
    if name == "not":
        return ~_tree(columns, condition, depth + 1)
    if name in ("and", "or"):
        if not isinstance(condition, Sequence) or isinstance(condition, str):
            raise QueryError(f"{name!r} takes a list of filters, not {condition!r}")
        parts = [_tree(columns, part, depth + 1) for part in cast("Sequence[object]", condition)]
        join, empty = (np.logical_and, True) if name == "and" else (np.logical_or, False)
        return join.reduce([np.full(columns.n_rows, empty), *parts])
    if name in columns.numbers:
        return _number(name, columns.numbers[name], condition)
    return _choice(name, choice_of(columns, name), condition)


def choice_of(columns: Columns, name: str) -> ChoiceColumn:
    """What a filter on `name` reads: the shop's own word, else the sure tag.

    Raises:
        QueryError: no such field.
    """
    head = name.removeprefix("tag.")
    if name.startswith("tag.") and head in columns.tags:
        return columns.tags[head]
    own = columns.choices.get(name) or columns.extra.get(name)
    tag = columns.tags.get(TAG_OF.get(name, name))
    if own is not None:
        return own if tag is None else own.or_else(tag)
    if tag is not None:
        return tag
    raise QueryError(unknown("filter field", name, filter_fields(columns)))


def _choice(name: str, column: ChoiceColumn, condition: Any) -> Mask:
    rows = np.ones(len(column.codes), dtype=np.bool_)
    for word, value in conditions_on(condition).items():
        if word == "exists":
            rows &= column.known() == _truth(name, value)
        elif word in ("eq", "in"):
            rows &= column.has(_words(name, value))
        elif word in ("ne", "not_in"):
            rows &= ~column.has(_words(name, value))
        else:
            raise QueryError(f"{name!r}: {unknown('operator', word, _CHOICE_WORDS)}")
    return rows


def _number(name: str, column: Numbers, condition: Any) -> Mask:
    rows = np.ones(len(column), dtype=np.bool_)
    for word, value in conditions_on(condition).items():
        if word == "exists":
            rows &= ~np.isnan(column) == _truth(name, value)
        elif word == "in":
            rows &= np.isin(column, [_figure(name, each) for each in listed(value)])
        elif word in _COMPARE:
            rows &= _COMPARE[word](column, _figure(name, value))
        else:
            raise QueryError(f"{name!r}: {unknown('operator', word, _NUMBER_WORDS)}")
    return rows


def conditions_on(condition: Any) -> Mapping[str, Any]:
    """Operators and what they compare with; a bare value or list asks for any of it."""
    if isinstance(condition, Mapping):
        return cast("Mapping[str, Any]", condition)
    return {"in": condition} if isinstance(condition, list | tuple) else {"in": [condition]}


def listed(value: Any) -> Sequence[Any]:
    """Give a list of values as it is, and one value as a list."""
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else [value]


def _words(name: str, value: Any) -> list[str]:
    words: list[str] = []
    for each in listed(value):
        if not isinstance(each, str | int) or isinstance(each, bool):
            raise QueryError(f"{name!r} is compared with words, not {each!r}")
        words += meanings(name, str(each))
    return words


def meanings(name: str, value: str) -> tuple[str, str]:
    """The vocabulary's word for a value of a field, and the value itself."""
    return translate(name.removeprefix("tag."), value), value


def _figure(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise QueryError(f"{name!r} is compared with a finite number, not {value!r}")
    return float(value)


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise QueryError(f"{name!r}: 'exists' takes true or false, not {value!r}")
    return value


def check_one_currency(columns: Columns, rows: Mask) -> None:
    """Insist that the prices of these rows can be compared.

    Raises:
        QueryError: they are in several currencies.
    """
    _refuse_mixed(columns, rows & ~np.isnan(columns.numbers["price"]))


def _check_currency(columns: Columns, where: object) -> None:
    names = set(_names(where))
    if "price" in names and "currency" not in names:
        _refuse_mixed(columns, columns.choices["currency"].known())


def _refuse_mixed(columns: Columns, rows: Mask) -> None:
    currencies = columns.choices["currency"].commonest(rows)
    if len(currencies) > 1:
        raise QueryError(
            f"prices here are in {', '.join(sorted(currencies))}: add the currency to the filter, "
            f"for example currency={currencies[0]}"
        )


def _names(where: object, depth: int = 1) -> list[str]:
    if depth > _MOST_DEPTH:
        return []
    if isinstance(where, Mapping):
        pairs = cast("Mapping[str, object]", where).items()
        return [found for name, part in pairs for found in (name, *_names(part, depth + 1))]
    if isinstance(where, list | tuple):
        parts = cast("Sequence[object]", where)
        return [name for part in parts for name in _names(part, depth + 1)]
    return []
