from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from vitrine.errors import ShapeError
from vitrine.metrics import accuracy, confusion_matrix, macro_f1

labels = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1)


def columns(pairs: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    guesses, truths = zip(*pairs, strict=True)
    return np.array(guesses), np.array(truths)


def test_accuracy_by_hand() -> None:
    assert accuracy(np.array([1, 2, 3]), np.array([1, 2, 4])) == 2 / 3


def test_macro_f1_by_hand() -> None:
    # a: 1 right of 1 true, guessed twice; b: 1 right of 2 true, guessed once
    found = macro_f1(np.array(["a", "a", "b"]), np.array(["a", "b", "b"]))
    assert found == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_a_value_that_is_only_guessed_has_no_f1() -> None:
    assert macro_f1(np.array(["a", "c"]), np.array(["a", "b"])) == (1 + 0) / 2


def test_nothing_measured_is_no_number() -> None:
    assert np.isnan(accuracy(np.array([]), np.array([])))
    assert np.isnan(macro_f1(np.array([], str), np.array([], str)))


def test_lengths_must_agree() -> None:
    with pytest.raises(ShapeError, match="guesses has 2, truths has 1"):
        accuracy(np.array([1, 2]), np.array([1]))


@given(labels)
def test_as_scikit_learn_has_it(pairs: list[tuple[str, str]]) -> None:
    guesses, truths = columns(pairs)
    values, counts = confusion_matrix(guesses, truths)
    known = np.isin(list("abcd"), values)
    expected_counts = oracle.confusion_matrix(truths, guesses, labels=list("abcd"))
    assert np.array_equal(counts, expected_counts[known][:, known])
    assert accuracy(guesses, truths) == pytest.approx(oracle.accuracy_score(truths, guesses))
    expected = oracle.f1_score(truths, guesses, labels=np.unique(truths), average="macro")
    assert macro_f1(guesses, truths) == pytest.approx(expected)


@given(labels, st.randoms(use_true_random=False))
def test_order_makes_no_difference(pairs: list[tuple[str, str]], rng: object) -> None:
    shuffled = sorted(pairs, key=lambda _: rng.random())  # pyright: ignore
    assert macro_f1(*columns(pairs)) == pytest.approx(macro_f1(*columns(shuffled)))
