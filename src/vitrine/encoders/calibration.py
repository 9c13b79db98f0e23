"""calibration.json: what a model's numbers are worth, measured on photos it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import BaseModel, Field, model_validator

from vitrine.encoders.json_files import read_json
from vitrine.types import Curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

Probability = Annotated[float, Field(ge=0, le=1)]


class Levels(BaseModel):
    """An order over some of a head's values (how formal a usage is), and what it is worth."""

    of: dict[str, Probability] = Field(min_length=1)
    """Value -> its level; values without one do not count."""
    scores: tuple[float, ...] = Field(alias="score", min_length=1)
    """Expected levels before calibration, ascending."""
    levels: tuple[Probability, ...] = Field(alias="level")
    """One for each score, never falling; straight lines between, even beyond the ends."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        _check_rising(self.scores, self.levels, "score and level")
        return self

    def level_of(self, likely: NDArray[np.float64], values: Sequence[str]) -> NDArray[np.float64]:
        """Levels of photos, (n,) in 0..1, from probabilities (n, values) after the temperature."""
        levels = np.array([self.of.get(value, np.nan) for value in values])
        known = ~np.isnan(levels)
        shares = likely[:, known]
        expected = shares @ levels[known] / np.maximum(shares.sum(1), 1e-9)
        return np.interp(expected, self.scores, self.levels)


class HeadCalibration(BaseModel):
    """How a head's logits become a confidence."""

    temperature: float = Field(default=1.0, gt=0)
    unsure_below: float = 0.5
    levels: Levels | None = None


class SimilarityCalibration(BaseModel):
    """How likely two photos at a cosine show the same article type in the same colour."""

    cosines: tuple[float, ...] = Field(alias="score", min_length=1)
    """Ascending."""
    probabilities: tuple[Probability, ...] = Field(alias="probability")
    """One for each cosine, never falling; straight lines between, level beyond the ends."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        _check_rising(self.cosines, self.probabilities, "score and probability")
        return self

    @property
    def curve(self) -> Curve:
        """The points as an encoder's identity has them."""
        return tuple(zip(self.cosines, self.probabilities, strict=True))


class Calibration(BaseModel):
    """calibration.json; keys that are not read here are left to others."""

    heads: dict[str, HeadCalibration] = {}
    similarity: SimilarityCalibration | None = None

    def of_head(self, head: str) -> HeadCalibration:
        """Plain softmax where none was measured."""
        return self.heads.get(head, HeadCalibration())


def read_calibration(path: Path | None) -> Calibration:
    """Read calibration.json; no file means nothing was measured.

    Raises:
        ConfigurationError: the file cannot be read or is not of that form.
    """
    return Calibration() if path is None else read_json(Calibration, path)


def _check_rising(one: Sequence[float], other: Sequence[float], names: str) -> None:
    if len(one) != len(other):
        raise ValueError(f"{names} must have the same length")
    for numbers in (one, other):
        if any(later < earlier for earlier, later in pairwise(numbers)):
            raise ValueError(f"{names} must not fall")
