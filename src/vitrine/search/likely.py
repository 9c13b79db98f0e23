"""How likely a product has a value: its own word settles it, else the encoder's tag tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vitrine.index import TAG_OF, Columns, Mask, choice_of

_UNKNOWN = 0.5  # a product of which nothing is known may well have it


def likelihood(columns: Columns, name: str, values: Sequence[str]) -> NDArray[np.float64]:
    """Chance of every product to have one of the values, (n_rows,) in 0..1.

    A tag, sure or not, counts by its confidence; the rest is shared out among the other values.
    """
    likely = np.full(columns.n_rows, _UNKNOWN)
    head = TAG_OF.get(name, name)
    if head in columns.guesses:
        guess, sure = columns.guesses[head], columns.confidences[head].astype(np.float64)
        others = (1 - sure) / max(1, len(guess.words) - 1)
        likely = np.where(guess.known(), np.where(guess.has(values), sure, others), likely)
    own = columns.choices.get(name) or columns.extra.get(name)
    return likely if own is None else np.where(own.known(), own.has(values), likely)


def possible(columns: Columns, name: str, values: Sequence[str]) -> Mask:
    """Products that have one of the values, and those whose tag leaves it open, (n_rows,)."""
    column = choice_of(columns, name)
    has = column.has(values)
    guess = columns.guesses.get(TAG_OF.get(name, name))
    return has if guess is None else has | (guess.known() & ~column.known())
