"""The baseline `mobilenet-v2-imagenet`: features of a plain ImageNet network, from its TFLite file.

Sandler et al. (2018), 1280 numbers: the tensor before the classifier. The weights (Apache-2.0) are
not part of vitrine; any quantised MobileNetV2 1.0 224 file does.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.errors import ConfigurationError, ShapeError, missing_extra
from vitrine.types import EncoderIdentity
from vitrine.vectors import unit

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.types import Pixels, Vectors

MOBILENET = "mobilenet-v2-imagenet"
_SIDE_PX, _DIM = 224, 1280
_DATA_VARIABLE = "VITRINE_REAL_DATA"


class MobileNetEncoder:
    """One TFLite file, run photo by photo on one thread."""

    def __init__(self, weights: Path) -> None:
        """Open the file.

        Raises:
            MissingExtraError: ai-edge-litert is not installed.
            ConfigurationError: the file is no MobileNetV2.
        """
        from vitrine.fetch import sha256_of

        self._net = _open(weights)
        self._input = self._net.get_input_details()[0]
        self._features = _features(self._net, weights)
        rule = f"squash {_SIDE_PX} x {_SIDE_PX} px, bilinear, bytes, before the classifier"
        self._identity = EncoderIdentity(MOBILENET, sha256_of(weights), _DIM, rule)

    @property
    def identity(self) -> EncoderIdentity:
        """Its hash is the file's."""
        return self._identity

    def prepare(self, image: Image.Image) -> Pixels:
        """Squashed to a square, as the ImageNet models are used for features."""
        from PIL import Image

        return np.asarray(image.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BILINEAR))

    def embed(self, pixels: Pixels) -> Vectors:
        """Run the network for each photo."""
        if pixels.shape[1:] != (_SIDE_PX, _SIDE_PX, 3):
            raise ShapeError(
                f"pixels have the shape {pixels.shape}; expected (n, {_SIDE_PX}, {_SIDE_PX}, 3)"
            )
        found = np.empty((len(pixels), _DIM), np.float32)
        scale, zero = self._features["quantization"]
        for row, photo in enumerate(pixels):
            self._net.set_tensor(self._input["index"], photo[None])
            self._net.invoke()
            raw = self._net.get_tensor(self._features["index"]).reshape(-1).astype(np.float32)
            found[row] = (raw - zero) * (scale or 1)
        # a photo in which it sees nothing still needs a place of length 1
        return unit(np.where(found.any(axis=1, keepdims=True), found, np.float32(1)))


def find_mobilenet(*beside: Path) -> Path | None:
    """Look for the file in `weights/`, beside the sources given or in the folder of research data.

    The folder of research data is what the variable VITRINE_REAL_DATA names.
    """
    for folder in _weights_folders(beside):
        found = sorted(folder.glob("*mobilenet_v2_1.0_224*.tflite"), key=_preference)
        if found:
            return found[0]
    return None


def _weights_folders(beside: tuple[Path, ...]) -> Iterator[Path]:
    for source in beside:
        for folder in (source, *list(source.absolute().parents)[:2]):
            yield folder / "weights"
    if data := os.environ.get(_DATA_VARIABLE):
        yield Path(data) / "weights"


def _preference(path: Path) -> tuple[bool, str]:
    """The newer file keeps a scale for every channel and loses less."""
    return not path.name.startswith("tf2_"), path.name


def _open(weights: Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise missing_extra(f"the baseline {MOBILENET}", "ai-edge-litert", "dev") from error
    if not weights.is_file():
        raise ConfigurationError(f"no such file of weights: {weights}; give one with --weights")
    try:
        with warnings.catch_warnings():
            # it warns that keeping the tensor before the classifier costs memory
            warnings.simplefilter("ignore")
            net = Interpreter(
                model_path=str(weights), num_threads=1, experimental_preserve_all_tensors=True
            )
            net.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ConfigurationError(f"{weights} is no TFLite model: {error}") from error
    return net


def _features(net: Any, weights: Path) -> dict[str, Any]:
    given = net.get_input_details()[0]
    pooled = [t for t in net.get_tensor_details() if tuple(t["shape"]) == (1, 1, 1, _DIM)]
    fits = tuple(given["shape"]) == (1, _SIDE_PX, _SIDE_PX, 3) and given["dtype"] == np.uint8
    if not pooled or not fits:
        raise ConfigurationError(
            f"{weights} is no quantised MobileNetV2 1.0 for {_SIDE_PX} px: it needs photos as "
            f"bytes and a tensor of {_DIM} numbers before the classifier"
        )
    return pooled[0]
