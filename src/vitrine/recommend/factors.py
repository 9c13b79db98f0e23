"""Spaces that were learned from behaviour: products and visitors as vectors in them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import DataError
from vitrine.recommend.shelf import Shelf
from vitrine.types import Rows

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Space:
    """One learned space, by rows of a shelf."""

    items: Matrix
    """(n_rows, dim); zeros where nothing was learned of a product."""
    biases: Matrix
    """(n_rows,) added to a product's score."""
    history: Matrix
    """(n_rows, dim) what a product in a visitor's past adds to the visitor."""
    segments: Mapping[str, Matrix] = field(default_factory=dict[str, Matrix])
    """Segment -> (dim,) what it adds to a visitor."""
    gram: NDArray[np.float64] | None = None
    """(dim, dim) of all items with their regularisation, where visitors are found by least squares;
    else they are the weighted mean of their past."""
    trust: float = 0.0
    """With `gram`: how much more a product counts that the visitor met."""

    def visitor(
        self, rows: Rows, weights: NDArray[np.float32], segments: Sequence[str] = ()
    ) -> Matrix | None:
        """A visitor (dim,) from products with weights that sum to 1, and segments.

        None where nothing is known of any.
        """
        known = self.history[rows].any(axis=1)
        rows, weights = rows[known], weights[known]
        of_segments = [self.segments[each] for each in segments if each in self.segments]
        if not len(rows) and not of_segments:
            return None
        if self.gram is not None:
            return self._least_squares(rows, weights)
        start = np.sum(of_segments, axis=0) if of_segments else np.zeros(self.items.shape[1])
        if not len(rows):
            return start.astype(np.float32)
        return (start + weights @ self.history[rows] / weights.sum()).astype(np.float32)

    def scores(self, visitor: Matrix, rows: Rows) -> NDArray[np.float64]:
        """How near products are to a visitor, (n,)."""
        return (self.items[rows] @ visitor + self.biases[rows]).astype(np.float64)

    def _least_squares(self, rows: Rows, weights: NDArray[np.float32]) -> Matrix:
        """As a step of ALS gives it (Hu, Koren and Volinsky, 2008)."""
        items = self.items[rows].astype(np.float64)
        confidence = 1 + self.trust * weights.astype(np.float64) * len(rows)
        left = cast("NDArray[np.float64]", self.gram) + (items.T * (confidence - 1)) @ items
        return np.linalg.solve(left, items.T @ confidence).astype(np.float32)


class Learned(Protocol):
    """Something that was learned from behaviour and gives a space; kept as bytes in the shop."""

    def on(self, shelf: Shelf) -> Space:
        """The space, by rows of a shelf."""
        ...

    def to_bytes(self) -> bytes:
        """For the shop's file; nothing is pickled."""
        ...


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors of products by id, as ALS and BPR give them."""

    product_ids: Sequence[str]
    items: Matrix
    """(n, dim)"""
    biases: Matrix
    """(n,)"""
    ridge: float = 0.0
    """Above 0 visitors are found by least squares with this regularisation."""
    trust: float = 0.0

    def on(self, shelf: Shelf) -> Space:
        """Place them on a shelf."""
        items = np.zeros((len(shelf), self.items.shape[1]), np.float32)
        biases = np.zeros(len(shelf), np.float32)
        known = [n for n, each in enumerate(self.product_ids) if each in shelf.row_of]
        rows = [shelf.row_of[self.product_ids[n]] for n in known]
        items[rows], biases[rows] = self.items[known], self.biases[known]
        gram = None
        if self.ridge > 0:
            exact = self.items.astype(np.float64)
            gram = exact.T @ exact + self.ridge * np.eye(exact.shape[1])
        return Space(items, biases, items, gram=gram, trust=self.trust)

    def to_bytes(self) -> bytes:
        """As an .npz file; ids are text."""
        out = io.BytesIO()
        np.savez(
            out,
            product_ids=np.array(self.product_ids, dtype=np.str_),
            items=self.items,
            biases=self.biases,
            fold_in=np.array([self.ridge, self.trust]),
        )
        return out.getvalue()


def factors_from_bytes(content: bytes) -> Factors:
    """Read what `Factors.to_bytes` wrote.

    Raises:
        DataError: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            ids = cast("list[str]", file["product_ids"].tolist())
            ridge, trust = cast("list[float]", file["fold_in"].tolist())
            return Factors(ids, file["items"], file["biases"], ridge, trust)
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise DataError(f"these are no factors of products: {error}") from error
