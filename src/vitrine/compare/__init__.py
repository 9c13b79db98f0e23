"""The same product at several sellers, told by texts, numbers, prices and photos."""

from __future__ import annotations

from vitrine.compare.fitting import DIFFERENT, MATCH, VARIANT, Lesson, fit
from vitrine.compare.listings import Listings
from vitrine.compare.matching import Group, Judged, groups, judge, judge_pairs
from vitrine.compare.model import MatchModel, model_from, shipped_model
from vitrine.compare.reading import Reading, read

__all__ = [
    "DIFFERENT",
    "MATCH",
    "VARIANT",
    "Group",
    "Judged",
    "Lesson",
    "Listings",
    "MatchModel",
    "Reading",
    "fit",
    "groups",
    "judge",
    "judge_pairs",
    "model_from",
    "read",
    "shipped_model",
]
