"""JSON of strangers: bounded in depth and numbers, and checked against a model."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeVar, cast

from pydantic import BaseModel, ValidationError

from vitrine.serve.problems import Problem, problem_of_fields
from vitrine.types import Json

Model = TypeVar("Model", bound=BaseModel)

_DEEPEST = 32
_LARGEST_INTEGER = 2**53


def parse_json(body: bytes, model: type[Model]) -> Model:
    """Read JSON strictly, then check it against a model.

    Raises:
        Problem: `malformed_json`: not UTF-8, no object, NaN, numbers or nesting beyond reason;
            `invalid`: a field is unknown or does not fit.
    """
    try:
        return model.model_validate(parse_object(body))
    except ValidationError as error:
        raise problem_of_fields(error.errors(include_url=False, include_context=False)) from error


def parse_object(body: bytes) -> Json:
    """Read an object of JSON strictly.

    Raises:
        Problem: `malformed_json`, as `parse_json`.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_no_number,
            parse_int=_integer,
            parse_float=_real,
            object_pairs_hook=_unique,
        )
    except RecursionError:
        raise _malformed_json(f"it is nested deeper than {_DEEPEST}; flatten it") from None
    except UnicodeDecodeError as error:
        raise _malformed_json(f"it is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise _malformed_json(str(error)) from error
    _check(value)
    if not isinstance(value, dict):
        raise _malformed_json("it must be an object, like {}")
    return cast("Json", value)


def _check(value: Any) -> None:
    """Refuse what later rooms could stumble over, without recursion of our own."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        deeper: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                deeper += [*cast("dict[str, Any]", each), *cast("dict[str, Any]", each).values()]
            elif isinstance(each, list):
                deeper += cast("list[Any]", each)
            elif isinstance(each, str):
                _check_text(each)
        if not deeper:
            return
        level = deeper
    raise _malformed_json(f"it is nested deeper than {_DEEPEST}; flatten it")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _malformed_json("a text holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _malformed_json("a text holds half of a surrogate pair") from None


def _no_number(name: str) -> NoReturn:
    raise _malformed_json(f"{name} is no number in JSON")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _LARGEST_INTEGER:
        raise _malformed_json(f"the number {text[:20]}… is beyond reason")
    return int(text)


def _real(text: str) -> float:
    if not math.isfinite(float(text)):
        raise _malformed_json(f"the number {text[:20]} is beyond reason")
    return float(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed_json("an object names a field twice")
    return found


def _malformed_json(reason: str) -> Problem:
    return Problem("malformed_json", f"the JSON cannot be read: {reason}")
