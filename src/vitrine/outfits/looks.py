"""What of a photo says how it is worn, once what all things of its kind share is taken away.

Type-aware in the sense of Vasileva et al., "Learning Type-Aware Embeddings for Fashion
Compatibility" (ECCV 2018): vectors are compared in a space of each pair of slots. Ours is linear,
fitted on a shop's own photos, and only the weight of each pair is learned from outfits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.outfits.slots import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors

N_AXES = 16
"""More were no better, and worse from 24 on; docs/experiments.md."""
_PRIOR = 10.0
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Looks:
    """How vectors of one shop's encoder become looks."""

    centres: NDArray[np.float32]
    """(n_kinds + 1, dim), the mean of each kind; the last is for what is of no kind."""
    axes: NDArray[np.float32]
    """(dim, m), the directions in which things of one kind differ most, half whitened."""

    def of(self, vectors: Vectors, kinds: NDArray[np.int64]) -> NDArray[np.float32]:
        """Looks (n, m) of length 1 for vectors (n, dim); zeros stay zeros."""
        found = (vectors - self.centres[kinds]) @ self.axes
        found *= np.any(vectors, axis=1, keepdims=True)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def fit_looks(vectors: Vectors, kinds: NDArray[np.int64]) -> Looks:
    """Fit on a shop's photos.

    Args:
        vectors: (n, dim) of first photos; zeros where there is none.
        kinds: (n,) positions in `KINDS` or NO_KIND.
    """
    shown = np.any(vectors, axis=1)
    vectors, kinds = vectors[shown], kinds[shown]
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
    counts = np.bincount(kinds + 1, minlength=len(KINDS) + 1)
    sums = np.zeros((len(KINDS) + 1, len(mean)))
    np.add.at(sums, kinds + 1, vectors)
    centres = (sums + _PRIOR * mean) / (counts + _PRIOR)[:, None]
    centres = np.roll(centres, -1, axis=0).astype(np.float32)  # NO_KIND is -1, the last row
    rest = vectors - centres[kinds]
    spread, axes = np.linalg.eigh(rest.T @ rest / max(len(rest), 1))
    spread, axes = np.sqrt(np.maximum(spread[::-1], 0)), axes[:, ::-1]
    kept = np.flatnonzero(spread > _LEAST_SPREAD * max(float(spread[0]), 1e-9))[:N_AXES]
    return Looks(centres, (axes[:, kept] / np.sqrt(spread[kept])).astype(np.float32))
