"""Styles that were planted: vectors around known directions, and words that belong to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitrine.types import Rows, Vectors
from vitrine.vectors import unit


def planted(
    n_styles: int, n_each: int, *, spread: float = 0.6, dim: int = 24, seed: int = 0
) -> tuple[Vectors, Rows]:
    """Unit vectors around random directions, and which direction each belongs to."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(n_styles, dim)))
    labels = np.repeat(np.arange(n_styles), n_each)
    noise: NDArray[np.float64] = rng.normal(size=(len(labels), dim)) * spread / np.sqrt(dim)
    return unit(centres[labels] + noise), labels
