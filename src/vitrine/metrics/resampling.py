"""How far a figure may be off by chance: the bootstrap, by group where photos come in groups.

Efron and Tibshirani (1993), percentile method. Photos of one group (near-duplicates, one sender,
one design) are not independent: drawing whole groups keeps intervals honest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import UsageError
from vitrine.metrics.classification import same_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_DRAWS = 1000
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; all three are NaN where nothing was measured."""

    figure: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def bootstrap_interval(
    values: NDArray[np.generic],
    groups: NDArray[np.generic] | None = None,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Interval:
    """Mean and its 95 % interval.

    Args:
        values: (n,) one figure or boolean for every photo or query.
        groups: (n,) whom each belongs to; drawn as a whole. None: every one by itself.
        n_draws: how many.
        seed: of the draws.

    Raises:
        ShapeError: the two differ in length.

    Example:
        >>> bootstrap_interval(np.array([1.0, 1.0, 1.0]))
        Interval(figure=1.0, low=1.0, high=1.0)
    """
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    draws = mean_draws(values, groups, n_draws, seed)
    return interval_of(float(values.astype(np.float64).mean()), draws[:, 0])


def bootstrap_statistic(
    statistic: Callable[[NDArray[np.int64]], float],
    n: int,
    groups: NDArray[np.generic] | None = None,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Interval:
    """Any figure that is no mean (a macro-F1, say), and its 95 % interval.

    Draws of such a figure may lie to one side of it: a macro-F1 rises where a rare value is not
    drawn. Percentiles are therefore bias-corrected (Efron, 1981), and the interval always holds
    the figure.

    Args:
        statistic: of the photos at the rows given, (m,), some of them repeated.
        n: photos in all.
        groups: (n,) as in `bootstrap_interval`.
        n_draws: how many.
        seed: of the draws.
    """
    if not n:
        return Interval(float("nan"), float("nan"), float("nan"))
    codes = _codes(n, groups)
    order, sizes = np.argsort(codes, kind="stable"), np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    rng = np.random.default_rng(seed)
    draws: list[float] = []
    for _ in range(n_draws):
        drawn = rng.integers(0, len(sizes), len(sizes))
        n_before = np.cumsum(sizes[drawn]) - sizes[drawn]
        places = np.arange(sizes[drawn].sum()) + np.repeat(starts[drawn] - n_before, sizes[drawn])
        draws.append(statistic(order[places]))
    return _bias_corrected(statistic(np.arange(n)), np.array(draws))


def paired_difference(
    ours: NDArray[np.generic],
    theirs: NDArray[np.generic],
    groups: NDArray[np.generic] | None = None,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Interval:
    """Mean of ours minus mean of theirs, both asked the same, with a paired interval.

    A difference is significant where 0 lies outside the interval.

    Args:
        ours: (n,) one figure for every query.
        theirs: (n,) of the same queries.
        groups: (n,) as in `bootstrap_interval`.
        n_draws: how many.
        seed: of the draws.

    Raises:
        ShapeError: lengths differ.

    Example:
        >>> paired_difference(np.array([1, 1]), np.array([0, 0]))
        Interval(figure=1.0, low=1.0, high=1.0)
    """
    same_length(ours=ours, theirs=theirs)
    return bootstrap_interval(
        ours.astype(np.float64) - theirs.astype(np.float64), groups, n_draws=n_draws, seed=seed
    )


def fewer_misses(
    ours: NDArray[np.generic],
    theirs: NDArray[np.generic],
    groups: NDArray[np.generic] | None = None,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> tuple[Interval, NDArray[np.float64]]:
    """Share of their misses that we do not make, 1 - (1 - ours) / (1 - theirs), paired.

    Returns:
        The figure with its interval, and the draws, (n_draws,): draws of several measures, made
        with one seed, can be averaged to the interval of a mean.

    Raises:
        ShapeError: lengths differ.
        UsageError: they never miss, so that there is nothing to compare.

    Example:
        >>> fewer_misses(np.array([1, 1, 1, 0]), np.array([1, 1, 0, 0]))[0].figure
        0.5
    """
    same_length(ours=ours, theirs=theirs)
    both = np.stack([ours, theirs], axis=1).astype(np.float64)
    if not len(both) or both[:, 1].mean() >= 1:
        raise UsageError("the baseline misses nothing here; compare the figures themselves")
    draws = mean_draws(both, groups, n_draws, seed)
    # a draw in which they happen to miss nothing counts as half a miss
    gains = 1 - (1 - draws[:, 0]) / np.maximum(1 - draws[:, 1], 0.5 / len(both))
    mine, other = both.mean(axis=0)
    return interval_of(float(1 - (1 - mine) / (1 - other)), gains), gains


def mean_draws(
    values: NDArray[np.generic],
    groups: NDArray[np.generic] | None = None,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Means of the columns of `values` over bootstrap draws of whole groups.

    Args:
        values: (n,) or (n, columns), n >= 1.
        groups: (n,) as in `bootstrap_interval`.
        n_draws: how many.
        seed: of the draws; one seed and the same groups draw the same groups every time.

    Returns:
        (n_draws, columns).

    Raises:
        ShapeError: lengths differ.
        UsageError: `n_draws` is below 1.
    """
    if n_draws < 1:
        raise UsageError(f"n_draws is {n_draws}; it must be 1 or more")
    columns = values.reshape(len(values), -1).astype(np.float64)
    codes = _codes(len(columns), groups)
    n_groups = int(codes.max()) + 1
    counts = np.bincount(codes).astype(np.float64)
    sums = np.stack([np.bincount(codes, column) for column in columns.T], axis=1)
    rng = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // n_groups)
    means: list[NDArray[np.float64]] = []
    for start in range(0, n_draws, at_once):
        drawn = rng.integers(0, n_groups, (min(at_once, n_draws - start), n_groups))
        n_drawn = counts[drawn].sum(axis=1)
        means.append(np.stack([s[drawn].sum(axis=1) / n_drawn for s in sums.T], axis=1))
    return np.concatenate(means)


def interval_of(figure: float, draws: NDArray[np.floating]) -> Interval:
    """A figure and the middle 95 % of its draws."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(figure, float(low), float(high))


def _bias_corrected(figure: float, draws: NDArray[np.float64]) -> Interval:
    normal = NormalDist()
    below = float((draws < figure).mean() + (draws == figure).mean() / 2)
    shift = normal.inv_cdf(min(max(below, 0.5 / len(draws)), 1 - 0.5 / len(draws)))
    ends = [100 * normal.cdf(2 * shift + z) for z in (-1.96, 1.96)]
    low, high = np.percentile(draws, ends)
    return Interval(figure, min(float(low), figure), max(float(high), figure))


def _codes(n: int, groups: NDArray[np.generic] | None) -> NDArray[np.int64]:
    if groups is None:
        return np.arange(n)
    same_length(values=np.empty(n), groups=groups)
    return np.unique(groups, return_inverse=True)[1]
