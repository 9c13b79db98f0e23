"""Time cut into periods that can be compared: collections of a year and season, or dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from vitrine.index import ChoiceColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows

_SEASONS = ("spring", "summer", "fall", "winter")
_SAY_SEASONS = 0.8  # of those that say a year, from which seasons are told apart
_DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
_FIRST_MONDAY = 4  # 1970-01-05, in days since 1970
_BY_MONTH_DAYS, _BY_WEEK_DAYS = 180, 28  # spans from which periods are longer
_YEARS_DAYS, _WEEKS_DAYS = 730, 14  # spans from which months of a year, days of a week compare


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods in the order of time, and when each of n things was."""

    per: str
    """season, year, month, week or day."""
    labels: tuple[str, ...]
    times: NDArray[np.float64]
    """(periods,) in units of `unit`."""
    unit: str
    """Of the times: year, month, week or day."""
    seasons: Rows
    """(periods,) only those with the same number are compared: summers with summers."""
    of: Rows
    """(n,) position of the period of each; -1 where nothing is known."""


def collections(years: NDArray[np.float64], seasons: ChoiceColumn) -> Periods:
    """Cut by year, and by season where most that say a year say one.

    Args:
        years: (n,) NaN where nothing is said.
        seasons: what each says.
    """
    said = ~np.isnan(years)
    whole = np.where(said, years, 0).astype(np.int64)
    if not said.any() or float(seasons.known()[said].mean()) < _SAY_SEASONS:
        found, of = _places(whole, said)
        labels = tuple(str(year) for year in found.tolist())
        once = np.zeros(len(found), dtype=np.int64)
        return Periods("year", labels, found.astype(np.float64), "year", once, of)
    ranks = np.array([_rank(word) for word in seasons.words], dtype=np.int64)
    said &= seasons.known()
    season = np.where(said, ranks[seasons.codes], 0)
    found, of = _places(whole * len(_RANKED) + season, said)
    year, season = found // len(_RANKED), found % len(_RANKED)
    labels = tuple(
        f"{when} {_RANKED[rank]}" for when, rank in zip(year.tolist(), season.tolist(), strict=True)
    )
    return Periods("season", labels, year.astype(np.float64), "year", season, of)


def dated(at: NDArray[np.float64]) -> Periods:
    """Cut into months, weeks (from Monday) or days in UTC, by how long the whole is.

    From two years on the months of a year are compared with those of other years, and where days
    are the periods, from two weeks on the days of a week with those of others.

    Args:
        at: (n,) seconds since 1970; NaN where nothing is known.
    """
    said = ~np.isnan(at)
    days = np.where(said, np.floor(np.where(said, at, 0) / _DAY_S), 0).astype(np.int64)
    span = int(np.ptp(days[said])) + 1 if said.any() else 0
    if span >= _BY_MONTH_DAYS:
        stamps = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        found, of = _places(stamps, said)
        labels = tuple(str(each) for each in found.astype("datetime64[M]").tolist())
        labels = tuple(label[:7] for label in labels)
        if span >= _YEARS_DAYS:
            return Periods("month", labels, found / 12, "year", found % 12, of)
        return Periods("month", labels, found.astype(np.float64), "month", 0 * found, of)
    if span >= _BY_WEEK_DAYS:
        found, of = _places((days - _FIRST_MONDAY) // 7, said)
        labels = tuple(_day(7 * week + _FIRST_MONDAY) for week in found.tolist())
        return Periods("week", labels, found.astype(np.float64), "week", 0 * found, of)
    found, of = _places(days, said)
    labels = tuple(_day(each) for each in found.tolist())
    weekdays = found % 7 if span >= _WEEKS_DAYS else 0 * found
    return Periods("day", labels, found.astype(np.float64), "day", weekdays, of)


_RANKED = ("Spring", "Summer", "Fall", "Winter", "other")


def _rank(season: str) -> int:
    folded = season.casefold()
    return _SEASONS.index(folded) if folded in _SEASONS else len(_SEASONS)


def _places(stamps: Rows, said: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """The stamps that occur, in order, and which of them each has; -1 for none."""
    found, places = np.unique(stamps[said], return_inverse=True)
    of = np.full(len(stamps), -1, dtype=np.int64)
    of[said] = places.ravel()
    return found, of


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()
