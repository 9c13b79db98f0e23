"""Vectors in memory: exact inner product over float16 codes, in FAISS."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from vitrine.errors import ShapeError
from vitrine.types import Rows, Scores, Vectors

_LANES = 16  # FAISS scans float16 with SIMD only where the dimension is a multiple of this
_MOST_SEGMENTS = 8
_ADDED_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An immutable set of vectors; adding or removing gives a new one that shares the old parts.

    Rows are numbered from 0 in the order in which they came, and keep their number when others
    are removed. A search therefore never meets a half-made change.
    """

    dim: int
    segments: tuple[Any, ...]
    """FAISS indexes, one after the other in row order."""
    alive: NDArray[np.bool_]
    """(n,) False for a removed row."""

    @property
    def n_rows(self) -> int:
        """Rows ever added, removed ones included."""
        return len(self.alive)

    def add(self, vectors: Vectors) -> VectorIndex:
        """Give the index with these rows (n, dim) at its end.

        Raises:
            ShapeError: the vectors have another dimension.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ShapeError(f"vectors have the shape {vectors.shape}; expected (n, {self.dim})")
        if not len(vectors):
            return self
        segments = (*self.segments, _segment(vectors))
        if len(segments) > _MOST_SEGMENTS:
            # merging the small tail keeps the cost of many small changes linear
            segments = (segments[0], _merge(segments[1:]))
        alive = np.concatenate([self.alive, np.ones(len(vectors), dtype=np.bool_)])
        return replace(self, segments=segments, alive=alive)

    def remove(self, rows: Rows) -> VectorIndex:
        """Give the index without these rows; their numbers are not used again."""
        alive = self.alive.copy()
        alive[rows] = False
        return replace(self, alive=alive)

    def search(
        self, query: Vectors, k: int, among: NDArray[np.bool_] | None = None
    ) -> tuple[Scores, Rows]:
        """Rank rows by inner product with one vector (dim,).

        Args:
            query: (dim,)
            k: how many to give at most.
            among: (n_rows,) True for the rows that may be found; None for all.

        Returns:
            Scores (m,) descending and rows (m,), m = min(k, rows that may be found).
        """
        allowed = self.alive if among is None else self.alive & among
        parts: list[tuple[Scores, Rows]] = []
        start = 0
        for segment in self.segments:
            within = allowed[start : start + segment.ntotal]
            parts.append(_search_segment(segment, query, k, within, start))
            start += segment.ntotal
        if not parts:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        scores = np.concatenate([scores for scores, _ in parts])
        rows = np.concatenate([rows for _, rows in parts])
        best = np.lexsort((rows, -scores))[:k]
        return scores[best], rows[best]

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of these rows (n, dim), as the index holds them."""
        out = np.empty((len(rows), self.dim), dtype=np.float32)
        bounds = np.cumsum([0, *(segment.ntotal for segment in self.segments)])
        for number, segment in enumerate(self.segments):
            here = (rows >= bounds[number]) & (rows < bounds[number + 1])
            if here.any():
                found = segment.reconstruct_batch(rows[here] - bounds[number])
                out[here] = found[:, : self.dim]
        return out


def empty_index(dim: int) -> VectorIndex:
    """An index of no vectors."""
    return VectorIndex(dim, (), np.empty(0, dtype=np.bool_))


def _segment(vectors: Vectors) -> Any:
    segment = faiss.IndexScalarQuantizer(
        vectors.shape[1] + -vectors.shape[1] % _LANES,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
    )
    for start in range(0, len(vectors), _ADDED_AT_ONCE):
        segment.add(_padded(vectors[start : start + _ADDED_AT_ONCE]))
    return segment


def _merge(segments: Sequence[Any]) -> Any:
    return _segment(np.concatenate([s.reconstruct_n(0, s.ntotal) for s in segments]))


def _padded(vectors: Vectors) -> Vectors:
    """Zeros at the end of each row; they change no inner product."""
    padded = np.pad(vectors, ((0, 0), (0, -vectors.shape[1] % _LANES)))
    return np.ascontiguousarray(padded, dtype=np.float32)


@contextmanager
def _one_thread() -> Generator[None]:
    """FAISS splits work by queries; with a single one its other threads would only spin."""
    before: int = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _search_segment(
    segment: Any, query: Vectors, k: int, within: NDArray[np.bool_], start: int
) -> tuple[Scores, Rows]:
    n_allowed = int(np.count_nonzero(within))
    if n_allowed == 0:
        return np.empty(0, np.float32), np.empty(0, np.int64)
    parameters = None
    if n_allowed < len(within):
        bitmap = np.packbits(within, bitorder="little")
        selector = faiss.IDSelectorBitmap(bitmap)  # pyright: ignore[reportCallIssue]
        parameters = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
    with _one_thread():
        scores, rows = segment.search(
            _padded(query[np.newaxis]), min(k, n_allowed), params=parameters
        )
    return scores[0], rows[0] + start
