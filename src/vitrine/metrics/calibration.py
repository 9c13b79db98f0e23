"""Whether a confidence can be taken at its word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import UsageError
from vitrine.metrics.classification import same_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """Guesses of about the same confidence."""

    n: int
    confidence: float
    """Mean of what was said."""
    accuracy: float
    """Share of what was right."""


def reliability(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], n_bins: int = N_BINS
) -> list[Bin]:
    """Put guesses into bins of equal size by confidence, the least confident first.

    Sizes differ by one at most; with fewer guesses than bins there are fewer bins. Equal
    confidences may be parted; they are then taken in the order given.

    Args:
        confidence: (n,) in 0..1.
        right: (n,).
        n_bins: how many, 1 or more.

    Raises:
        ShapeError: the two differ in length.
        UsageError: `n_bins` is below 1.
    """
    same_length(confidence=confidence, right=right)
    if n_bins < 1:
        raise UsageError(f"n_bins is {n_bins}; it must be 1 or more")
    parts = np.array_split(np.argsort(confidence, kind="stable"), n_bins)
    return [
        Bin(len(part), float(confidence[part].mean()), float(right[part].mean()))
        for part in parts
        if len(part)
    ]


def calibration_error(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], n_bins: int = N_BINS
) -> float:
    """Expected calibration error over bins of equal mass; NaN without guesses.

    Mean over guesses of |confidence - accuracy| of their bin. Naeini et al. (2015) use bins of
    equal width, most of which are nearly empty for a good model.

    Example:
        >>> calibration_error(np.array([0.5, 0.5, 1.0, 1.0]), np.array([1, 0, 1, 0]) > 0, n_bins=2)
        0.25
    """
    if not len(confidence):
        return float("nan")
    bins = reliability(confidence, right, n_bins)
    return sum(b.n * abs(b.confidence - b.accuracy) for b in bins) / len(confidence)


def perfect_calibration_error(
    confidence: NDArray[np.floating],
    *,
    percentile: float = 95,
    n_bins: int = N_BINS,
    n_draws: int = 1000,
    seed: int = 0,
) -> float:
    """Simulate the calibration error of a perfectly calibrated model with these confidences.

    Such a model's error is not zero: with finite n its bins miss their mean by chance. Every draw
    makes each guess right with the probability that was said; an error below the result cannot be
    told from perfection.

    Args:
        confidence: (n,) in 0..1.
        percentile: of the draws.
        n_bins: as in `calibration_error`.
        n_draws: how many.
        seed: of the draws.

    Returns:
        NaN without guesses.
    """
    if not len(confidence):
        return float("nan")
    rng = np.random.default_rng(seed)
    ordered = np.sort(confidence.astype(np.float64))
    sizes = np.array([len(part) for part in np.array_split(ordered, n_bins) if len(part)])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    said = np.add.reduceat(ordered, starts)
    errors = [
        np.abs(said - np.add.reduceat((rng.random(len(ordered)) < ordered) * 1.0, starts)).sum()
        for _ in range(n_draws)
    ]
    return float(np.percentile(errors, percentile) / len(ordered))


def precision_at_coverage(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], coverage: float
) -> float:
    """Share of right guesses among the most confident ones; NaN without guesses.

    Guesses tied at the edge count by their mean, so that their order makes no difference.

    Args:
        confidence: (n,).
        right: (n,).
        coverage: share of the guesses to keep, above 0 and up to 1; at least one is kept.

    Raises:
        ShapeError: the two differ in length.
        UsageError: `coverage` is out of range.

    Example:
        >>> precision_at_coverage(np.array([0.9, 0.8, 0.2, 0.1]), np.array([1, 1, 0, 1]) > 0, 0.5)
        1.0
    """
    same_length(confidence=confidence, right=right)
    if not 0 < coverage <= 1:
        raise UsageError(f"coverage is {coverage}; it must be above 0 and at most 1")
    n = len(confidence)
    if not n:
        return float("nan")
    n_kept = max(1, round(coverage * n))
    last = np.partition(confidence, n - n_kept)[n - n_kept]
    surer, tied = confidence > last, confidence == last
    n_missing = n_kept - int(surer.sum())
    return float((right[surer].sum() + n_missing * right[tied].mean()) / n_kept)
