"""Pictures of a run: curves, confusion matrices, and photos side by side."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.train.student import LOSS_WEIGHTS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

_MOST_CLASSES = 40
_PLACE = ("step", "epoch", "minutes", "progress")
_LOSSES = frozenset({"total", *LOSS_WEIGHTS})

Line = Mapping[str, Any]
"""Of a log: where in the run, and what was measured there."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in the report: a plot, or a photo with what was said of it."""

    png: bytes
    caption: str
    wrong: bool = False


def confusion_picture(
    head: str, matrix: NDArray[np.int64], names: Sequence[str], folder: Path
) -> Picture:
    """Draw a confusion matrix, rows true and adding up to 1; kept in the run's folder too.

    Args:
        head: what is classified.
        matrix: (classes, classes) counts, rows are true.
        names: of the classes; beyond 40 only the most frequent are drawn.
        folder: of the run.
    """
    import numpy as np

    chosen = np.sort(np.argsort(-matrix.sum(1), kind="stable")[:_MOST_CLASSES])
    shares = matrix[np.ix_(chosen, chosen)] / matrix[chosen].sum(1, keepdims=True).clip(1)
    shown = [str(names[int(i)]) for i in chosen]
    side = 2 + 0.28 * len(shown)
    figure = _figure(side, side)
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    axes.set_xticks(range(len(shown)), shown, rotation=90, fontsize=7)
    axes.set_yticks(range(len(shown)), shown, fontsize=7)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    png = _png(figure)
    (folder / f"confusion_{head}.png").write_bytes(png)
    n_left = len(names) - len(chosen)
    left = f"; {n_left} rarer classes are left out" if n_left else ""
    return Picture(png, f"{head}: {int(matrix.sum()):,} photos kept aside{left}")


def confusion(
    logits: NDArray[np.float32], labels: NDArray[np.int64], n_values: int
) -> NDArray[np.int64]:
    """Counts (true, predicted) over rows whose label is known (not -1)."""
    import numpy as np

    known = labels >= 0
    matrix = np.zeros((n_values, n_values), np.int64)
    np.add.at(matrix, (labels[known], logits[known].argmax(1)), 1)
    return matrix


def photo_strip(pixels: Tensor, caption: str, *, wrong: bool = False) -> Picture:
    """Photos side by side: (n, 3, h, w) in 0..1."""
    return image_strip(images_of(pixels), caption, wrong=wrong)


def image_strip(images: Sequence[Image], caption: str, *, wrong: bool = False) -> Picture:
    """Images of one height, side by side."""
    from PIL import Image as Images

    whole = Images.new("RGB", (sum(image.width for image in images), images[0].height))
    left = 0
    for image in images:
        whole.paste(image, (left, 0))
        left += image.width
    out = io.BytesIO()
    whole.save(out, "PNG")
    return Picture(out.getvalue(), caption, wrong)


def images_of(pixels: Tensor) -> list[Image]:
    """Photos (n, 3, h, w) in 0..1 as images."""
    from PIL import Image as Images

    return [
        Images.fromarray(photo) for photo in (pixels.cpu() * 255).byte().permute(0, 2, 3, 1).numpy()
    ]


def curves(lines: Sequence[Line]) -> list[Picture]:
    """A plot of the losses, and one for all figures that begin with the same word."""
    groups: dict[str, list[str]] = {}
    for name in measured(lines):
        groups.setdefault(_family(name), []).append(name)
    return [
        _plot({name: _points(lines, name) for name in names}, family)
        for family, names in groups.items()
    ]


def overlaid(logs: Mapping[str, Sequence[Line]]) -> list[Picture]:
    """A plot for every figure that two runs or more have, with a curve for each run."""
    names = dict.fromkeys(name for lines in logs.values() for name in measured(lines))
    return [
        _plot({run: _points(lines, name) for run, lines in logs.items()}, name)
        for name in names
        if sum(bool(_points(lines, name)) for lines in logs.values()) > 1
    ]


def measured(lines: Sequence[Line]) -> list[str]:
    """Names of what a log holds, but of where in the run it was measured."""
    return [n for n in dict.fromkeys(k for line in lines for k in line) if n not in _PLACE]


def _family(name: str) -> str:
    """What a figure is drawn with.

    Example:
        >>> [_family(name) for name in ("loss_tags", "kind", "unseen_gender", "P@10")]
        ['losses', 'losses', 'unseen', 'P@10']
    """
    if name.startswith("loss") or name in _LOSSES:
        return "losses"
    return name.split("_", 1)[0]


def _points(lines: Sequence[Line], name: str) -> list[tuple[float, float]]:
    return [(float(line["epoch"]), float(line[name])) for line in lines if name in line]


def _plot(drawn: Mapping[str, Sequence[tuple[float, float]]], caption: str) -> Picture:
    figure = _figure(7, 3.2)
    axes = figure.add_subplot()
    for name, points in drawn.items():
        if points:
            axes.plot(
                *zip(*points, strict=True), label=name, marker="." if len(points) < 20 else ""
            )
    axes.set_xlabel("epoch")
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return Picture(_png(figure), caption)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
