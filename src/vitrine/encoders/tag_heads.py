"""A model's logits as tags: the words, and how sure the model may be of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import RootModel

from vitrine.encoders.json_files import read_json
from vitrine.types import Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.encoders.calibration import HeadCalibration


class Labels(RootModel[dict[str, tuple[str, ...]]]):
    """labels.json: head -> its values, in the order of the logits."""


def read_labels(path: Path | None) -> Mapping[str, tuple[str, ...]]:
    """Read labels.json; no file means no heads.

    Raises:
        ConfigurationError: the file cannot be read or is not of that form.
    """
    return {} if path is None else read_json(Labels, path).root


def tags_of(
    logits: NDArray[np.float32], values: tuple[str, ...], calibration: HeadCalibration
) -> list[Tag]:
    """Name the most likely value of one head for every photo.

    Args:
        logits: (n, values).
        values: the words.
        calibration: temperature and threshold.

    Example:
        >>> from vitrine.encoders.calibration import HeadCalibration
        >>> tags_of(np.array([[0.0, 0.0, 50.0]]), ("a", "b", "c"), HeadCalibration())
        [Tag(value='c', confidence=1.0, unsure=False)]
    """
    likely = _likely(logits, calibration)
    best = likely.argmax(axis=1)
    tags = [
        _tag(values[row], float(p[row]), calibration) for row, p in zip(best, likely, strict=True)
    ]
    if calibration.levels is None:
        return tags
    levels = calibration.levels.level_of(likely, values).tolist()
    return [replace(tag, level=level) for tag, level in zip(tags, levels, strict=True)]


def tag_of(
    logits: NDArray[np.float32],
    values: Sequence[str],
    calibration: HeadCalibration,
    value: str | None = None,
) -> tuple[int, Tag]:
    """Row and tag of a value of one head for one photo; None takes the most likely.

    Args:
        logits: (values,).
        values: the words.
        calibration: temperature and threshold.
        value: one of the words.
    """
    [likely] = _likely(logits[np.newaxis], calibration)
    row = int(likely.argmax()) if value is None else values.index(value)
    return row, _tag(values[row], float(likely[row]), calibration)


def _likely(logits: NDArray[np.float32], calibration: HeadCalibration) -> NDArray[np.float64]:
    scaled = logits.astype(np.float64) / calibration.temperature
    likely = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)


def _tag(value: str, confidence: float, calibration: HeadCalibration) -> Tag:
    return Tag(value, confidence, unsure=confidence < calibration.unsure_below)
