"""What DeepFashion's Category and Attribute benchmark says of each photo, in its own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitrine.catalog.lists import read_list
from vitrine.errors import DataError

ATTRIBUTE_TYPES = ("texture", "fabric", "shape", "part", "style")
"""What the types 1 to 5 of `list_attr_cloth.txt` stand for."""

_YES = "1"


@dataclass(frozen=True, slots=True)
class AttributeLists:
    """The four lists of `Anno/`, joined."""

    categories: Sequence[str]
    attributes: Sequence[str]
    types: Sequence[str]
    """Of each attribute, a name of `ATTRIBUTE_TYPES`."""
    category_of: Mapping[str, int]
    """Photo -> position in `categories`."""
    attributes_of: Mapping[str, Sequence[int]]
    """Photo -> positions in `attributes` of those marked as present."""

    def category_named(self, photo: str) -> str:
        """The category's name; empty where nobody said."""
        number = self.category_of.get(photo)
        return "" if number is None else self.categories[number]

    def attributes_named(self, photo: str) -> list[str]:
        """The names of what is marked."""
        return [self.attributes[number] for number in self.attributes_of.get(photo, ())]


def read_attribute_lists(folder: Path) -> AttributeLists:
    """Read `list_category_cloth`, `list_category_img`, `list_attr_cloth` and `list_attr_img`.

    Raises:
        DataError: a list is missing, ends before its own count, or speaks of what another one
            does not name.
    """
    categories = [" ".join(cells[:-1]) for _, cells in read_list(folder, "list_category_cloth.txt")]
    named = [*read_list(folder, "list_attr_cloth.txt")]
    return AttributeLists(
        categories,
        [" ".join(cells[:-1]) for _, cells in named],
        [_type_of(line, cells[-1]) for line, cells in named],
        dict(_categories(folder, len(categories))),
        dict(_attributes(folder, len(named))),
    )


def _categories(folder: Path, n_categories: int) -> Iterator[tuple[str, int]]:
    name = "list_category_img.txt"
    for line, (photo, *rest) in read_list(folder, name):
        number = _number(rest[0]) if len(rest) == 1 else -1
        if not 0 <= number <= n_categories:
            raise DataError(
                f"{name}, line {line}: one number from 1 to {n_categories} is expected, as "
                f"list_category_cloth.txt names them, not {' '.join(rest)!r}"
            )
        if number:
            yield photo, number - 1


def _attributes(folder: Path, n_attributes: int) -> Iterator[tuple[str, Sequence[int]]]:
    name = "list_attr_img.txt"
    for line, (photo, *values) in read_list(folder, name):
        if len(values) != n_attributes:
            raise DataError(
                f"{name}, line {line}: {len(values)} values for {n_attributes} attributes"
            )
        yield photo, tuple(at for at, value in enumerate(values) if value == _YES)


def _type_of(line: int, written: str) -> str:
    number = _number(written)
    if not 1 <= number <= len(ATTRIBUTE_TYPES):
        raise DataError(
            f"list_attr_cloth.txt, line {line}: the type of an attribute is 1 to "
            f"{len(ATTRIBUTE_TYPES)}, not {written!r}"
        )
    return ATTRIBUTE_TYPES[number - 1]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else -1
