"""How often a label is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def accuracy(guesses: NDArray[np.generic], truths: NDArray[np.generic]) -> float:
    """Share of guesses that are right; NaN where there is none.

    Raises:
        ShapeError: the two differ in length.

    Example:
        >>> accuracy(np.array(["a", "b", "b", "b"]), np.array(["a", "b", "a", "b"]))
        0.75
    """
    same_length(guesses=guesses, truths=truths)
    return float((guesses == truths).mean()) if len(truths) else float("nan")


def confusion_matrix(
    guesses: NDArray[np.generic], truths: NDArray[np.generic]
) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Count every pair of truth and guess.

    Returns:
        The values that occur in either, sorted, and (values, values) counts: truth by row,
        guess by column.

    Raises:
        ShapeError: the two differ in length.

    Example:
        >>> values, counts = confusion_matrix(np.array(["a", "b", "b"]), np.array(["a", "b", "a"]))
        >>> values.tolist(), counts.tolist()
        (['a', 'b'], [[1, 1], [0, 1]])
    """
    same_length(guesses=guesses, truths=truths)
    values, codes = np.unique(np.concatenate([truths, guesses]), return_inverse=True)
    truth, guess = codes[: len(truths)], codes[len(truths) :]
    counts = np.bincount(truth * len(values) + guess, minlength=len(values) ** 2)
    return values, counts.reshape(len(values), len(values)).astype(np.int64)


def macro_f1(guesses: NDArray[np.generic], truths: NDArray[np.generic]) -> float:
    """Mean F1 over the values that occur among the truths, each counting the same.

    A value that is only ever guessed has no F1 of its own; it costs the others precision or
    recall. scikit-learn's `f1_score(average="macro")` also averages over such values, as zeros,
    unless it is given `labels`.

    Raises:
        ShapeError: the two differ in length.
    """
    _, counts = confusion_matrix(guesses, truths)
    if not len(truths):
        return float("nan")
    n_true, n_guessed = counts.sum(axis=1), counts.sum(axis=0)
    occurs = n_true > 0
    return float((2 * np.diag(counts) / np.maximum(n_true + n_guessed, 1))[occurs].mean())


def same_length(**arrays: NDArray[np.generic]) -> None:
    """Check that arrays describe the same rows.

    Raises:
        ShapeError: they do not.
    """
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ShapeError(f"arrays of one length are needed; {said}")
