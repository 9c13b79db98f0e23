from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import ShapeError, UsageError
from vitrine.metrics import (
    accuracy,
    bootstrap_interval,
    bootstrap_statistic,
    fewer_misses,
    macro_f1,
    paired_difference,
)


def test_the_interval_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(0).random(4000) < 0.3
    found = bootstrap_interval(values)
    half = 1.96 * np.sqrt(found.figure * (1 - found.figure) / len(values))
    assert found.figure == values.mean()
    assert (found.low, found.high) == pytest.approx(
        (found.figure - half, found.figure + half), abs=0.003
    )


def test_intervals_cover_a_known_truth_19_times_of_20() -> None:
    rng = np.random.default_rng(1)
    covered = [0.4 in bootstrap_interval(rng.random(150) < 0.4, n_draws=300) for _ in range(300)]
    assert 0.9 <= np.mean(covered) <= 0.985


def test_intervals_by_group_cover_where_photos_of_a_group_agree() -> None:
    rng = np.random.default_rng(2)
    by_group, by_photo = 0, 0
    for _ in range(200):
        groups = np.repeat(np.arange(60), 10)
        values = (rng.random(60) < 0.5)[groups]
        by_group += 0.5 in bootstrap_interval(values, groups, n_draws=200)
        by_photo += 0.5 in bootstrap_interval(values, n_draws=200)
    assert by_group / 200 >= 0.9
    assert by_photo / 200 < 0.6


def test_groups_of_one_are_no_groups() -> None:
    values = np.random.default_rng(3).random(50)
    assert bootstrap_interval(values) == bootstrap_interval(values, np.arange(50))


def test_a_statistic_that_is_a_mean_gives_the_interval_of_a_mean() -> None:
    rng = np.random.default_rng(4)
    truths, groups = rng.integers(0, 2, 300), rng.integers(0, 90, 300)
    guesses = np.where(rng.random(300) < 0.8, truths, 1 - truths)
    found = bootstrap_statistic(lambda rows: accuracy(guesses[rows], truths[rows]), 300, groups)
    expected = bootstrap_interval(guesses == truths, groups)
    assert (found.figure, found.low, found.high) == pytest.approx(
        (expected.figure, expected.low, expected.high), abs=0.005
    )


def test_the_interval_of_a_biased_statistic_holds_the_figure() -> None:
    truths = np.array([*"aaaaaaaaaabbbbbbbbbb", "c", "d", "e"])
    guesses = np.array([*"aaaaaaaaabbbbbbbbbba", "a", "d", "b"])
    found = bootstrap_statistic(lambda rows: macro_f1(guesses[rows], truths[rows]), len(truths))
    assert found.low < found.figure < found.high < 1


def test_a_paired_interval_is_narrow_where_both_fail_on_the_same() -> None:
    rng = np.random.default_rng(5)
    theirs = rng.random(400) < 0.5
    ours = theirs | (rng.random(400) < 0.06)
    found = paired_difference(ours, theirs)
    assert found.low > 0
    assert found.high - found.low < 0.05
    alone = bootstrap_interval(ours)
    assert alone.high - alone.low > 0.08


def test_fewer_misses_by_hand() -> None:
    ours, theirs = np.array([1, 1, 1, 0]), np.array([1, 0, 0, 0])
    found, draws = fewer_misses(ours, theirs)
    assert found.figure == pytest.approx(2 / 3)
    assert len(draws) == 1000


def test_a_baseline_that_hardly_misses_gives_no_endless_interval() -> None:
    ours, theirs = np.ones(50), np.ones(50)
    ours[:5], theirs[0] = 0, 0
    found, draws = fewer_misses(ours, theirs)
    assert np.isfinite(draws).all()
    assert -25 < found.low < found.figure == pytest.approx(-4)


def test_no_misses_to_compare_with() -> None:
    with pytest.raises(UsageError, match="misses nothing"):
        fewer_misses(np.array([0.0]), np.array([1.0]))


def test_nothing_measured_is_no_number() -> None:
    assert np.isnan(bootstrap_interval(np.array([])).low)
    assert np.isnan(bootstrap_statistic(lambda rows: 0.0, 0).figure)


def test_lengths_must_agree() -> None:
    with pytest.raises(ShapeError, match="groups has 1"):
        bootstrap_interval(np.array([1.0, 2.0]), np.array([1]))
    with pytest.raises(ShapeError, match="ours has 1, theirs has 2"):
        paired_difference(np.array([1]), np.array([1, 2]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 9))
def test_bounds_and_repeatability(values: list[float], seed: int) -> None:
    found = bootstrap_interval(np.array(values), n_draws=50, seed=seed)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found == bootstrap_interval(np.array(values), n_draws=50, seed=seed)
