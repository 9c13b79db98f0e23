from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve

from vitrine.errors import ShapeError, UsageError
from vitrine.metrics import (
    calibration_error,
    perfect_calibration_error,
    precision_at_coverage,
    reliability,
)

guesses = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def columns(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    confidence, right = zip(*pairs, strict=True)
    return np.array(confidence), np.array(right)


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.9, 0.2, 0.7, 0.4])
    right = np.array([True, False, False, True])
    # bins (.2, .4): said .3, right 1/2; (.7, .9): said .8, right 1/2
    assert calibration_error(confidence, right, n_bins=2) == pytest.approx((0.2 + 0.3) / 2)


def test_bins_are_of_equal_mass() -> None:
    bins = reliability(np.linspace(0, 1, 32), np.ones(32, bool), 15)
    assert sorted({b.n for b in bins}) == [2, 3]
    assert len(reliability(np.array([0.5, 0.6]), np.array([True, True]))) == 2


def test_bins_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    confidence = rng.random(150)
    right = rng.random(150) < confidence**2
    accuracy, said = calibration_curve(right, confidence, n_bins=15, strategy="quantile")
    bins = reliability(confidence, right, 15)
    assert [b.accuracy for b in bins] == pytest.approx(accuracy.tolist())
    assert [b.confidence for b in bins] == pytest.approx(said.tolist())


def test_a_perfect_model_lies_below_its_percentile_19_times_of_20() -> None:
    rng = np.random.default_rng(3)
    confidence = rng.beta(5, 2, 2000)
    limit = perfect_calibration_error(confidence, n_draws=400)
    errors = [calibration_error(confidence, rng.random(2000) < confidence) for _ in range(300)]
    assert 0.9 <= np.mean(np.array(errors) <= limit) <= 0.99


def test_a_boastful_model_lies_above_it() -> None:
    rng = np.random.default_rng(4)
    confidence = rng.uniform(0.5, 1, 3000)
    right = rng.random(3000) < confidence - 0.1
    assert calibration_error(confidence, right) == pytest.approx(0.1, abs=0.03)
    assert calibration_error(confidence, right) > perfect_calibration_error(confidence)


def test_the_simulation_is_repeatable() -> None:
    confidence = np.array([0.3, 0.5, 0.9])
    assert perfect_calibration_error(confidence, seed=5) == perfect_calibration_error(
        confidence, seed=5
    )


def test_nothing_measured_is_no_number() -> None:
    nothing = np.array([])
    assert np.isnan(calibration_error(nothing, nothing > 0))
    assert np.isnan(perfect_calibration_error(nothing))
    assert np.isnan(precision_at_coverage(nothing, nothing > 0, 0.5))


def test_wrong_arguments_say_so() -> None:
    with pytest.raises(UsageError, match="n_bins is 0"):
        reliability(np.array([0.5]), np.array([True]), 0)
    with pytest.raises(UsageError, match=r"coverage is 1\.5"):
        precision_at_coverage(np.array([0.5]), np.array([True]), 1.5)
    with pytest.raises(ShapeError, match="confidence has 2, right has 1"):
        calibration_error(np.array([0.5, 0.5]), np.array([True]))


def test_precision_at_coverage_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.8, 0.1])
    right = np.array([True, True, False, False])
    assert precision_at_coverage(confidence, right, 0.25) == 1
    assert precision_at_coverage(confidence, right, 0.5) == (1 + 1 / 2) / 2
    assert precision_at_coverage(confidence, right, 0.75) == pytest.approx(2 / 3)
    assert precision_at_coverage(confidence, right, 1) == 2 / 4


@given(guesses)
def test_precision_is_a_point_of_scikit_learns_curve(pairs: list[tuple[float, bool]]) -> None:
    confidence, right = columns(pairs)
    assume(right.any())
    threshold = np.median(confidence)
    kept = confidence >= threshold
    precision, _, thresholds = precision_recall_curve(right, confidence)
    expected = dict(zip(thresholds, precision, strict=False)).get(
        np.min(confidence[kept]), right[kept].mean()
    )
    assert precision_at_coverage(confidence, right, kept.mean()) == pytest.approx(expected)


@given(guesses)
def test_bounds(pairs: list[tuple[float, bool]]) -> None:
    confidence, right = columns(pairs)
    assert 0 <= calibration_error(confidence, right) <= 1
    assert 0 <= perfect_calibration_error(confidence, n_draws=20) <= 1
    assert precision_at_coverage(confidence, right, 1) == pytest.approx(right.mean())


@given(guesses, st.integers(0, 100))
def test_order_makes_no_difference_to_precision(pairs: list[tuple[float, bool]], seed: int) -> None:
    confidence, right = columns(pairs)
    order = np.random.default_rng(seed).permutation(len(pairs))
    assert precision_at_coverage(confidence, right, 0.4) == pytest.approx(
        precision_at_coverage(confidence[order], right[order], 0.4)
    )
