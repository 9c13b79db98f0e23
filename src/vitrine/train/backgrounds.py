"""What is pasted behind products: windows of street photos, or made by code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.catalog import read_mask
from vitrine.errors import DataError, ImageError
from vitrine.images import decode
from vitrine.types import Pixels

_PER_PHOTO = 4
_TRIALS = 30
_FREE = 0.93
_N_DRAWN = 64


def read_backgrounds(
    masked: Sequence[tuple[str, str]], height_px: int, width_px: int, seed: int = 0
) -> Pixels:
    """Windows that show hardly any person or garment: (n, height_px, width_px, 3).

    Args:
        masked: paths of photo and mask (class 0: neither person nor garment). Without any,
            64 coloured gradients with noise are drawn.
        height_px: of a window.
        width_px: of a window.
        seed: of the choice of windows.
    """
    rng = np.random.default_rng(seed)
    windows: list[Pixels] = []
    for photo, mask in sorted(masked):
        try:
            image = decode(Path(photo).read_bytes()).image
            free = _free(Path(mask), image.size)
        except (ImageError, DataError, OSError):
            continue  # a background less; the photo itself is not learnt from
        windows += _free_windows(image, free, rng, height_px, width_px)
    return np.stack(windows) if windows else _drawn(rng, height_px, width_px)


def _free(mask: Path, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where a mask of any size has class 0: (height, width) of `size`.

    Raises:
        DataError: the file is no mask, or too large for one.
    """
    classes = Image.fromarray(read_mask(str(mask)))
    return np.asarray(classes.resize(size, Image.Resampling.NEAREST)) == 0


def _free_windows(
    image: Image.Image,
    free: NDArray[np.bool_],
    rng: np.random.Generator,
    height_px: int,
    width_px: int,
) -> list[Pixels]:
    found: list[Pixels] = []
    for _ in range(_TRIALS):
        width = int(rng.uniform(0.25, 0.6) * image.width)
        height = min(width * height_px // width_px, image.height)
        left = int(rng.integers(0, image.width - width + 1))
        top = int(rng.integers(0, image.height - height + 1))
        if free[top : top + height, left : left + width].mean() > _FREE:
            window = image.crop((left, top, left + width, top + height))
            small = window.resize((width_px, height_px), Image.Resampling.BILINEAR)
            found.append(np.asarray(small))
            if len(found) == _PER_PHOTO:
                break
    return found


def _drawn(rng: np.random.Generator, height_px: int, width_px: int) -> Pixels:
    down = np.linspace(0, 1, height_px)[:, None, None]
    across = np.linspace(0, 1, width_px)[None, :, None]
    windows: list[Pixels] = []
    for _ in range(_N_DRAWN):
        corners = rng.uniform(20, 235, (3, 3))
        plane = corners[0] + (corners[1] - corners[0]) * down + (corners[2] - corners[0]) * across
        grain = rng.normal(0, rng.uniform(2, 20), (height_px, width_px, 1))
        windows.append((plane + grain).clip(0, 255).astype(np.uint8))
    return np.stack(windows)
