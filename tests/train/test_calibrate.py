from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.train.calibrate import (
    fit_head,
    fit_similarity,
    fit_temperature,
    fit_threshold,
    rising,
    softmax,
)
from vitrine.vectors import unit

CONFIDENCES = st.lists(
    st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9, 1.0]), st.booleans()), min_size=1
)
POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), min_size=1, max_size=20)


def drawn(temperature: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels as often as they say at that temperature."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 4, (n, 5))
    likely = softmax(logits, temperature).cumsum(1)
    return logits, (rng.random(n)[:, None] > likely).sum(1).clip(max=4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    logits, labels = drawn(temperature)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.08)


@given(CONFIDENCES, st.sampled_from([0.75, 0.9]))
def test_the_threshold_is_the_lowest_that_is_good_enough(
    seen: list[tuple[float, bool]], target: float
) -> None:
    confidence = np.array([c for c, _ in seen])
    right = np.array([r for _, r in seen])
    good = [(right[confidence >= t].mean(), (confidence >= t).mean(), t) for t in set(confidence)]
    reached = [(share, t) for precision, share, t in good if precision >= target and share >= 0.1]
    found = fit_threshold(confidence, right, target)
    if not reached:
        assert found is None
        return
    assert found is not None
    threshold, precision, coverage = found
    assert coverage == pytest.approx(max(share for share, _ in reached))
    kept = confidence >= threshold
    assert kept.mean() == pytest.approx(coverage)
    assert right[kept].mean() == pytest.approx(precision)
    assert (threshold == 0) == (coverage == 1)


def test_a_head_is_fitted_on_what_is_labelled() -> None:
    logits, labels = drawn(2.0)
    hidden = np.where(np.arange(len(labels)) % 2, labels, -1)
    fit = fit_head(logits, hidden)
    assert fit is not None
    assert (fit.n, fit.target_precision) == (2000, 0.9)
    assert fit.temperature == pytest.approx(2.0, rel=0.1)
    assert fit.precision == pytest.approx(0.9, abs=0.005)
    sure = softmax(logits, fit.temperature).max(1) >= fit.unsure_below
    assert sure[1::2].mean() == pytest.approx(fit.coverage)
    assert (softmax(logits).argmax(1) == labels)[sure].mean() == pytest.approx(0.9, abs=0.02)


def test_heads_that_are_too_hard_fall_back_or_give_up() -> None:
    rng = np.random.default_rng(0)
    noise, labels = rng.normal(0, 0.01, (500, 4)), rng.integers(0, 4, 500)
    fit = fit_head(noise, labels)
    assert fit is not None
    assert (fit.target_precision, fit.precision, fit.coverage) == (0.75, None, 0.0)
    assert fit.unsure_below > 1
    guess = np.eye(4)[labels] * 3
    wrong = rng.random(500) < 0.2
    guess[wrong] = np.eye(4)[(labels[wrong] + 1) % 4] * 3
    fit = fit_head(guess, labels)
    assert fit is not None
    assert (fit.target_precision, fit.coverage, fit.unsure_below) == (0.75, 1.0, 0.0)
    assert fit_head(noise[:19], labels[:19]) is None


@given(POINTS)
def test_isotonic_regression_is_the_minimax_of_means(points: list[tuple[int, int]]) -> None:
    scores = np.array([s for s, _ in points], float)
    values = np.array([v for _, v in points], float)
    levels = np.unique(scores)

    def mean(low: float, high: float) -> float:
        return float(values[(scores >= low) & (scores <= high)].mean())

    wanted = [
        max(min(mean(low, high) for high in levels if high >= s) for low in levels if low <= s)
        for s in scores
    ]
    assert rising(scores, values) == pytest.approx(wanted)


def test_a_similarity_says_how_often_it_is_the_same() -> None:
    rng = np.random.default_rng(0)
    kinds = np.arange(300) % 10
    vectors = unit(np.eye(10)[kinds] + rng.normal(0, 0.25, (300, 10)))
    found = fit_similarity(vectors, kinds)
    assert found is not None
    score, probability = np.array(found["score"]), np.array(found["probability"])
    assert (np.diff(score) > 0).all()
    assert (np.diff(probability) >= 0).all()
    assert probability[0] < 0.02
    assert probability[-1] > 0.95
    pairs = vectors @ vectors.T
    near = (pairs > 0.55) & (pairs < 0.65)
    same = (kinds[:, None] == kinds[None])[near].mean()
    assert np.interp(0.6, score, probability) == pytest.approx(same, abs=0.15)
    assert fit_similarity(vectors[:19], kinds[:19]) is None
