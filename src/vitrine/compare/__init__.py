"""The same product at several sellers, told by texts, numbers, prices and photos."""

from __future__ import annotations

from vitrine.compare.fitting import DIFFERENT, MATCH, VARIANT, Lesson, fit
from vitrine.compare.listings import Listings
from vitrine.compare.matching import Group, Judged, Match, groups, judge, judge_pairs
from vitrine.compare.model import MatchModel, model_from, shipped_model
from vitrine.compare.rates import Rates, parse_rates
from vitrine.compare.reading import Reading, read
from vitrine.compare.reasons import reasons

__all__ = [
    "DIFFERENT",
    "MATCH",
    "VARIANT",
    "Group",
    "Judged",
    "Lesson",
    "Listings",
    "Match",
    "MatchModel",
    "Rates",
    "Reading",
    "fit",
    "groups",
    "judge",
    "judge_pairs",
    "model_from",
    "parse_rates",
    "read",
    "reasons",
    "shipped_model",
]
