"""What exported graphs say of photos, decoded as they will be in use."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vitrine.encoders.pixels import fit_pixels
from vitrine.images import decode
from vitrine.train.cache import OnPhotos
from vitrine.types import Pixels, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_BATCH = 64
_DECODE_PX = 320


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One graph's answers."""

    vectors: Vectors
    """(n, dim) of length 1."""
    features: NDArray[np.float32]
    """(n, features): the mean of the last map, of which vector and logits are linear; (n, 0) of
    graphs that do not give it."""
    logits: Mapping[str, NDArray[np.float32]]
    """Head -> (n, values)."""


def read_pixels(paths: Sequence[str], height_px: int, width_px: int, threads: int = 0) -> Pixels:
    """(n, height_px, width_px, 3), as `load_encoder(...).prepare` makes them of these files."""
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        found = list(pool.map(_read, paths, repeat(height_px), repeat(width_px)))
    return np.stack(found) if found else np.empty((0, height_px, width_px, 3), np.uint8)


def as_input(pixels: Pixels) -> NDArray[np.float32]:
    """(n, 3, h, w) in 0..1."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def ask(
    graphs: Sequence[Path],
    paths: Sequence[str],
    height_px: int,
    width_px: int,
    on_photos: OnPhotos | None = None,
    threads: int = 0,
) -> list[Said]:
    """Run every graph over the same photos.

    Args:
        graphs: ONNX files with `pixels`, `vector`, `tag_*`, and perhaps `feature`.
        paths: of photos, at least one.
        height_px: of the graphs' input.
        width_px: of the graphs' input.
        on_photos: called as photos are done.
        threads: 0 takes all cores.
    """
    sessions = [_open(graph, threads) for graph in graphs]
    found: list[list[dict[str, NDArray[np.float32]]]] = [[] for _ in sessions]
    for start in range(0, len(paths), _BATCH):
        part = paths[start : start + _BATCH]
        pixels = as_input(read_pixels(part, height_px, width_px, threads))
        for session, answers in zip(sessions, found, strict=True):
            names = [o.name for o in session.get_outputs() if o.name != "cells"]
            outputs = session.run(names, {"pixels": pixels})
            answers.append(dict(zip(names, map(np.asarray, outputs), strict=True)))
        if on_photos:
            on_photos(start + len(part), len(paths))
    return [_joined(answers) for answers in found]


def _joined(answers: Sequence[Mapping[str, NDArray[np.float32]]]) -> Said:
    joined = {name: np.concatenate([a[name] for a in answers]) for name in answers[0]}
    vectors = joined.pop("vector")
    features = joined.pop("feature", np.empty((len(vectors), 0), np.float32))
    logits = {name.removeprefix("tag_"): found for name, found in joined.items()}
    return Said(vectors, features, logits)


def _read(path: str, height_px: int, width_px: int) -> Pixels:
    least = max(_DECODE_PX, 2 * max(height_px, width_px))
    return fit_pixels(decode(Path(path).read_bytes(), at_least_px=least).image, height_px, width_px)


def _open(graph: Path, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
