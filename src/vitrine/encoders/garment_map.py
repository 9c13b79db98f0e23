"""Which kind of garment is where on a photo of a person: a small network of the package.

`encoders/garments/MODEL_CARD.md` says what it was trained on and how well it does. It belongs to no
encoder: encoders come and go, boxes stay where they are.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders.graphs import Graph
from vitrine.errors import DISTRIBUTION, ConfigurationError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

KINDS = (
    *("top", "outerwear", "dress", "bottom", "hosiery"),
    *("footwear", "bag", "hat", "scarf"),
)
"""What it tells apart, in the order of its output; behind them come people and everything else."""

HEIGHT_PX, WIDTH_PX = 144, 96


class GarmentMap:
    """The network, loaded.

    Raises:
        ConfigurationError: its file is missing or damaged.
    """

    def __init__(self, threads: int = 1) -> None:
        path = Path(str(files("vitrine.encoders").joinpath("garments", "garments.onnx")))
        if not path.is_file():
            raise ConfigurationError(
                f"{path} is missing; install the released package again "
                f"(pip install --force-reinstall {DISTRIBUTION})"
            )
        self._graph = Graph("garments", path, threads)

    def look(self, image: Image.Image) -> NDArray[np.float32]:
        """Say of each place of a photo how likely each kind of garment is there.

        Args:
            image: RGB, upright.

        Returns:
            (kinds, rows, columns), each 0..1, at most 1 together; the whole photo and nothing else.
        """
        pixels, (top, left, height, width) = _framed(image)
        feed = {"pixels": pixels.astype(np.float32).transpose(2, 0, 1)[np.newaxis] / 255}
        [[likely]] = self._graph.run(["likely"], feed)
        step = HEIGHT_PX / likely.shape[1]
        rows = slice(round(top / step), max(round(top / step) + 1, round((top + height) / step)))
        columns = slice(
            round(left / step), max(round(left / step) + 1, round((left + width) / step))
        )
        return likely[: len(KINDS), rows, columns]


@cache
def garment_map() -> GarmentMap:
    """The network on one thread, loaded once."""
    return GarmentMap()


def _framed(image: Image.Image) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """The photo within the frame that the network reads, mirrored into the margins, as in training.

    Returns:
        (HEIGHT_PX, WIDTH_PX, 3), and where the photo lies: top, left, height, width in pixels.
    """
    from PIL import Image

    scale = min(WIDTH_PX / image.width, HEIGHT_PX / image.height)
    width = min(WIDTH_PX, max(1, round(image.width * scale)))
    height = min(HEIGHT_PX, max(1, round(image.height * scale)))
    small = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    top, left = (HEIGHT_PX - height) // 2, (WIDTH_PX - width) // 2
    margins = ((top, HEIGHT_PX - height - top), (left, WIDTH_PX - width - left), (0, 0))
    return np.pad(small, margins, mode="symmetric"), (top, left, height, width)
