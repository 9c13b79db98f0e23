"""Which photos an encoder may learn from, and which it is measured on.

A group of photos that belong together (near-duplicates, one sender's photos) is never split. Its
part goes by a hash of its name, so that it is the same on every machine, in every release, and for
a set that grows. `vitrine.train` and `vitrine.evaluate` both ask here.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from vitrine.errors import UsageError, unknown

Part: TypeAlias = Literal["train", "validation", "held-out"]

PARTS: tuple[Part, ...] = get_args(Part)
"""In the order of use: learnt from, chosen and calibrated by, looked at last."""

SELECTIONS: Mapping[str, tuple[Part, ...]] = {
    "train": ("train",),
    "validation": ("validation",),
    "held-out": ("held-out",),
    "unseen": ("validation", "held-out"),
    "all": PARTS,
}
"""What may be asked for -> its parts."""

GROUPS_FILE = "near_duplicate_groups.csv"

_VALIDATION_BELOW, _HELD_OUT_BELOW = 14, 20
_SET_NAMES = {
    "kaggle-fashion": "fashion-products",
    "clothing-dataset": "phone",
    "clothing-attributes": "attributes",
}
_LARGEST_COUNT, _LARGEST_SHARE = 100, 0.01


def part_of(group: str) -> Part:
    """Tell the part of a group: of every 100 groups, 80 train, 14 validate and 6 are held out.

    Args:
        group: the set's name and the group's, such as `fashion-products/17` or `phone/204`.

    Example:
        >>> [part_of(f"fashion-products/{n}") for n in (0, 3, 21)]
        ['train', 'validation', 'held-out']
    """
    bucket = int(hashlib.sha1(group.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    if bucket < _VALIDATION_BELOW:
        return "validation"
    return "held-out" if bucket < _HELD_OUT_BELOW else "train"


def parts_selected(selection: str) -> tuple[Part, ...]:
    """Give the parts that a selection names.

    Raises:
        UsageError: there is no selection of that name.
    """
    if selection not in SELECTIONS:
        raise UsageError(unknown("part", selection, SELECTIONS))
    return SELECTIONS[selection]


def is_for_choosing(group: str) -> bool:
    """Whether a group is of the half that weights are chosen by, where the other is reported."""
    return hashlib.sha1(group.encode(), usedforsecurity=False).digest()[-1] % 2 == 0


def learnt_from(format: str) -> bool:
    """Whether the default encoder learnt from a part of the set that has this format."""
    return format in _SET_NAMES


def group_name(format: str, group: str) -> str:
    """Name a group so that groups of two sets never share a name.

    Example:
        >>> group_name("kaggle-fashion", "17"), group_name("csv", "17")
        ('fashion-products/17', 'csv/17')
    """
    return f"{_SET_NAMES.get(format, format)}/{group}"


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """What a file of near-duplicate groups says."""

    groups: Mapping[str, str]
    """product_id -> group."""
    chain: str = ""
    """A group so large that it is no group of duplicates any more: photos that resemble their
    neighbours in a row. It stays in training whole. Empty where there is none."""

    def group_of(self, product_id: str) -> str:
        """A product that the file does not name is a group by itself."""
        return self.groups.get(product_id, f"single-{product_id}")

    def part_of(self, format: str, product_id: str) -> Part:
        """The part of the product's group."""
        group = self.group_of(product_id)
        return "train" if self.chain and group == self.chain else part_of(group_name(format, group))


def read_near_duplicates(source: Path) -> NearDuplicates | None:
    """Read the groups beside a table or in its folder; None where there is no such file."""
    path = (source if source.is_dir() else source.parent) / GROUPS_FILE
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8") as file:
        groups = {row[0]: row[1] for row in list(csv.reader(file))[1:] if len(row) > 1}
    largest, n = Counter(groups.values()).most_common(1)[0] if groups else ("", 0)
    is_chain = n >= _LARGEST_COUNT and n > _LARGEST_SHARE * len(groups)
    return NearDuplicates(groups, largest if is_chain else "")
