"""What becomes more frequent and what less: shares over time, with how sure that is.

A value's share of a period is tested for a trend by the score test of Cochran and Armitage, within
seasons (Mantel, 1963), so that summer is compared with summer. The slope is the one-step estimate
of the same score (Yusuf, Peto et al., 1985), in log-odds a unit of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows

    Figures = NDArray[np.float64]

RISING, FADING, UNCLEAR = "rising", "fading", "unclear"

_LEAST = 10.0  # sightings of a value, below which nothing is said of it
_FALSE_SHARE = 0.05  # of what is called rising or fading, that may be chance
_SURE = NormalDist().inv_cdf(0.975)
_JUMPINESS_WORTH = 4.0  # degrees of freedom that the values' common jumpiness counts as


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was seen when; all four run in parallel."""

    periods: Rows
    """(n,) position of the period, in the order of time."""
    values: Rows
    """(n,) position of the value."""
    weights: Figures
    """(n,) what each counts; above 0."""
    sources: Rows
    """(n,) who is behind it; sightings of one source in one period may depend on each other."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of each period is of each value."""

    shares: Figures
    """(periods, values), each row sums to 1; 0 where a period is empty."""
    n_effective: Figures
    """(periods,) independent sightings that are as good as the weighted ones (Kish, 1965)."""


@dataclass(frozen=True, slots=True)
class Trend:
    """How the share of one value moves."""

    slope: float
    """Log-odds a unit of time; NaN where nothing can be said."""
    low: float
    high: float
    """Its 95 % interval."""
    score: float
    """The slope, shrunk towards 0 by how unsure it is among the other slopes."""
    false_share: float
    """The least share of false alarms at which it is called a trend (Benjamini, Hochberg, 1995)."""
    verdict: str
    """rising, fading or unclear."""
    jumpiness: float
    """How many times more its shares vary around the slope than by chance; 1 or more."""


def shares_of(seen: Sightings, n_periods: int, n_values: int) -> Shares:
    """Count sightings; those of one source are taken to say the same thing.

    Example:
        >>> ones = np.ones(4, dtype=np.int64)
        >>> alone = Sightings(0 * ones, np.array([0, 0, 0, 1]), ones / 1, np.arange(4))
        >>> shares_of(alone, 1, 2).shares.tolist(), shares_of(alone, 1, 2).n_effective.tolist()
        ([[0.75, 0.25]], [4.0])
        >>> one_person = Sightings(0 * ones, np.array([0, 0, 0, 1]), ones / 1, 0 * ones)
        >>> shares_of(one_person, 1, 2).n_effective.tolist()
        [1.0]
    """
    cells = np.bincount(
        seen.periods * n_values + seen.values, seen.weights, minlength=n_periods * n_values
    ).reshape(n_periods, n_values)
    totals = cells.sum(axis=1)
    pairs, which = np.unique(np.stack([seen.periods, seen.sources]), axis=1, return_inverse=True)
    of_source = np.bincount(which.ravel(), seen.weights, minlength=pairs.shape[1])
    squares = np.bincount(pairs[0], of_source**2, minlength=n_periods)
    return Shares(
        cells / np.maximum(totals, 1e-300)[:, None], totals**2 / np.maximum(squares, 1e-300)
    )


def trends_of(found: Shares, times: Figures, seasons: Rows) -> tuple[Trend, ...]:
    """The trend of each value.

    Args:
        found: shares of each period.
        times: (periods,) when each was.
        seasons: (periods,) which of them may be compared: those with the same number.

    Raises:
        ShapeError: the three are not of the same length.
    """
    n = found.n_effective
    if not len(n) == len(times) == len(seasons):
        raise ShapeError(f"{len(n)} periods, {len(times)} times and {len(seasons)} seasons")
    counts = found.shares * n[:, None]
    slopes, information, spare = _scores(counts, n, times, seasons)
    enough = (counts.sum(axis=0) >= _LEAST) & (information > 0) & (spare >= 1)
    jumpiness = _jumpiness(counts, n, times, seasons, slopes, spare, enough)
    errors = np.sqrt(jumpiness / np.maximum(information, 1e-300))
    z = np.where(enough, slopes / errors, 0.0)
    false = _false_shares(2 * _tail(np.abs(z)), enough)
    scores = np.where(enough, slopes * _trust(slopes, errors, enough), 0.0)
    lasting = _lasting(counts, n, times, seasons, slopes, jumpiness)
    return tuple(
        _trend(
            slopes[v],
            errors[v],
            scores[v],
            false[v],
            jumpiness[v],
            said=bool(enough[v]),
            lasting=bool(lasting[v]),
        )
        for v in range(counts.shape[1])
    )


def wilson(share: Figures, n: Figures) -> tuple[Figures, Figures]:
    """The 95 % interval of shares of n independent sightings (Wilson, 1927).

    Example:
        >>> low, high = wilson(np.array([0.5]), np.array([100.0]))
        >>> round(float(low[0]), 3), round(float(high[0]), 3)
        (0.404, 0.596)
    """
    n = np.maximum(n, 1e-9)
    middle = (share + _SURE**2 / (2 * n)) / (1 + _SURE**2 / n)
    half = _SURE * np.sqrt(share * (1 - share) / n + _SURE**2 / (4 * n**2)) / (1 + _SURE**2 / n)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _scores(
    counts: Figures, n: Figures, times: Figures, seasons: Rows
) -> tuple[Figures, Figures, int]:
    """Slope and information of each value, and how many periods are to spare."""
    score, information = np.zeros(counts.shape[1]), np.zeros(counts.shape[1])
    spare = -1
    for season in np.unique(seasons).tolist():
        here = (seasons == season) & (n > 0)
        if np.count_nonzero(here) < 2:
            continue
        spare += int(np.count_nonzero(here)) - 1
        around = times[here] - np.average(times[here], weights=n[here])
        expected = counts[here].sum(axis=0) / n[here].sum()
        score += around @ counts[here]
        information += expected * (1 - expected) * (n[here] @ around**2)
    return score / np.maximum(information, 1e-300), information, spare


def _jumpiness(
    counts: Figures,
    n: Figures,
    times: Figures,
    seasons: Rows,
    slopes: Figures,
    spare: int,
    enough: NDArray[np.bool_],
) -> Figures:
    """How much more shares vary around their slopes than by chance, (values,).

    Pearson's statistic over its degrees of freedom; that of a single value is drawn towards what
    all have in common. Products come in drops, which vary more than draws one by one.
    """
    if not enough.any():
        return np.ones(counts.shape[1])
    misfit = np.zeros(counts.shape[1])
    for season in np.unique(seasons).tolist():
        here = (seasons == season) & (n > 0)
        if np.count_nonzero(here) < 2:
            continue
        around = times[here] - np.average(times[here], weights=n[here])
        mean = np.clip(counts[here].sum(axis=0) / n[here].sum(), 1e-9, 1 - 1e-9)
        odds = np.log(mean / (1 - mean)) + np.outer(around, slopes)
        share = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        share *= mean * n[here].sum() / np.maximum(n[here] @ share, 1e-300)
        share = np.clip(share, 1e-9, 1 - 1e-9)
        expected = n[here][:, None] * share
        misfit += ((counts[here] - expected) ** 2 / (expected * (1 - share))).sum(axis=0)
    common = max(1.0, float(misfit[enough].mean()) / spare)
    own = (_JUMPINESS_WORTH * common + misfit) / (_JUMPINESS_WORTH + spare)
    return np.maximum(1.0, own)


def _lasting(
    counts: Figures,
    n: Figures,
    times: Figures,
    seasons: Rows,
    slopes: Figures,
    jumpiness: Figures,
) -> NDArray[np.bool_]:
    """Whether the slope stays clear of 0 whichever period is left out: one burst is no trend."""
    lasting = np.ones(len(slopes), dtype=np.bool_)
    for left_out in np.flatnonzero(n > 0).tolist():
        some = np.where(np.arange(len(n)) == left_out, 0.0, n)
        without, information, _ = _scores(counts * (some > 0)[:, None], some, times, seasons)
        lasting &= np.sign(slopes) * without * np.sqrt(information / jumpiness) >= _SURE
    return lasting


def _tail(z: Figures) -> Figures:
    normal = NormalDist()
    return np.array([1 - normal.cdf(each) for each in z.tolist()])


def _false_shares(chances: Figures, enough: NDArray[np.bool_]) -> Figures:
    """Benjamini and Hochberg over what enough is known of; 1 for the rest."""
    out = np.ones(len(chances))
    rows = np.flatnonzero(enough)
    order = rows[np.argsort(-chances[rows], kind="stable")]
    ranks = np.arange(len(order), 0, -1)
    out[order] = np.minimum.accumulate(np.minimum(1.0, chances[order] * len(order) / ranks))
    return out


def _trust(slopes: Figures, errors: Figures, enough: NDArray[np.bool_]) -> Figures:
    """How much of each slope is kept: DerSimonian and Laird's spread over it and its error."""
    if np.count_nonzero(enough) < 2:
        return np.ones(len(slopes))
    weights = 1 / errors[enough] ** 2
    squares = float((weights * slopes[enough] ** 2).sum())
    spread = max(0.0, (squares - len(weights)) / float(weights.sum()))
    return spread / (spread + errors**2)


def _trend(
    slope: float,
    error: float,
    score: float,
    false: float,
    jumpiness: float,
    *,
    said: bool,
    lasting: bool,
) -> Trend:
    if not said:
        nothing = float("nan")
        return Trend(nothing, nothing, nothing, 0.0, 1.0, UNCLEAR, 1.0)
    sure = false <= _FALSE_SHARE and score != 0 and lasting
    verdict = UNCLEAR if not sure else RISING if slope > 0 else FADING
    half = _SURE * error
    return Trend(
        float(slope),
        float(slope - half),
        float(slope + half),
        float(score),
        float(false),
        verdict,
        float(jumpiness),
    )


def risen(trends: Sequence[Trend], verdict: str) -> list[int]:
    """Positions of the trends of one verdict, the strongest first."""
    there = [place for place, each in enumerate(trends) if each.verdict == verdict]
    return sorted(there, key=lambda place: (-abs(trends[place].score), place))
