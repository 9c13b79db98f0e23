"""The map of a shop's styles: drawn, kept, and given with the products that came since."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.shop.styling import Styling
from vitrine.store import LearnedRecord, Store
from vitrine.styles.maps import (
    MOST_DRAWN,
    StyleMap,
    draw_map,
    map_from_bytes,
    map_to_bytes,
    placed,
    shift,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.styles import StyleBoard
    from vitrine.types import Json, Rows

_NAME = "style_map"
SCALE = 10_000
"""What positions are multiplied with before they become whole numbers."""

_CELLS = 6  # a unit of the map, which is about 2 wide
_GOLDEN_ANGLE = 137.508  # between the hues of a style and the next: few are alike


def style_colour(place: int) -> str:
    """A colour for the style at a position of `MapView.places`, as CSS; to be seen on any paper."""
    return f"hsl({place * _GOLDEN_ANGLE % 360:.0f} 60% {(45, 58)[place % 2]}%)"


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """What `draw` did."""

    n_products: int
    n_drawn: int
    """By t-SNE; the others lie beside their neighbours."""
    seconds: float
    shift: float | None
    """How far products moved (median, as a share of the map's radius); None at first."""

    def to_json(self) -> Json:
        """The shape that the command line prints."""
        moved = None if self.shift is None else round(self.shift, 4)
        return {
            "products": self.n_products,
            "drawn": self.n_drawn,
            "seconds": round(self.seconds, 2),
            "shift": moved,
        }


@dataclass(frozen=True, slots=True)
class StylePlace:
    """Where a style's products lie."""

    style_id: str
    name: str
    size: int
    x: float
    """Where most of its products are; so is y."""
    y: float


@dataclass(frozen=True, slots=True)
class MapView:
    """The map of the shop as it is now; products that t-SNE drew come first."""

    product_ids: tuple[str, ...]
    positions: NDArray[np.float32]
    """(n, 2)"""
    styles: Rows
    """(n,) positions in `places`."""
    places: tuple[StylePlace, ...]
    """Every style that has products, the largest first."""
    drawn_at: str
    """ISO 8601, UTC."""

    def to_json(self, most: int = MOST_DRAWN) -> Json:
        """The shape that the HTTP API gives: columns, positions as whole numbers.

        Args:
            most: how many products at most; styles are told of in any case.
        """
        points = np.rint(self.positions[:most] * SCALE).astype(int)
        return {
            "products": len(self.product_ids),
            "drawn_at": self.drawn_at,
            "scale": SCALE,
            "styles": [
                {
                    "style_id": each.style_id,
                    "name": each.name,
                    "size": each.size,
                    "x": round(each.x * SCALE),
                    "y": round(each.y * SCALE),
                }
                for each in self.places
            ],
            "product_ids": list(self.product_ids[:most]),
            "x": points[:, 0].tolist(),
            "y": points[:, 1].tolist(),
            "style": self.styles[:most].tolist(),
        }


class StyleMaps:
    """The map of one shop; safe to share between threads.

    Args:
        store: where it is kept.
        styling: gives the styles and the products' vectors.
        clock: now, in UTC.
    """

    def __init__(
        self,
        store: Store,
        styling: Styling,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._styling = styling
        self._clock = clock
        self._shown: tuple[str, StyleBoard, MapView] | None = None
        self._making = threading.Lock()

    def draw(self, *, seed: int = 0, most_drawn: int = MOST_DRAWN) -> DrawnMap:
        """Draw the map and keep it; products stay near to where they lay on the one before.

        Args:
            seed: of t-SNE.
            most_drawn: how many products t-SNE draws; the others go beside their neighbours.

        Raises:
            NotFoundError: no styles were found yet.
            DataError: fewer than 4 products have a photo, or styles belong to another encoder.
            UsageError: fewer than 4 products would be drawn.
        """
        if most_drawn < 4:
            raise UsageError(f"a map is drawn from 4 products or more, not {most_drawn}")
        started = time.perf_counter()
        board = self._styling.board()
        encoder, looks = board.model.encoder_sha256, board.looks
        before = self._kept()
        if before is not None and before.encoder_sha256 != encoder:
            before = None
        found = draw_map(
            looks.product_ids,
            looks.vectors,
            encoder,
            before=before,
            seed=seed,
            most_drawn=most_drawn,
        )
        n_drawn = int(np.count_nonzero(found.drawn))
        about = {"products": len(found.product_ids), "drawn": n_drawn}
        now = self._clock().isoformat(timespec="microseconds")
        with self._store.transaction() as writer:
            writer.put_learned(LearnedRecord(_NAME, map_to_bytes(found), about, now))
        moved = float("nan") if before is None else shift(before, found)
        seconds = time.perf_counter() - started
        return DrawnMap(len(found.product_ids), n_drawn, seconds, None if isnan(moved) else moved)

    def show(self) -> MapView:
        """The map with every product of today; those that came since lie beside their neighbours.

        Raises:
            NotFoundError: no styles were found, or no map was drawn yet.
            DataError: they belong to another encoder.
        """
        board = self._styling.board()
        drawn_at = self._store.learned_at(_NAME)
        with self._making:
            shown = self._shown
            if shown is None or shown[0] != drawn_at or shown[1] is not board:
                shown = self._shown = (drawn_at, board, self._made(board, drawn_at))
            return shown[2]

    def _kept(self) -> StyleMap | None:
        record = self._store.learned(_NAME)
        return None if record is None else map_from_bytes(record.content)

    def _made(self, board: StyleBoard, drawn_at: str) -> MapView:
        kept = self._kept()
        if kept is None:
            raise NotFoundError("no map of this shop was drawn yet; vitrine styles map does")
        if kept.encoder_sha256 != board.model.encoder_sha256:
            raise DataError(
                "the shop moved to another encoder since its map was drawn; draw it anew: "
                "vitrine styles map"
            )
        positions, drawn = _positions(kept, board)
        order = np.argsort(~drawn, kind="stable")
        styles, places = _places(board, positions)
        return MapView(
            tuple(board.looks.product_ids[row] for row in order.tolist()),
            positions[order],
            styles[order],
            places,
            drawn_at,
        )


def _positions(kept: StyleMap, board: StyleBoard) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where each product of today lies, (n, 2), and whether t-SNE drew it, (n,)."""
    places = kept.places()
    rows = np.array([places.get(each, -1) for each in board.looks.product_ids], dtype=np.int64)
    known = rows >= 0
    drawn = known & kept.drawn[rows]
    if not drawn.any():
        raise NotFoundError("nothing that the map shows is left; draw it anew: vitrine styles map")
    positions = kept.positions[rows]
    vectors = board.looks.vectors
    positions[~known] = placed(vectors[~known], vectors[drawn], positions[drawn])
    return positions, drawn


def _places(
    board: StyleBoard, positions: NDArray[np.float32]
) -> tuple[Rows, tuple[StylePlace, ...]]:
    """The style of each product, as a position among the styles that have any."""
    order: list[int] = []
    places: list[StylePlace] = []
    for style in board.summaries:
        if not style.size:
            continue
        position = board.model.position(style.style_id)
        middle = _thick_of(positions[board.membership.styles == position])
        order.append(position)
        x, y = (float(each) for each in middle)
        places.append(StylePlace(style.style_id, style.name, style.size, x, y))
    moved = np.full(len(board.model.styles), -1)
    moved[order] = np.arange(len(order))
    return moved[board.membership.styles], tuple(places)


def _thick_of(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle of the points in the fullest cell of a grid; a style may lie in several places."""
    cells = np.floor(points * _CELLS).astype(np.int64)
    _, which, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    return np.median(points[which.ravel() == counts.argmax()], axis=0)
