"""Which parts of a photo a similarity comes from, as cells that lie on the photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.search.query import Box
from vitrine.types import Json

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """What each cell of a photo adds to a cosine; some cells speak against it."""

    values: NDArray[np.float32]
    """(rows, columns), the top row first; they sum to the cosine."""
    box: Box
    """The part of the photo that the cells share out evenly."""
    margins: float
    """What the margins add that the encoder puts around the photo; it is part of the values, the
    same in each."""

    def to_json(self) -> Json:
        """Rows, columns, box, margins and the values row by row."""
        rows, columns = self.values.shape
        return {
            "rows": rows,
            "columns": columns,
            "box": [round(side, _DIGITS) for side in self.box.sides],
            "margins": round(self.margins, _DIGITS),
            "values": [[round(value, _DIGITS) for value in row] for row in self.values.tolist()],
        }


def heat_map(
    parts: NDArray[np.floating],
    frame: tuple[float, float, float, float],
    crop: Box | None = None,
    *,
    whole: bool = True,
) -> HeatMap:
    """Lay what an encoder's cells add to a similarity onto the photo.

    An encoder sees a frame: the photo with margins, or its middle. Where the two are not the same,
    cells of the frame are shared out among even cells of the photo by the area that they have in
    common, and what lies in the margins is added to all cells alike. Nothing gets lost.

    Args:
        parts: (rows, columns) of the frame, as `similarity_map` gives them.
        frame: left, top, right and bottom in shares of what was looked at.
        crop: what was looked at; None is the whole photo.
        whole: the parts are a sum; else what lies in the margins is left out.

    Example:
        >>> heat = heat_map(np.array([[0.25], [0.5], [0.25]]), (0.0, -1.0, 1.0, 2.0))
        >>> heat.values.tolist(), heat.margins
        ([[1.0]], 0.5)
    """
    left, top, right, bottom = frame
    seen = Box(max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0))
    down = _shared_out(parts.shape[0], (top, bottom), (seen.top, seen.bottom))
    across = _shared_out(parts.shape[1], (left, right), (seen.left, seen.right))
    inside = down @ parts.astype(np.float64) @ across.T
    margins = float(parts.sum(dtype=np.float64) - inside.sum()) if whole else 0.0
    values = (inside + margins / inside.size).astype(np.float32)
    return HeatMap(values, seen.within(crop or _WHOLE), margins)


def _shared_out(
    n_cells: int, frame: tuple[float, float], seen: tuple[float, float]
) -> NDArray[np.float64]:
    """How much of each cell along one side goes to each cell of what is seen, (n_seen, n_cells)."""
    length = (frame[1] - frame[0]) / n_cells
    n_seen = max(1, round((seen[1] - seen[0]) / length))
    given = np.linspace(*frame, n_cells + 1)
    taken = np.linspace(*seen, n_seen + 1)[:, np.newaxis]
    common = np.minimum(given[1:], taken[1:]) - np.maximum(given[:-1], taken[:-1])
    return np.maximum(common, 0.0) / length
