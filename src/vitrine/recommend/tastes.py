"""What a visitor's products say in common: article types, colours, prices, brands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.profile import Profile
from vitrine.recommend.shelf import Shelf
from vitrine.types import Rows

LABELS = ("article_type", "colour", "gender", "usage", "brand", "pattern", "season")
_DOUBT = 3.0  # products of the shop's own mixture that a visitor's few are mixed with
_FORGETTING_DAYS = 60.0


@dataclass(frozen=True)
class Labels:
    """What products of a shelf say, as numbers."""

    shelf: Shelf

    @cached_property
    def codes(self) -> dict[str, Rows]:
        """Label -> (n_rows,) codes; the last code stands for what is not said."""
        columns = {label: self.shelf.words[label] for label in LABELS}
        return {
            label: np.where(column.codes < 0, len(column.words), column.codes).astype(np.int64)
            for label, column in columns.items()
        }

    @cached_property
    def shares(self) -> dict[str, NDArray[np.float64]]:
        """Label -> (n_words + 1,) share of the shelf's products that say each word."""
        out: dict[str, NDArray[np.float64]] = {}
        for label, codes in self.codes.items():
            counts = np.bincount(codes, minlength=len(self.shelf.words[label].words) + 1) + 0.5
            out[label] = counts / counts.sum()
        return out

    @cached_property
    def dearness(self) -> NDArray[np.float64]:
        """(n_rows,) how dear for its article type, in standard deviations; 0 where unknown."""
        types = self.codes["article_type"]
        prices = np.log(np.where(self.shelf.prices > 0, self.shelf.prices, np.nan))
        known = np.isfinite(prices)
        n = np.maximum(1, np.bincount(types[known]))
        mean = np.bincount(types[known], prices[known]) / n
        squares = np.bincount(types[known], (prices[known] - mean[types[known]]) ** 2) / n
        out = np.zeros(len(types))
        spread = np.sqrt(squares)[types[known]]
        apart = prices[known] - mean[types[known]]
        out[known] = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
        return out


@lru_cache(maxsize=2)
def labels_of(shelf: Shelf) -> Labels:
    """The labels of a shelf, kept for the last two shelves."""
    return Labels(shelf)


@dataclass(frozen=True, slots=True)
class Taste:
    """Of one visitor: how much more than the shop he goes for each word, and for which prices."""

    lifts: dict[str, NDArray[np.float64]]
    """Label -> (n_words + 1,) logarithm of his share over the shop's; 0 where he says nothing."""
    dearness: float
    """Mean of what he chose."""

    def of(self, labels: Labels, rows: Rows) -> NDArray[np.float64]:
        """Lift of each label for products, (n, n_labels)."""
        columns = [self.lifts[label][labels.codes[label][rows]] for label in LABELS]
        return np.stack(columns, axis=1)

    def score(self, labels: Labels, rows: Rows) -> NDArray[np.float64]:
        """How much products say what he goes for, (n,): naive Bayes, less what price is off."""
        off = np.abs(labels.dearness[rows] - self.dearness)
        return self.of(labels, rows).sum(axis=1) - _PRICE * off


_PRICE = 0.2


def taste_in_labels(labels: Labels, profile: Profile) -> Taste:
    """Weigh what a visitor did, newer things more; dislikes count against a word."""
    weights = profile.strengths.astype(np.float64) * np.exp2(-profile.ages_days / _FORGETTING_DAYS)
    against = profile.disliked
    lifts: dict[str, NDArray[np.float64]] = {}
    for label, shares in labels.shares.items():
        codes = labels.codes[label]
        wanted = np.bincount(codes[profile.rows], weights, minlength=len(shares))
        refused = np.bincount(codes[against], minlength=len(shares))
        share = (wanted + _DOUBT * shares) / (weights.sum() + _DOUBT)
        share_against = (refused + _DOUBT * shares) / (len(against) + _DOUBT)
        lifts[label] = np.log(share / shares) - 0.5 * np.log(share_against / shares)
        lifts[label][-1] = 0.0
    n = weights.sum() + _DOUBT
    return Taste(lifts, float(weights @ labels.dearness[profile.rows] / n))
