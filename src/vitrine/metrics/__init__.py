"""Figures about guesses and rankings, and how far they may be off: pure functions over numpy."""

from __future__ import annotations

from vitrine.metrics.calibration import (
    Bin,
    calibration_error,
    perfect_calibration_error,
    precision_at_coverage,
    reliability,
)
from vitrine.metrics.classification import accuracy, confusion_matrix, macro_f1
from vitrine.metrics.ranking import (
    average_precision_at,
    precision_at,
    recall_at,
    reciprocal_of,
    reciprocal_rank,
)
from vitrine.metrics.resampling import (
    Interval,
    bootstrap_interval,
    bootstrap_statistic,
    fewer_misses,
    interval_of,
    paired_difference,
)

__all__ = [
    "Bin",
    "Interval",
    "accuracy",
    "average_precision_at",
    "bootstrap_interval",
    "bootstrap_statistic",
    "calibration_error",
    "confusion_matrix",
    "fewer_misses",
    "interval_of",
    "macro_f1",
    "paired_difference",
    "perfect_calibration_error",
    "precision_at",
    "precision_at_coverage",
    "recall_at",
    "reciprocal_of",
    "reciprocal_rank",
    "reliability",
]
