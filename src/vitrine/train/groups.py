"""Photos that show nearly the same belong together, and a group is never split."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitrine.evaluate import part_of
from vitrine.train.photos import Photo
from vitrine.types import Pixels

ALIKE = 0.99
"""Correlation of two thumbnails from which two photos count as near-duplicates."""
_CELLS = (12, 10)
_BLOCK = 1024
_LARGEST_COUNT, _LARGEST_SHARE = 100, 0.01


def with_parts(photos: Sequence[Photo], small: Pixels) -> list[Photo]:
    """Give every photo its group and its part.

    A group that is known (a sender, a file of groups) stays as it is. Other photos are joined
    when they belong to one product or when their thumbnails correlate by at least `ALIKE`. The
    largest group, if it has 100 products or more and above 1 % of them, is a chain of photos that
    resemble their neighbours in a row: it stays in training, as `read_near_duplicates` has it.

    Args:
        photos: in the order of `small`.
        small: (n, height, width, 3), the photos at their smallest.
    """
    open_rows = np.array([row for row, photo in enumerate(photos) if not photo.group], np.int64)
    products = [_product(photos[row]) for row in open_rows]
    names = _joined(products, near_pairs(small[open_rows]))
    found = list(photos)
    for row, name in zip(open_rows, names, strict=True):
        found[row] = replace(photos[row], group=name)
    chain = _chain(dict(zip(products, names, strict=True)))
    return [
        replace(p, part=p.part or ("train" if p.group == chain else part_of(p.group)))
        for p in found
    ]


def write_groups(photos: Sequence[Photo], path: Path) -> None:
    """Write product and group of every shop's photo, in the form that readers of groups know.

    Put beside a table, under this name, the file fixes the split of training and measuring.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "near_duplicate_group"])
        rows = {
            (p.photo_id.split("#")[0], p.group.split("/", 1)[1]) for p in photos if not p.sender
        }
        writer.writerows(sorted(rows))


def _chain(groups: Mapping[str, str]) -> str | None:
    """Of product -> group, the group that is too large to be one."""
    for largest, n in Counter(group for _, group in sorted(groups.items())).most_common(1):
        if n >= _LARGEST_COUNT and n > _LARGEST_SHARE * len(groups):
            return largest
    return None


def near_pairs(photos: Pixels, alike: float = ALIKE) -> NDArray[np.int64]:
    """Pairs of rows (m, 2) whose thumbnails correlate by at least `alike`.

    A thumbnail is 12 x 10 means of the photo's colours, minus their overall mean. A photo of one
    single colour is near nothing.

    Args:
        photos: (n, height, width, 3).
        alike: smallest correlation, below 1.
    """
    features = _thumbnails(photos)
    pairs = [np.empty((0, 2), np.int64)]
    for start in range(0, len(features), _BLOCK):
        close = features[start : start + _BLOCK] @ features[start:].T >= alike
        found = np.argwhere(np.triu(close, 1))
        pairs.append(found + start)
    return np.concatenate(pairs)


def _thumbnails(photos: Pixels) -> NDArray[np.float32]:
    rows, columns = (
        [chunk for chunk in np.array_split(np.arange(side), n) if len(chunk)]
        for side, n in zip(photos.shape[1:3], _CELLS, strict=True)
    )
    means = np.stack(
        [
            photos[:, r[0] : r[-1] + 1, c[0] : c[-1] + 1].mean((1, 2), dtype=np.float32)
            for r in rows
            for c in columns
        ],
        axis=1,
    ).reshape(len(photos), 3 * len(rows) * len(columns))
    means -= means.mean(1, keepdims=True)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    return np.where(length > 1, means / np.maximum(length, 1), 0).astype(np.float32)


def _joined(names: Sequence[str], pairs: Iterable[Sequence[int]]) -> list[str]:
    """Connected rows get one name, the first of theirs in the alphabet; equal names connect."""
    parent = list(range(len(names)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[str, int] = {}
    for row, name in enumerate(names):
        parent[root(row)] = root(first.setdefault(name, row))
    for a, b in pairs:
        parent[root(int(a))] = root(int(b))
    members: defaultdict[int, list[str]] = defaultdict(list)
    for row, name in enumerate(names):
        members[root(row)].append(name)
    smallest = {top: min(group) for top, group in members.items()}
    return [smallest[root(row)] for row in range(len(names))]


def _product(photo: Photo) -> str:
    return f"{photo.source}/{photo.photo_id.split('#')[0]}"
