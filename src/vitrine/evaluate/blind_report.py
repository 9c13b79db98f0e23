"""What a blind study found: means with intervals, and which encoder is preferred."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from vitrine.errors import NotFoundError
from vitrine.evaluate.blind_study import STUDY
from vitrine.events import ASPECTS, Event
from vitrine.metrics import bootstrap_interval
from vitrine.types import Json


@dataclass(frozen=True, slots=True)
class MeanRating:
    """One aspect of one encoder's results, 1 to 5."""

    system: str
    aspect: str
    mean: float
    low: float
    high: float
    n: int
    """Ratings."""


@dataclass(frozen=True, slots=True)
class Preference:
    """In how many questions an encoder's results were rated higher, mean against mean."""

    aspect: str
    wins: tuple[int, int]
    """Of the systems, in their order."""
    ties: int
    difference: float
    """Mean of the first system's mean minus the second's, with its interval by question."""
    low: float
    high: float
    p_value: float
    """Exact two-sided sign test over questions, ties left out."""


@dataclass(frozen=True, slots=True)
class BlindReport:
    """One pair of encoders."""

    systems: tuple[str, str]
    n_raters: int
    n_questions: int
    means: Sequence[MeanRating]
    preferences: Sequence[Preference]

    def to_json(self) -> Json:
        """For `--json`; no number is not a number."""
        return _plain(asdict(self))


@dataclass(frozen=True, slots=True)
class _Rating:
    rater: str
    asked: str
    system: str
    aspect: str
    value: float


def blind_reports(events: Iterable[Event]) -> list[BlindReport]:
    """Give a report for each pair of encoders that was rated.

    A question counts once, whoever rated it: differences of raters are averaged first.

    Args:
        events: of a shop; others than ratings of blind studies are passed over.

    Raises:
        NotFoundError: nothing was rated yet.
    """
    pairs: defaultdict[tuple[str, str], list[_Rating]] = defaultdict(list)
    for event in events:
        about = event.attributes
        if event.event_type == "rate" and about.get("study") == STUDY and event.value is not None:
            first, _, second = about["systems"].partition(" / ")
            rating = _Rating(
                event.visitor_id, about["asked"], about["system"], event.aspect, event.value
            )
            pairs[first, second].append(rating)
    if not pairs:
        raise NotFoundError(
            "no blind study was rated in this shop yet; without --report its page is served"
        )
    return [_report(systems, ratings) for systems, ratings in sorted(pairs.items())]


def sign_test(wins: int, losses: int) -> float:
    """Exact two-sided p of so many wins and losses, if both were as likely.

    Example:
        >>> sign_test(9, 1), sign_test(0, 0)
        (0.021484375, 1.0)
    """
    n = wins + losses
    tail = sum(math.comb(n, each) for each in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**n)


def _report(systems: tuple[str, str], ratings: Sequence[_Rating]) -> BlindReport:
    means: list[MeanRating] = []
    preferences: list[Preference] = []
    for aspect in ASPECTS:
        of_aspect = [rating for rating in ratings if rating.aspect == aspect]
        for system in systems:
            own = [rating for rating in of_aspect if rating.system == system]
            if own:
                values = np.array([rating.value for rating in own])
                found = bootstrap_interval(values, np.array([rating.asked for rating in own]))
                means.append(
                    MeanRating(system, aspect, found.figure, found.low, found.high, len(own))
                )
        if differences := _differences(systems, of_aspect):
            preferences.append(_preference(aspect, np.array(differences)))
    n_raters = len({rating.rater for rating in ratings})
    n_questions = len({rating.asked for rating in ratings})
    return BlindReport(systems, n_raters, n_questions, means, preferences)


def _differences(systems: tuple[str, str], ratings: Sequence[_Rating]) -> list[float]:
    """One for each question in which somebody rated results of both."""
    values: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    for rating in ratings:
        values[rating.asked, rating.rater, rating.system].append(rating.value)
    of_question: defaultdict[str, list[float]] = defaultdict(list)
    for asked, rater in sorted({(rating.asked, rating.rater) for rating in ratings}):
        first, second = (values.get((asked, rater, system)) for system in systems)
        if first and second:
            of_question[asked].append(float(np.mean(first) - np.mean(second)))
    return [float(np.mean(found)) for found in of_question.values()]


def _preference(
    aspect: str, differences: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Preference:
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    found = bootstrap_interval(differences)
    return Preference(
        aspect,
        (wins, losses),
        len(differences) - wins - losses,
        found.figure,
        found.low,
        found.high,
        sign_test(wins, losses),
    )


def _plain(value: Json) -> Json:
    """Tuples as lists, as JSON has them."""
    return {
        name: [_plain(each) if isinstance(each, dict) else each for each in found]
        if isinstance(found, list | tuple)
        else found
        for name, found in value.items()
    }
