"""Recommendations by parts of the photo: neighbours of every attended region, merged (Le)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vitrine.encoders.model_row import read_model_row
from vitrine.errors import ShapeError, UsageError
from vitrine.metrics import Interval, bootstrap_interval
from vitrine.train.deployed import as_input, read_pixels

_BATCH = 32
OUTPUTS = ("vector", "regions", "glimpses")
"""Of the exported graph of a two-branch network."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a two-branch network sees on n photos."""

    vectors: NDArray[np.float32]
    """(n, dim) of the whole photos, of length 1."""
    regions: NDArray[np.float32]
    """(n, steps, 4): scales sx, sy and centres tx, ty, in -1..1 of the photo as it sees it."""
    glimpses: NDArray[np.float32]
    """(n, steps, d) what is in each region."""


@dataclass(frozen=True, slots=True)
class RegionHit:
    """A neighbour, and for which part of the photo it was found."""

    row: int
    """Of the gallery."""
    region: int
    """Of the photo that asks."""
    their_region: int
    """Of the neighbour: the part that is nearest."""
    distance: float
    """Euclidean, of the two parts."""


def see_regions(model: Path, photos: Sequence[str | Path], threads: int = 0) -> Seen:
    """Ask the exported model of a two-branch run.

    Args:
        model: the run's `model` folder.
        photos: files, at least one.
        threads: 0 takes all cores.

    Raises:
        UsageError: the model has no regions.
    """
    row = read_model_row(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    graph = str(model / row.files.image.path)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    if not set(OUTPUTS) <= {output.name for output in session.get_outputs()}:
        raise UsageError(f"{model} looks at no regions; train it with vitrine train two-branch")
    found: list[list[NDArray[np.float32]]] = []
    for start in range(0, len(photos), _BATCH):
        paths = [str(path) for path in photos[start : start + _BATCH]]
        pixels = read_pixels(paths, row.input.height_px, row.input.width_px, threads)
        found.append([np.asarray(o) for o in session.run(OUTPUTS, {"pixels": as_input(pixels)})])
    vectors, regions, glimpses = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Seen(vectors, regions, glimpses)


def recommend_by_region(
    asked: NDArray[np.float32],
    gallery: NDArray[np.float32],
    k: int,
    left_out: NDArray[np.bool_] | None = None,
) -> list[RegionHit]:
    """The neighbours of every region of one photo, merged in turn, no photo twice.

    For each region the photos are ranked by their nearest region, whichever it is; the list takes
    the best of the first region, the best of the second, and so on, then the next best. Ties go
    by row.

    Args:
        asked: (steps, d) of the photo.
        gallery: (g, steps, d).
        k: how many; at most all of the gallery.
        left_out: (g,) photos that are not to be found.

    Raises:
        ShapeError: the two do not have the same features.

    Example:
        >>> gallery = np.array([[[0.0], [9.0]], [[5.0], [1.0]]])
        >>> [(hit.row, hit.their_region) for hit in recommend_by_region(gallery[0], gallery, 2)]
        [(0, 0), (1, 0)]
    """
    if asked.ndim != 2 or gallery.ndim != 3 or asked.shape[1] != gallery.shape[2]:
        raise ShapeError(f"a photo of {asked.shape} does not go with a gallery of {gallery.shape}")
    ways = [_by_one(part, gallery, left_out) for part in asked]
    taken: dict[int, RegionHit] = {}
    places = [0] * len(ways)
    n_there = len(gallery) if left_out is None else int((~left_out).sum())
    while len(taken) < min(k, n_there) and ways:
        for region, (order, far, theirs) in enumerate(ways):
            while places[region] < n_there and int(order[places[region]]) in taken:
                places[region] += 1
            if places[region] < n_there and len(taken) < k:
                row = int(order[places[region]])
                taken[row] = RegionHit(row, region, int(theirs[row]), float(far[row]))
    return list(taken.values())


def compare_lists(
    plain: NDArray[np.int64], merged: NDArray[np.int64], labels: Mapping[str, NDArray[np.int64]]
) -> dict[str, tuple[Interval, Interval]]:
    """How varied two lists of recommendations are: figure -> (plain, merged), over the queries.

    Args:
        plain: (q, k) rows that whole photos find.
        merged: (q, k) rows that regions find.
        labels: what is counted -> (n,) numbers of values, -1 where not known.
    """
    found: dict[str, tuple[Interval, Interval]] = {}
    for name, numbers in labels.items():
        found[f"different {name}"] = (
            bootstrap_interval(_n_different(numbers[plain])),
            bootstrap_interval(_n_different(numbers[merged])),
        )
    shared = np.array(
        [
            len(set(a) & set(b)) / len(a)
            for a, b in zip(plain.tolist(), merged.tolist(), strict=True)
        ]
    )
    found["share of the plain list"] = (
        bootstrap_interval(shared * 0 + 1),
        bootstrap_interval(shared),
    )
    return found


def _n_different(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different known values every row has: (q, k) -> (q,)."""
    return np.array([len(set(row) - {-1}) for row in values.tolist()], np.int64)


def _by_one(
    part: NDArray[np.float32], gallery: NDArray[np.float32], left_out: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    """Rows from near to far, each one's distance, and which of its regions that is."""
    far = np.linalg.norm(gallery - part, axis=2)
    theirs = far.argmin(1)
    nearest = far[np.arange(len(far)), theirs]
    ranked = nearest if left_out is None else np.where(left_out, np.inf, nearest)
    return np.argsort(ranked, kind="stable"), nearest, theirs
