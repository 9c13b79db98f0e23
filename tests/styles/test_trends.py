from __future__ import annotations

import numpy as np
import pytest

from vitrine.errors import ShapeError
from vitrine.styles.trends import (
    FADING,
    RISING,
    UNCLEAR,
    Shares,
    Sightings,
    Trend,
    risen,
    shares_of,
    trends_of,
    wilson,
)


def drawn(odds: np.ndarray, n: int, seed: int) -> Shares:
    """Shares of n independent sightings a period; `odds` is (periods, values), in logarithms."""
    rng = np.random.default_rng(seed)
    chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    counts = np.array([rng.multinomial(n, each) for each in chances])
    return Shares(counts / n, np.full(len(odds), float(n)))


def flat(n_periods: int, n_values: int) -> np.ndarray:
    return np.tile(np.linspace(-1, 1, n_values), (n_periods, 1))


def found(shares: Shares, seasons: np.ndarray | None = None) -> tuple[Trend, ...]:
    n = len(shares.n_effective)
    none = np.zeros(n, dtype=np.int64)
    return trends_of(shares, np.arange(n, dtype=float), none if seasons is None else seasons)


def test_planted_trends_are_found_and_nothing_else() -> None:
    odds = flat(8, 12)
    odds[:, 3] += 0.25 * np.arange(8)
    odds[:, 8] -= 0.25 * np.arange(8)
    right = 0
    for seed in range(20):
        trends = found(drawn(odds, 1500, seed))
        assert 3 in risen(trends, RISING)
        assert 8 in risen(trends, FADING)
        assert risen(trends, RISING)[0] == 3
        assert trends[3].slope == pytest.approx(0.25, abs=0.08)
        right += trends[3].low <= trends[3].slope <= trends[3].high
    assert right == 20


def test_where_nothing_changes_nothing_is_said_to() -> None:
    alarms = [
        any(each.verdict != UNCLEAR for each in found(drawn(flat(8, 12), 400, seed)))
        for seed in range(200)
    ]
    assert np.mean(alarms) < 0.1


def test_drops_that_come_in_lumps_are_no_trend() -> None:
    """Ten products at a time alike: variance is ten times that of single draws."""
    alarms: list[bool] = []
    for seed in range(100):
        few = drawn(flat(8, 12), 60, seed)
        lumpy = Shares(few.shares, few.n_effective * 10)
        alarms.append(any(each.verdict != UNCLEAR for each in found(lumpy)))
    assert np.mean(alarms) < 0.15


def test_one_burst_is_no_trend() -> None:
    """A value that nobody saw before, nor after, but that filled a tenth of one late period."""
    for seed in range(10):
        odds = flat(8, 12)
        odds[:, 5] = -9
        odds[6, 5] = 1
        assert 5 not in risen(found(drawn(odds, 1500, seed)), RISING)


def test_summers_are_compared_with_summers() -> None:
    """A shop whose later periods are winters: coats are many in winter, and always were."""
    winter = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    odds = flat(8, 6)
    odds[:, 0] += 2.0 * winter
    shares = drawn(odds, 3000, 1)
    assert found(shares)[0].slope > 0.2
    assert all(each.verdict == UNCLEAR for each in found(shares, winter))


def test_one_visitor_makes_no_trend() -> None:
    """A hundred views a week by one person, of one thing at first and then of another."""
    periods = np.repeat(np.arange(6), 100)
    values = (periods >= 3).astype(np.int64)
    ones = np.ones(len(periods))
    alone = shares_of(Sightings(periods, values, ones, 0 * periods), 6, 2)
    assert alone.n_effective.tolist() == [1.0] * 6
    assert all(each.verdict == UNCLEAR for each in found(alone))
    many = shares_of(Sightings(periods, values, ones, np.arange(len(periods))), 6, 2)
    assert [each.verdict for each in found(many)] == [FADING, RISING]


def test_heavier_events_count_more() -> None:
    zeros = np.zeros(3, dtype=np.int64)
    seen = Sightings(zeros, np.array([0, 1, 1]), np.array([5.0, 1.0, 4.0]), np.arange(3))
    shares = shares_of(seen, 1, 2)
    assert shares.shares[0].tolist() == [0.5, 0.5]
    assert shares.n_effective[0] == pytest.approx(100 / 42)


@pytest.mark.parametrize("n_periods", [1, 2])
def test_few_periods_say_nothing(n_periods: int) -> None:
    shares = drawn(flat(n_periods, 3) * np.arange(n_periods)[:, None], 5000, 0)
    for each in found(shares):
        assert each.verdict == UNCLEAR
        assert np.isnan(each.slope)


def test_rare_values_and_empty_periods_say_nothing() -> None:
    shares = np.array([[0.999, 0.001], [0, 0], [0.999, 0.001], [0.99, 0.01], [0.99, 0.01]])
    trends = found(Shares(shares, np.array([100.0, 0, 100, 100, 100])))
    assert np.isnan(trends[1].slope)
    assert not np.isnan(trends[0].slope)


def test_intervals_hold_the_share_that_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    n = np.full(4000, 40.0)
    low, high = wilson(rng.binomial(40, 0.07, 4000) / 40, n)
    assert np.mean((low <= 0.07) & (high >= 0.07)) == pytest.approx(0.95, abs=0.03)
    assert wilson(np.array([0.0]), np.array([0.0]))[1][0] == pytest.approx(1)


def test_lengths_must_agree() -> None:
    with pytest.raises(ShapeError, match="3 times"):
        trends_of(drawn(flat(2, 2), 10, 0), np.arange(3.0), np.zeros(2, dtype=np.int64))
