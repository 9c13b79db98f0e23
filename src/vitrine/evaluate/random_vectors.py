"""The baseline `random`: what any figure is worth when nothing is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from vitrine.types import EncoderIdentity
from vitrine.vectors import unit

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.types import Pixels, Vectors

RANDOM = "random"
_DIM = 64
_SIDE_PX = 8


class RandomEncoder:
    """A random direction for every photo and text; the same one has the same vector every time."""

    @property
    def identity(self) -> EncoderIdentity:
        """Its hash names the rule."""
        rule = f"random {_DIM} by SHA-256 of {_SIDE_PX} x {_SIDE_PX} px"
        return EncoderIdentity(RANDOM, sha256(rule.encode()).hexdigest(), _DIM, rule)

    @property
    def knows_words(self) -> bool:
        """As little as it knows photos."""
        return True

    def prepare(self, image: Image.Image) -> Pixels:
        """Small, so that it costs nothing."""
        return np.asarray(image.resize((_SIDE_PX, _SIDE_PX)))

    def embed(self, pixels: Pixels) -> Vectors:
        """One direction for every photo."""
        return _directions(photo.tobytes() for photo in pixels)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """One direction for every text."""
        return _directions(text.encode() for text in texts)


def _directions(contents: Iterable[bytes]) -> Vectors:
    seeds = [int.from_bytes(sha256(content).digest()[:8], "big") for content in contents]
    rows = [np.random.default_rng(seed).normal(size=_DIM) for seed in seeds]
    return unit(np.array(rows, np.float32).reshape(-1, _DIM))
