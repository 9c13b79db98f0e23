"""What every reader takes and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vitrine.types import Product, RowFailure


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products of one source, in its order, and what had to be left out."""

    format: str
    source: str
    products: Sequence[Product]
    failures: Sequence[RowFailure]
    """Rows, cells and photos left out; a product may be kept and still have one."""

    def __len__(self) -> int:
        return len(self.products)

    def __iter__(self) -> Iterator[Product]:
        return iter(self.products)


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader is asked to read."""

    path: Path
    images: Path | None = None
    """Folder of the photos, where it is not the one of the table."""
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    """vitrine field -> source column, or `=value` for the same value in every row."""
    within: Path | None = None
    """Photos outside this folder are refused: a stranger's catalogue names no file of ours."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One row of the table of formats."""

    name: str
    description: str
    recognises: Callable[[Path], bool]
    """Cheap: looks at names, a header or a root element, and never raises."""
    read: Callable[[Source], Catalogue]
