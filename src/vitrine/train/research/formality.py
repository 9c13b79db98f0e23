"""How formal a photo is, in percent: an order over usages, not the chance of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vitrine.train.report import Section
from vitrine.types import Json

LEVELS: Mapping[str, float] = {
    "Sports": 0.0,
    "Home": 0.05,
    "Travel": 0.3,
    "Casual": 0.3,
    "Smart Casual": 0.6,
    "Ethnic": 0.65,
    "Party": 0.8,
    "Formal": 1.0,
}
"""How formal a usage is, by what occasions they are worn on; ours, as no set says it."""

Said: TypeAlias = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Logits (n, usages) and labels (n,), -1 where not known."""


@dataclass(frozen=True, slots=True)
class Formality:
    """A score, and how well it orders products that were kept aside."""

    correlation: float
    """Spearman's, of the score with the level of the true usage."""
    correlation_of_formal: float
    """The same of the chance of the usage Formal alone."""
    error: float
    """Mean absolute error against the true level, 0..1."""
    n: int
    levels: Json
    """For calibration.json: the order, and the curve."""

    def figures(self) -> dict[str, float]:
        """What was measured."""
        return {
            "correlation": self.correlation,
            "correlation_of_formal": self.correlation_of_formal,
            "error": self.error,
            "n": self.n,
        }

    def section(self) -> Section:
        """For the report."""
        return Section(
            "How formal, in percent",
            "The expected level of usage (sports 0 to formal 100), calibrated by isotonic "
            "regression on validation groups, against the true usage of groups kept aside.",
            ("score", "rank correlation", "mean error, points", "n"),
            [
                ("formality", self.correlation, 100 * self.error, self.n),
                ("chance of Formal alone", self.correlation_of_formal, "-", self.n),
            ],
        )


def formality_of(probabilities: NDArray[np.float64], usages: Sequence[str]) -> NDArray[np.float64]:
    """Expected level before calibration: (n, usages) adding up to 1 -> (n,) in 0..1.

    Usages that have no level do not count.

    Example:
        >>> float(formality_of(np.array([[0.5, 0.5]]), ["Formal", "Sports"])[0])
        0.5
    """
    levels = np.array([LEVELS.get(usage, np.nan) for usage in usages])
    known = ~np.isnan(levels)
    shares = probabilities[:, known]
    return shares @ levels[known] / np.maximum(shares.sum(1), 1e-9)


def fit_formality(usages: Sequence[str], fitted: Said, tested: Said) -> Formality | None:
    """Calibrate on some photos, judge on others; None where usages are too few to be ordered.

    Args:
        usages: in the order of the logits, after the temperature.
        fitted: what the calibration may see.
        tested: what it is judged by.
    """
    from sklearn.isotonic import IsotonicRegression

    scores, levels = _levelled(usages, fitted)
    judged, wanted = _levelled(usages, tested)
    if len(set(levels.tolist())) < 2 or len(set(wanted.tolist())) < 2:
        return None
    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, levels)
    known = _has_level(usages, tested[1])
    formal = usages.index("Formal") if "Formal" in usages else 0
    return Formality(
        correlation=_rank_correlation(judged, wanted),
        correlation_of_formal=_rank_correlation(_softmax(tested[0])[known, formal], wanted),
        error=float(np.abs(curve.predict(judged) - wanted).mean()),
        n=len(wanted),
        levels={
            "of": {usage: LEVELS[usage] for usage in usages if usage in LEVELS},
            "score": [round(float(x), 5) for x in curve.X_thresholds_],
            "level": [round(float(y), 5) for y in curve.y_thresholds_],
        },
    )


def _levelled(usages: Sequence[str], said: Said) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scores and true levels of the rows whose usage has one."""
    known = _has_level(usages, said[1])
    levels = np.array([LEVELS.get(usage, np.nan) for usage in usages])
    return formality_of(_softmax(said[0][known]), usages), levels[said[1][known]]


def _has_level(usages: Sequence[str], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    has = np.array([usage in LEVELS for usage in usages])
    return (labels >= 0) & has[labels]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    raised = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def _rank_correlation(scores: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(scores), rankdata(wanted))[0, 1])
