"""calibration.json: what a model's numbers are worth, measured on photos it was not trained on."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import BaseModel, Field, model_validator

from vitrine.encoders.json_files import read_json

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Probability = Annotated[float, Field(ge=0, le=1)]


class HeadCalibration(BaseModel):
    """How a head's logits become a confidence."""

    temperature: float = Field(default=1.0, gt=0)
    unsure_below: float = 0.5


class SimilarityCalibration(BaseModel):
    """How likely two photos at a cosine show the same article type in the same colour.

    Made for two photos; a text and a photo lie further apart.

    Example:
        >>> curve = SimilarityCalibration(score=(0.5, 0.9, 1.0), probability=(0.0, 0.4, 0.9))
        >>> curve.probability([0.2, 0.7, 0.95, 1.01]).round(2).tolist()
        [0.0, 0.2, 0.65, 0.9]
    """

    cosines: tuple[float, ...] = Field(alias="score", min_length=1)
    """Ascending."""
    probabilities: tuple[Probability, ...] = Field(alias="probability")
    """One for each cosine, never falling; straight lines between, level beyond the ends."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if len(self.cosines) != len(self.probabilities):
            raise ValueError("score and probability must have the same length")
        for numbers in (self.cosines, self.probabilities):
            if any(later < earlier for earlier, later in pairwise(numbers)):
                raise ValueError("score and probability must not fall")
        return self

    def probability(self, cosine: ArrayLike) -> NDArray[np.float64]:
        """Read the curve at any cosines."""
        return np.interp(np.asarray(cosine, np.float64), self.cosines, self.probabilities)


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
