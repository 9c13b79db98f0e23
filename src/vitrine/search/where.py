"""Filters as people type them: `gender=women price<50 article_type=dresses|tops`."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from vitrine.errors import QueryError
from vitrine.types import Where

_HINT = "write filters like: gender=women price<50 colour='navy blue'|black article_type!=Shirts"
_OPERATORS = {"=": "in", "!=": "not_in", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_TERM = re.compile(
    r"""\s*(?P<field>[\w.\-]+)\s*(?P<op>!=|<=|>=|=|<|>)\s*
    (?P<values>(?:"[^"]*"|'[^']*'|[^\s|"']+)(?:\|(?:"[^"]*"|'[^']*'|[^\s|"']+))*)(?=\s|$)""",
    re.VERBOSE,
)
_VALUE = re.compile(r""""([^"]*)"|'([^']*)'|([^\s|"']+)""")


def parse_where(text: str) -> Where:
    """Read a filter from one line: terms that must all hold, or a JSON tree.

    A term is FIELD OPERATOR VALUE; `|` between values means any of them; values with spaces are
    quoted; `field=*` asks that the product says anything there, `field!=*` that it does not.

    Raises:
        QueryError: the line does not read as that.

    Example:
        >>> parse_where("price<50 article_type=dresses|tops")
        {'price': {'lt': 50.0}, 'article_type': {'in': ['dresses', 'tops']}}
    """
    if text.lstrip().startswith("{"):
        return _from_json(text)
    where: dict[str, dict[str, Any]] = {}
    position = 0
    while text[position:].strip():
        term = _TERM.match(text, position)
        if term is None:
            raise QueryError(f"cannot read the filter at {text[position:].strip()!r}; {_HINT}")
        position = term.end()
        name, operator = term["field"], _OPERATORS[term["op"]]
        word, value = _condition(name, operator, _values(term["values"]))
        conditions = where.setdefault(name, {})
        if word in conditions:
            raise QueryError(
                f"the filter names {name}{term['op']} twice; join values with | instead"
            )
        conditions[word] = value
    return where


def _condition(name: str, operator: str, values: list[str]) -> tuple[str, Any]:
    if operator in ("in", "not_in"):
        if values == ["*"]:
            return "exists", operator == "in"
        numbers = [_number(value) for value in values]
        if name in ("price", "year") and operator == "in" and None not in numbers:
            return "in", numbers
        return operator, values
    number = _number(values[0])
    if len(values) > 1 or number is None:
        raise QueryError(f"{name!r} is compared with one number, not {'|'.join(values)!r}; {_HINT}")
    return operator, number


def _values(text: str) -> list[str]:
    return [next(filter(None, match.groups()), "") for match in _VALUE.finditer(text)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _from_json(text: str) -> Where:
    try:
        tree = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise QueryError(f"the filter is not valid JSON: {error}") from error
    return cast("Where", tree)
