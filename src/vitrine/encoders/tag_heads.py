"""A model's logits as tags: the words, and how sure the model may be of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import BaseModel, Field, RootModel, ValidationError

from vitrine.errors import ConfigurationError
from vitrine.types import Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

Model = TypeVar("Model", bound=BaseModel)


class Labels(RootModel[dict[str, tuple[str, ...]]]):
    """labels.json: head -> its values, in the order of the logits."""


class HeadCalibration(BaseModel):
    """How a head's logits become a confidence."""

    temperature: float = Field(default=1.0, gt=0)
    unsure_below: float = 0.5


class Calibration(BaseModel):
    """calibration.json; keys that are not read here are left to others."""

    heads: dict[str, HeadCalibration] = {}


def read_labels(path: Path | None) -> Mapping[str, tuple[str, ...]]:
    """Read labels.json; no file means no heads.

    Raises:
        ConfigurationError: the file cannot be read or is not of that form.
    """
    return {} if path is None else _read(Labels, path).root


def read_calibration(path: Path | None) -> Mapping[str, HeadCalibration]:
    """Read calibration.json; no file, or no entry for a head, means the plain softmax.

    Raises:
        ConfigurationError: the file cannot be read or is not of that form.
    """
    return {} if path is None else _read(Calibration, path).heads


def tags_of(
    logits: NDArray[np.float32], values: tuple[str, ...], calibration: HeadCalibration
) -> list[Tag]:
    """Name the most likely value of one head for every photo.

    Args:
        logits: (n, values).
        values: the words.
        calibration: temperature and threshold.

    Example:
        >>> tags_of(np.array([[0.0, 0.0, 50.0]]), ("a", "b", "c"), HeadCalibration())
        [Tag(value='c', confidence=1.0, unsure=False)]
    """
    scaled = logits.astype(np.float64) / calibration.temperature
    likely = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    best = likely.argmax(axis=1)
    return [
        Tag(values[row], float(p[row]), unsure=bool(p[row] < calibration.unsure_below))
        for row, p in zip(best, likely, strict=True)
    ]


def _read(kind: type[Model], path: Path) -> Model:
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigurationError(f"{path}: {place}: {first['msg']}") from error
