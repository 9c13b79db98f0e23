"""Plain forms of pages: names and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from vitrine.serve.problems import Problem
from vitrine.serve.searching import Body

_MOST_FORM_BYTES = 512 * 1024
_MOST_FIELDS = 2000
_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class PageForm:
    """What a form says."""

    pairs: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """The last value of a field, without spaces around it; empty where it is not there."""
        return next((value.strip() for each, value in reversed(self.pairs) if each == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for each, value in self.pairs if each == name]


async def form_here(request: Request, body: Body) -> PageForm:
    """Read the form that was sent.

    Raises:
        Problem: as `read_pairs`.
    """
    return PageForm(await read_pairs(request, body))


FormHere: TypeAlias = Annotated[PageForm, Depends(form_here)]


async def read_pairs(request: Request, body: Body) -> tuple[tuple[str, str], ...]:
    """Names and values of a form without files.

    Raises:
        Problem: `media_type_unsupported`, `malformed_form`, or as `BodyReader.read`.
    """
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given != _FORM_TYPE:
        raise Problem("media_type_unsupported", f"the body is {given!r}; send {_FORM_TYPE}")
    data = await body.read(_MOST_FORM_BYTES)
    try:
        pairs = parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Problem("malformed_form", f"the form cannot be read: {error}") from error
    if any("\0" in part for pair in pairs for part in pair):
        raise Problem("malformed_form", "the form holds a NUL character")
    return tuple(pairs)


def inside(place: str) -> str:
    r"""A page of ours to go back to; the front page where anything else is named.

    Example:
        >>> inside("/for-you?page=2"), inside("//elsewhere.example"), inside("/\\elsewhere.example")
        ('/for-you?page=2', '/', '/')
    """
    odd = "\\" in place or any(ord(letter) < 33 for letter in place)
    return place if place.startswith("/") and not place.startswith("//") and not odd else "/"
