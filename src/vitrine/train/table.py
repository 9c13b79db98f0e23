"""The photos as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.encoders import words_of
from vitrine.evaluate import Part
from vitrine.train.labels import PHRASE_HEADS, label_values
from vitrine.train.photos import Photo
from vitrine.types import Rows

SMALL = "-small"
"""At the end of a pool's name: its photos are hardly larger than the small size."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Every photo in one row; -1 is a missing label, title or kind."""

    photos: Sequence[Photo]
    values: Mapping[str, Sequence[str]]
    """Head -> its values."""
    labels: NDArray[np.int64]
    """(n, heads), in the order of `values`."""
    shopper: NDArray[np.int64]
    kinds: NDArray[np.int64]
    titles: NDArray[np.int64]
    """Equal for titles of the same words."""
    words: Sequence[Sequence[str]]
    """Of each title."""
    pools: NDArray[np.str_]
    """Source, with `SMALL` where the photo is small."""
    parts: NDArray[np.str_]

    @property
    def heads(self) -> list[str]:
        """In the order of the columns of `labels`."""
        return list(self.values)

    def rows(self, part: Part, *pools: str) -> Rows:
        """Rows of a part, of the given pools or of all."""
        chosen = self.parts == part
        return np.flatnonzero(chosen & np.isin(self.pools, pools) if pools else chosen)

    @property
    def has_words(self) -> bool:
        """Whether titles or labels say anything that words can be learnt from."""
        return bool((self.titles >= 0).any()) or any(head in self.values for head in PHRASE_HEADS)

    def is_shopper(self) -> NDArray[np.bool_]:
        """(n,) whether a photo was taken by a shopper."""
        return np.array([bool(photo.sender) for photo in self.photos], bool)


def tabulate(photos: Sequence[Photo], large_row: NDArray[np.int64]) -> Table:
    """Give every label, kind and title a number.

    Args:
        photos: with groups and parts.
        large_row: (n,) -1 for a photo that is small.
    """
    values = label_values([photo.labels for photo in photos])
    labels = np.full((len(photos), len(values)), -1, np.int64)
    for column, (head, known) in enumerate(values.items()):
        number = {value: i for i, value in enumerate(known)}
        labels[:, column] = [number.get(photo.labels.get(head, ""), -1) for photo in photos]
    words = [words_of(photo.title) for photo in photos]
    pools = [
        photo.source + (SMALL if large < 0 else "")
        for photo, large in zip(photos, large_row, strict=True)
    ]
    return Table(
        photos=photos,
        values=values,
        labels=labels,
        shopper=_numbered([photo.kind if photo.sender else "" for photo in photos]),
        kinds=_numbered([photo.kind for photo in photos]),
        titles=_numbered([" ".join(title) for title in words]),
        words=words,
        pools=np.array(pools, np.str_),
        parts=np.array([photo.part for photo in photos], np.str_),
    )


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    numbers = {name: i for i, name in enumerate(sorted(set(names) - {""}))}
    return np.array([numbers.get(name, -1) for name in names], np.int64)
