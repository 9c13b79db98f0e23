"""schema.org items as a graph: types, references and plain words, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from vitrine.types import Json

_DEEPEST = 20
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "about")
"""Properties of a page that may hold what the page is about."""


class Graph:
    """The items of one page; references by `@id` are followed."""

    def __init__(self, items: Sequence[Json]) -> None:
        self._items = items
        self._named: dict[str, Json] = {}
        for item in _all_items(items):
            name = item.get("@id")
            if isinstance(name, str) and name and len(item) > 1:
                self._named.setdefault(name, item)

    def all(self, *kinds: str) -> list[Json]:
        """Every item of these types, wherever it stands."""
        return [item for item in _all_items(self._items) if kinds_of(item) & {*kinds}]

    def main(self, *kinds: str) -> list[Json]:
        """Items of these types that the page itself is about, in order, each once."""
        found: dict[int, Json] = {}
        for item in self._top(self._items, 0):
            if kinds_of(item) & {*kinds}:
                found.setdefault(id(item), item)
        return [*found.values()]

    def items(self, item: Json, *names: str) -> list[Json]:
        """Values of these properties that are items themselves."""
        return [self._real(value) for value in self.values(item, *names) if _is(value)]

    def values(self, item: Json, *names: str) -> list[Any]:
        """Values of the first of these properties that has any."""
        for name in names:
            value = item.get(name)
            values = value if isinstance(value, list) else [value]
            if filled := [one for one in values if one not in (None, "", {}, [])]:
                return filled
        return []

    def text(self, item: Json, *names: str) -> str:
        """The first of these properties in words; of an item its name."""
        return next(iter(self.texts(item, *names)), "")

    def texts(self, item: Json, *names: str) -> list[str]:
        """All values of the first of these properties that says anything, in words."""
        for name in names:
            words = [self._words(value) for value in self.values(item, name)]
            if filled := [*dict.fromkeys(filter(None, words))]:
                return filled
        return []

    def _words(self, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, dict):
            real = self._real(value)
            named = (real.get(key) for key in ("name", "value", "@value", "url"))
            return next((clean(str(one)) for one in named if isinstance(one, str | int)), "")
        return ""

    def _real(self, item: Json) -> Json:
        """What a bare reference refers to."""
        name = item.get("@id")
        is_reference = isinstance(name, str) and not any(key[0] != "@" for key in item if key)
        return self._named.get(str(name), item) if is_reference else item

    def _top(self, values: Any, depth: int) -> Iterator[Json]:
        if depth > _DEEPEST:
            return
        for value in values if isinstance(values, list) else [values]:
            if not _is(value):
                continue
            item = self._real(value)
            yield item
            if not kinds_of(item) & {"Product", "ProductGroup"}:
                for name in _HOLDERS:
                    yield from self._top(item.get(name), depth + 1)


def kinds_of(item: Json) -> set[str]:
    """Types of an item without their vocabulary.

    Example:
        >>> sorted(kinds_of({"@type": ["http://schema.org/Product", "Car"]}))
        ['Car', 'Product']
    """
    written = item.get("@type")
    kinds = written if isinstance(written, list) else [written]
    return {re.split(r"[/#:]", kind)[-1] for kind in kinds if isinstance(kind, str)} - {""}


def clean(text: str) -> str:
    r"""Put words on one line, without what no catalogue can hold.

    Example:
        >>> clean(" a\x00b \n c ")
        'ab c'
    """
    writable = text.encode("utf-8", "replace").decode()
    return " ".join(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", writable).split())


def _is(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _all_items(value: Any, depth: int = 0) -> Iterator[Json]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        value = [*value.values()]
    if isinstance(value, list | tuple):
        for one in value:
            yield from _all_items(one, depth + 1)
