"""Type-aware projections: what of a photo's vector matters beside things of other kinds.

After Vasileva et al., "Learning Type-Aware Embeddings for Fashion Compatibility" (ECCV 2018), but
linear, on vectors that are given, with one projection for each slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.outfits.slots import NO_KIND, SLOT_OF_KIND, SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Vectors


@dataclass(frozen=True, slots=True)
class Looks:
    """Projections of one encoder's vectors."""

    encoder_sha256: str
    """Of the encoder whose vectors they fit."""
    projections: NDArray[np.float32]
    """(len(SLOTS) + 1, dim, m); the last is for what stands in no slot."""
    centre: NDArray[np.float32]
    """(len(SLOTS) + 1, dim), the mean vector of each slot, taken away first."""

    def project(self, vectors: Vectors, kinds: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give (n, m) for vectors (n, dim) of pieces of these kinds (n,); zeros stay zeros."""
        slots = np.where(kinds == NO_KIND, len(SLOTS), SLOT_OF_KIND[kinds])
        out = np.zeros((len(vectors), self.projections.shape[2]), np.float32)
        shown = vectors.any(axis=1)
        for slot in np.unique(slots):
            rows = np.flatnonzero((slots == slot) & shown)
            out[rows] = (vectors[rows] - self.centre[slot]) @ self.projections[slot]
        return out
