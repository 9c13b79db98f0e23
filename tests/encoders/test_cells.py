from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.encoders import as_explainer, load_encoder, similarity_map
from vitrine.errors import ConfigurationError, ShapeError, UsageError
from vitrine.settings import Settings

MakeModel = Callable[..., Path]


def test_parts_by_hand() -> None:
    cells = np.array([[[3, 0]], [[1, 0]]], np.float32)  # the mean is (1.5, .5)
    parts = similarity_map(cells, np.array([0.6, 0.8], np.float32))
    assert parts.tolist() == [[pytest.approx(2.6 / (2 * 2.5**0.5)), 0]]


def test_a_cell_may_speak_against() -> None:
    cells = np.array([[[2, 0]], [[0, -1]]], np.float32)
    [[first, second]] = similarity_map(cells, np.array([0.6, 0.8], np.float32))
    assert first > 0 > second


@pytest.mark.parametrize(("shape", "other"), [((2, 3), 2), ((2, 3, 3), 3), ((1, 2, 3, 3), 2)])
def test_shapes_must_fit(shape: tuple[int, ...], other: int) -> None:
    with pytest.raises(ShapeError, match="expected"):
        similarity_map(np.ones(shape, np.float32), np.ones(other, np.float32))


def test_a_pooled_feature_map_has_cells(make_model: MakeModel) -> None:
    folder = make_model(dim=3, output={"names": ["map"], "pooling": "avg"})
    encoder = load_encoder(folder, Settings())
    explainer = as_explainer(encoder)
    assert explainer is not None
    assert explainer.grid == (24, 18)
    photo = Image.new("RGB", (18, 24))
    photo.putpixel((3, 5), (0, 0, 255))
    pixels = encoder.prepare(photo)[None]
    parts = similarity_map(explainer.embed_cells(pixels)[0], encoder.embed(pixels)[0])
    assert np.argwhere(parts).tolist() == [[5, 3]]
    assert parts[5, 3] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "output",
    [{}, {"names": ["map"], "pooling": "max"}, {"names": ["tokens"], "pooling": "avg"}],
)
def test_others_have_none(make_model: MakeModel, output: dict[str, object]) -> None:
    encoder = load_encoder(make_model(dim=3 if output else 5, output=output), Settings())
    assert as_explainer(encoder) is None


def test_asking_for_cells_that_are_not_there(make_model: MakeModel) -> None:
    from vitrine.encoders.onnx import OnnxEncoder

    encoder = load_encoder(make_model(), Settings())
    assert isinstance(encoder, OnnxEncoder)
    with pytest.raises(UsageError, match="no cells"):
        encoder.embed_cells(np.zeros((1, 24, 18, 3), np.uint8))


@pytest.mark.parametrize(
    ("name", "complaint"), [("gone", "no output 'gone'"), ("map", r"cells of the shape \(1, 3")]
)
def test_cells_that_are_none_are_refused_when_loading(
    make_model: MakeModel, name: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_encoder(make_model(output={"cells": name}), Settings())
