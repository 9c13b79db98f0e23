from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from vitrine.index import choice_column
from vitrine.shop.periods import collections, dated

DAY_S = 86_400.0


def seconds(*dates: str) -> np.ndarray:
    found = [datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in dates]
    return np.array(found)


def test_collections_of_years_and_seasons() -> None:
    years = np.array([2012.0, 2011, np.nan, 2012, 2012])
    found = collections(years, choice_column(["Summer", "Fall", "Fall", "summer", "Spring"]))
    assert found.labels == ("2011 Fall", "2012 Spring", "2012 Summer")
    assert found.of.tolist() == [2, 0, -1, 2, 1]
    assert found.times.tolist() == [2011, 2012, 2012]
    assert len(set(found.seasons.tolist())) == 3


def test_years_alone_where_few_say_a_season() -> None:
    found = collections(np.array([2011.0, 2012, 2012]), choice_column(["", "", "Fall"]))
    assert found.labels == ("2011", "2012")
    assert found.of.tolist() == [0, 1, 1]
    assert found.seasons.tolist() == [0, 0]


def test_a_season_that_nobody_knows_is_one_of_its_own() -> None:
    found = collections(np.array([2011.0, 2011]), choice_column(["Monsoon", "Fall"]))
    assert found.labels == ("2011 Fall", "2011 other")


def test_few_days_are_told_by_day_and_weekday() -> None:
    found = dated(seconds("2026-03-02T23:59", "2026-03-02", "2026-03-09", "2026-03-16"))
    assert found.per == "day"
    assert found.labels == ("2026-03-02", "2026-03-09", "2026-03-16")
    assert found.of.tolist() == [0, 0, 1, 2]
    assert len(set(found.seasons.tolist())) == 1


def test_some_weeks_begin_on_mondays() -> None:
    found = dated(seconds("2026-03-01", "2026-03-02", "2026-03-08", "2026-05-01"))
    assert found.per == "week"
    assert found.labels == ("2026-02-23", "2026-03-02", "2026-04-27")
    assert found.of.tolist() == [0, 1, 1, 2]


def test_months_of_years_are_compared_with_their_like() -> None:
    found = dated(seconds("2024-01-31", "2025-01-01", "2026-02-01"))
    assert found.per == "month"
    assert found.unit == "year"
    assert found.labels == ("2024-01", "2025-01", "2026-02")
    assert found.seasons[0] == found.seasons[1] != found.seasons[2]
    assert found.times[1] - found.times[0] == 1
    assert dated(seconds("2025-01-01", "2025-09-01")).unit == "month"


def test_nothing_known() -> None:
    found = dated(np.array([np.nan, np.nan]))
    assert found.labels == ()
    assert found.of.tolist() == [-1, -1]
