"""calibration.json: what a model's numbers are worth, measured on photos it was not trained on."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from vitrine.encoders.json_files import read_json
from vitrine.types import Curve

Probability = Annotated[float, Field(ge=0, le=1)]


class HeadCalibration(BaseModel):
    """How a head's logits become a confidence."""

    temperature: float = Field(default=1.0, gt=0)
    unsure_below: float = 0.5


class SimilarityCalibration(BaseModel):
    """How likely two photos at a cosine show the same article type in the same colour."""

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
