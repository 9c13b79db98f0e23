"""A teacher's features: an ImageNet network whose looks the student learns to imitate."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitrine.evaluate.mobilenet import MobileNetEncoder
from vitrine.images import decode
from vitrine.train.cache import OnPhotos
from vitrine.train.table import Table

_BATCH = 32


def teacher_features(
    weights: Path,
    table: Table,
    folder: Path,
    on_photos: OnPhotos | None = None,
    threads: int = 0,
) -> NDArray[np.float16]:
    """Features of every photo, minus their mean over the training part: (photos, 1280).

    They are computed once and kept in `folder`.

    Args:
        weights: quantised MobileNetV2 1.0 224 as TFLite.
        table: the photos.
        folder: of the cache.
        on_photos: called as photos are done.
        threads: worker threads; 0 takes all cores.

    Raises:
        MissingExtraError: ai-edge-litert is not installed.
        ConfigurationError: the file is no such network.
    """
    key = _key(MobileNetEncoder(weights).identity.sha256, [p.path for p in table.photos])
    kept, done = folder / "teacher.npy", folder / "teacher.json"
    if not (done.is_file() and json.loads(done.read_text("utf-8")) == key):
        done.unlink(missing_ok=True)
        np.save(kept, _embedded(weights, table, on_photos, threads))
        done.write_text(json.dumps(key), encoding="utf-8")
    found = np.load(kept).astype(np.float32)
    return (found - found[table.rows("train")].mean(0)).astype(np.float16)


def _embedded(
    weights: Path, table: Table, on_photos: OnPhotos | None, threads: int
) -> NDArray[np.float16]:
    paths = [photo.path for photo in table.photos]
    chunks = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    own = threading.local()  # a network runs one photo at a time: every thread has its own

    def features(chunk: Sequence[str]) -> NDArray[np.float16]:
        if not hasattr(own, "teacher"):
            own.teacher = MobileNetEncoder(weights)
        images = [decode(Path(path).read_bytes(), at_least_px=320).image for path in chunk]
        pixels = np.stack([own.teacher.prepare(image) for image in images])
        # of length 1 each, which neither the cosine nor the order of a batch mind
        return own.teacher.embed(pixels).astype(np.float16)

    found: list[NDArray[np.float16]] = []
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for part in pool.map(features, chunks):
            found.append(part)
            if on_photos:
                on_photos(min(len(found) * _BATCH, len(paths)), len(paths))
    return np.concatenate(found)


def _key(teacher: str, paths: Sequence[str]) -> dict[str, str]:
    return {"teacher": teacher, "photos": hashlib.sha256("\n".join(paths).encode()).hexdigest()}
