"""An encoder's features as its model gives them, to be ranked by Euclidean distance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.encoders.onnx import OnnxEncoder
    from vitrine.types import EncoderIdentity, Pixels


class Unscaled:
    """Not for shops, whose vectors have length 1; it tags nothing and understands no words."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder

    @property
    def identity(self) -> EncoderIdentity:
        """Told from the same encoder with vectors of length 1."""
        given = self._encoder.identity
        return replace(given, preprocessing=f"{given.preprocessing}, not scaled")

    def prepare(self, image: Image.Image) -> Pixels:
        """As the model sees it."""
        return self._encoder.prepare(image)

    def embed(self, pixels: Pixels) -> NDArray[np.float32]:
        """Features (n, dim) of any length."""
        return self._encoder.features(pixels)
