"""Pieces made by hand, and a compatibility that knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from vitrine.outfits import KINDS, SLOTS, Compatibility, Pieces
from vitrine.outfits.relations import FACETS, code_of

MakePieces = Callable[..., Pieces]


def make_pieces(kinds: Sequence[str], **facets: Sequence[str]) -> Pieces:
    """Pieces of these kinds; facets by name, nothing said where they are left out."""
    n = len(kinds)
    return Pieces(
        np.array([KINDS.index(kind) if kind else -1 for kind in kinds], np.int64),
        {
            facet: np.array([code_of(facet, word) for word in facets.get(facet, [""] * n)])
            for facet in FACETS
        },
        np.full(n, np.nan, np.float32),
        np.zeros((n, 4), np.float32),
    )


@pytest.fixture
def nothing_known() -> Compatibility:
    n_kinds, n_slots = len(KINDS), len(SLOTS) + 1
    return Compatibility(
        np.zeros((n_kinds, n_kinds), np.float32),
        {},
        0.0,
        np.zeros((n_slots, n_slots), np.float32),
    )
