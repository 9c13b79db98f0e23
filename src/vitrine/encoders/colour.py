"""The encoder `colour`: no weights, only where the colours and the edges of a photo are.

Two blocks, each of length 1 before it is weighted: a soft CIELAB histogram of the garment
(Hellinger), and edge orientations over a coarse grid, after Dalal and Triggs (2005), normalised
by cell against the photo's mean and centred by orientation. An honest floor for models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from vitrine.colours import (
    COLOUR_NAMES,
    COMMON_COLOURS,
    centre_weights,
    dominant_lab,
    garment_weights,
    lab_from_rgb,
    nearest_names,
)
from vitrine.encoders.pixels import check_pixels, fit_pixels
from vitrine.types import EncoderIdentity, Tag
from vitrine.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.types import Pixels, Tags, Vectors

_HEIGHT_PX, _WIDTH_PX = 64, 48
_BINS = (4, 7, 7)
_GRID = (7, 5)
_ORIENTATIONS = 8
_EDGE_WEIGHT = 1.6
_FLOOR = 0.5
_BATCH = 64
_VERSION = (
    f"colour 1 {_HEIGHT_PX}x{_WIDTH_PX} {_BINS} {_GRID} {_ORIENTATIONS} {_EDGE_WEIGHT} {_FLOOR}"
)

_HEAD = "base_colour"
# Logistic fit on shop photos; 75 % of the names above the threshold agree with the shop's label.
# No threshold reaches 90 %: shops themselves disagree on the colour of 44 % of identical photos.
_SURE, _PER_SHARE, _PER_DISTANCE, _RARE = 0.91, 0.83, -0.196, -2.45
_THRESHOLD = 0.65


class ColourEncoder:
    """Colours and edges as a vector, and the garment's colour as a tag."""

    @property
    def identity(self) -> EncoderIdentity:
        """Its hash covers the algorithm's version and parameters."""
        dim = int(np.prod(_BINS)) + int(np.prod(_GRID)) * _ORIENTATIONS
        preprocessing = f"letterbox {_HEIGHT_PX} x {_WIDTH_PX} px on white, bilinear, sRGB bytes"
        digest = sha256(_VERSION.encode()).hexdigest()
        return EncoderIdentity("colour", digest, dim, preprocessing)

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """One head: the garment's main colour."""
        return {_HEAD: COLOUR_NAMES}

    def prepare(self, image: Image.Image) -> Pixels:
        """Letterbox on white."""
        return fit_pixels(image, _HEIGHT_PX, _WIDTH_PX, "letterbox", "bilinear")

    def embed(self, pixels: Pixels) -> Vectors:
        """Embed by arithmetic alone."""
        check_pixels(pixels, _HEIGHT_PX, _WIDTH_PX)
        rows = [_vectors(*_seen(batch)) for batch in _split(pixels)]
        return np.concatenate([np.zeros((0, self.identity.dim), np.float32), *rows])

    def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
        """Embed and name the main colour."""
        check_pixels(pixels, _HEIGHT_PX, _WIDTH_PX)
        rows = [np.zeros((0, self.identity.dim), np.float32)]
        tags: list[Tags] = []
        for batch in _split(pixels):
            lab, garment = _seen(batch)
            rows.append(_vectors(lab, garment))
            tags += _tags(lab, garment)
        return np.concatenate(rows), tags


def _split(pixels: Pixels) -> list[Pixels]:
    return [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]


def _seen(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    lab = lab_from_rgb(pixels)
    return lab, garment_weights(lab)


def _vectors(lab: NDArray[np.float32], garment: NDArray[np.float32]) -> Vectors:
    return unit(np.concatenate([_colours(lab, garment), _EDGE_WEIGHT * _edges(lab)], axis=1))


def _colours(lab: NDArray[np.float32], garment: NDArray[np.float32]) -> Vectors:
    """Soft histogram, (n, product of bins): every pixel is shared out among the 8 bins around."""
    n, weight = len(lab), garment.reshape(len(lab), -1) + np.float32(1e-3)
    flat = lab.reshape(n, -1, 3)
    # chroma by its root: near grey, where garments crowd, the bins are narrow
    root = np.sign(flat[..., 1:]) * np.sqrt(np.abs(flat[..., 1:]))
    scaled = np.concatenate([flat[..., :1] / 100, (root + 8.5) / 17], axis=-1)
    last = np.array(_BINS, np.float32) - 1
    place = np.clip(scaled * last, 0, last - np.float32(1e-3))
    low = place.astype(np.int64)
    part = place - low
    start = np.arange(n)[:, None] * int(np.prod(_BINS))
    counts = np.zeros(n * int(np.prod(_BINS)))
    for corner in np.ndindex(2, 2, 2):
        step = np.array(corner)
        shared = weight * np.abs(1 - step - part).prod(axis=-1)
        row = start + np.ravel_multi_index(tuple(np.moveaxis(low + step, -1, 0)), _BINS)
        counts += np.bincount(row.ravel(), shared.ravel(), counts.size)
    return unit(np.sqrt(counts.reshape(n, -1)))


def _edges(lab: NDArray[np.float32]) -> Vectors:
    """Edge orientations by cell of the grid, (n, rows * columns * orientations)."""
    down, right = _tents(_GRID[0], _HEIGHT_PX), _tents(_GRID[1], _WIDTH_PX)
    cells = np.einsum("gh,nohw,kw->ngko", down, _orientations(lab), right, optimize=True)
    strength = np.linalg.norm(cells, axis=-1, keepdims=True)
    floor = _FLOOR * strength.mean(axis=(1, 2), keepdims=True) + np.float32(1e-6)
    shape = np.sqrt(cells / (strength + floor))
    shape -= shape.mean(axis=(1, 2), keepdims=True)
    return unit(shape.reshape(len(lab), -1))


def _orientations(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength of the edges by orientation, (n, orientations, height, width)."""
    channels = lab * np.array([1, 0.7, 0.7], np.float32)
    y, x = np.zeros_like(channels), np.zeros_like(channels)
    y[:, 1:-1] = channels[:, 2:] - channels[:, :-2]
    x[:, :, 1:-1] = channels[:, :, 2:] - channels[:, :, :-2]
    strongest = (y * y + x * x).argmax(axis=-1)[..., None]
    y = np.take_along_axis(y, strongest, -1)[..., 0]
    x = np.take_along_axis(x, strongest, -1)[..., 0]
    turn = (np.arctan2(y, x) % np.pi) * np.float32(_ORIENTATIONS / np.pi)
    bins = np.arange(_ORIENTATIONS, dtype=np.float32)[:, None, None]
    away = np.abs(turn[:, None] - bins)
    away = np.minimum(away, _ORIENTATIONS - away)
    return np.hypot(y, x)[:, None] * np.maximum(1 - away, 0)


def _tents(n_cells: int, side_px: int) -> NDArray[np.float32]:
    """Overlapping weights of the pixels of a side for each cell, (n_cells, side_px)."""
    place = (np.arange(side_px) + 0.5) / side_px * n_cells - 0.5
    return np.maximum(0, 1 - np.abs(place - np.arange(n_cells)[:, None])).astype(np.float32)


def _tags(lab: NDArray[np.float32], garment: NDArray[np.float32]) -> list[Tags]:
    colours, shares = dominant_lab(lab, garment * centre_weights(_HEIGHT_PX, _WIDTH_PX))
    rows, distances = nearest_names(colours)
    named = zip(rows, shares, distances, strict=True)
    return [{_HEAD: _tag(COLOUR_NAMES[r], float(s), float(d))} for r, s, d in named]


def _tag(name: str, share: float, distance: float) -> Tag:
    score = _SURE + _PER_SHARE * share + _PER_DISTANCE * distance
    score += 0 if name in COMMON_COLOURS else _RARE
    confidence = float(1 / (1 + np.exp(-score)))
    return Tag(name, confidence, unsure=confidence < _THRESHOLD)
