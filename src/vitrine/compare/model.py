"""From evidence to probabilities: two logistic regressions, fitted once and shipped as numbers.

The first says whether two listings show one design, the second whether one design comes in one
colour. Together they tell an offer (same product) from a variant (same design, other colour).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.compare.evidence import COLOURWAY, DESIGN, Evidence, Table
from vitrine.errors import ConfigurationError
from vitrine.types import Json

Probabilities = NDArray[np.float64]

_SAME_GTIN = 0.99
_SURE = 1 - 1e-6
_VETOED = 1e-6


@dataclass(frozen=True, slots=True)
class Regression:
    """A weight for each piece of evidence."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    intercept: float

    def probability(self, table: Table) -> Probabilities:
        """(n,) of rows (n, names)."""
        return 1 / (1 + np.exp(-(table @ self.weights + self.intercept)))

    def to_json(self) -> Json:
        """Name -> weight, rounded."""
        weights = zip(self.names, self.weights.tolist(), strict=True)
        shown = {name: round(weight, 3) for name, weight in weights}
        return {"intercept": round(self.intercept, 3), "weights": shown}


@dataclass(frozen=True, slots=True)
class MatchModel:
    """What evidence is worth."""

    design: Regression
    colourway: Regression
    card: Json
    """What it was fitted on."""
    sharpness: float = 1.0
    shift: float = 0.0

    def calibrated(self, odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Odds of pairs alone, made such that probabilities are right once rivals share them."""
        return np.exp(self.shift) * odds**self.sharpness

    def judge(self, found: Evidence) -> tuple[Probabilities, Probabilities]:
        """Give the probability of one design, and that of one colour if it is one design."""
        design = self.design.probability(found.table(DESIGN))
        colour = self.colourway.probability(found.table(COLOURWAY))
        design = np.where(found.same_gtin, np.maximum(design, _SAME_GTIN), design)
        colour = np.where(found.same_gtin, np.maximum(colour, _SAME_GTIN), colour)
        return np.clip(np.where(found.vetoed, _VETOED, design), _VETOED, _SURE), colour

    def to_json(self) -> Json:
        """As the package keeps it."""
        return {
            "card": self.card,
            "calibration": {"sharpness": round(self.sharpness, 3), "shift": round(self.shift, 3)},
            "design": self.design.to_json(),
            "colourway": self.colourway.to_json(),
        }


@cache
def shipped_model() -> MatchModel:
    """The model that comes with the package.

    Raises:
        ConfigurationError: the package was installed without it.
    """
    file = files("vitrine.compare").joinpath("model.json")
    if not file.is_file():
        raise ConfigurationError("the package holds no compare/model.json; install it again")
    return model_from(json.loads(file.read_text(encoding="utf-8")))


def model_from(said: Mapping[str, Any]) -> MatchModel:
    """Read what `MatchModel.to_json` wrote."""
    return MatchModel(
        _regression(said["design"], DESIGN),
        _regression(said["colourway"], COLOURWAY),
        said["card"],
        **said["calibration"],
    )


def _regression(said: Mapping[str, Any], names: tuple[str, ...]) -> Regression:
    weights = np.array([float(said["weights"][name]) for name in names])
    return Regression(names, weights, float(said["intercept"]))
