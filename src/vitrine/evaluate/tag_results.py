"""Protocol `tags`: is a tag right, does its confidence mean what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog import translate
from vitrine.evaluate.examples import HEADS
from vitrine.evaluate.results import Result, mean_result, with_interval
from vitrine.metrics import (
    bootstrap_interval,
    bootstrap_statistic,
    calibration_error,
    macro_f1,
    perfect_calibration_error,
    precision_at_coverage,
    reliability,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.evaluate.seen import HeadTags
    from vitrine.metrics import Bin

TAGS, MAJORITY = "tags", "majority"
_COVERAGE = 0.8
_F1_DRAWS = 300
_LEAST = 2


def can_tag(examples: Examples) -> bool:
    """Some head has labels of at least two values."""
    return any(_says_something(words) for words in examples.labels.values())


def measure_tags(contestant: Contestant, examples: Examples) -> list[Result]:
    """Every head that the encoder has, and of which the source has at least two values.

    A label that the head does not know counts as a miss. The interval of a calibration error
    would say little, since the bootstrap inflates it: the 95th percentile of a perfectly
    calibrated model with the same confidences stands beside it instead.
    """
    seen = contestant.see(examples.photos.tolist())
    results: list[Result] = []
    for head, tags in seen.tags.items():
        labels = examples.labels.get(head)
        if labels is not None and _says_something(labels):
            known = labels != ""
            results += head_results(
                head, tags, labels, known, examples.groups[known], contestant.name
            )
    return results


def majority_results(examples: Examples) -> list[Result]:
    """The best constant answer: the most frequent label of the photos measured."""
    results: list[Result] = []
    for head, labels in examples.labels.items():
        truths, groups = labels[labels != ""], examples.groups[labels != ""]
        if not _says_something(labels):
            continue
        values, counts = np.unique(truths, return_counts=True)
        guesses = np.full(len(truths), values[counts.argmax()])
        right = guesses == truths
        results.append(mean_result(TAGS, f"{head} accuracy", MAJORITY, right, groups))
        results.append(
            Result(TAGS, f"{head} macro-F1", MAJORITY, macro_f1(guesses, truths), len(truths))
        )
    return results


def reliability_of(contestant: Contestant, examples: Examples) -> dict[str, list[Bin]]:
    """Head -> bins of its reliability diagram."""
    seen = contestant.see(examples.photos.tolist())
    found: dict[str, list[Bin]] = {}
    for head, tags in seen.tags.items():
        labels = examples.labels.get(head, np.array([], np.str_))
        if _says_something(labels):
            known = labels != ""
            guesses = _translated(head, tags.values[known])
            found[head] = reliability(tags.confidence[known], guesses == labels[known])
    return found


def head_results(
    head: str,
    tags: HeadTags,
    labels: NDArray[np.str_],
    known: NDArray[np.bool_],
    groups: NDArray[np.str_],
    name: str,
) -> list[Result]:
    """All figures of one head.

    Args:
        head: its name.
        tags: of all n photos.
        labels: (n,) in the vocabulary's words, empty where not known.
        known: (n,) which are.
        groups: of the known ones.
        name: the contestant's.
    """
    guesses, truths = _translated(head, tags.values[known]), labels[known]
    confidence, unsure = tags.confidence[known], tags.unsure[known]
    right = guesses == truths
    n = len(truths)
    _, codes = np.unique(np.concatenate([guesses, truths]), return_inverse=True)
    guess, truth = codes[:n], codes[n:]
    f1 = bootstrap_statistic(
        lambda rows: macro_f1(guess[rows], truth[rows]), n, groups, n_draws=_F1_DRAWS
    )
    sure = ~unsure
    precision = bootstrap_interval(right[sure], groups[sure])
    at_coverage = bootstrap_statistic(
        lambda rows: precision_at_coverage(confidence[rows], right[rows], _COVERAGE),
        n,
        groups,
        n_draws=_F1_DRAWS,
    )
    perfect = perfect_calibration_error(confidence)
    return [
        mean_result(TAGS, f"{head} accuracy", name, right, groups),
        with_interval(TAGS, f"{head} macro-F1", name, f1, n),
        Result(TAGS, f"{head} ECE", name, calibration_error(confidence, right), n),
        Result(TAGS, f"{head} ECE of a perfect model, 95th percentile", name, perfect, n),
        with_interval(TAGS, f"{head} precision at 80 % coverage", name, at_coverage, n),
        with_interval(TAGS, f"{head} precision where sure", name, precision, int(sure.sum())),
        mean_result(TAGS, f"{head} coverage where sure", name, sure, groups),
    ]


def _translated(head: str, values: NDArray[np.str_]) -> NDArray[np.str_]:
    """A model's words in the vocabulary, in which the source's words are too."""
    field = HEADS.get(head, head)
    words, rows = np.unique(values, return_inverse=True)
    return np.array([translate(field, str(word)) for word in words], np.str_)[rows]


def _says_something(words: NDArray[np.str_]) -> bool:
    return len(np.unique(words[words != ""])) >= _LEAST
