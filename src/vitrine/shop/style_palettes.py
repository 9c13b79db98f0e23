"""Palettes of styles, out of the small copies of photos that a shop keeps."""

from __future__ import annotations

import io
from collections.abc import Sequence

from vitrine.colours import GarmentColour, dominant_colours
from vitrine.store import Store
from vitrine.styles import StyleBoard, Swatch, palette_of

_N_GARMENTS = 24
_N_COLOURS = 3
_MOST_KEPT = 5_000


class Palettes:
    """Colours of styles; those of a photo are found once.

    Args:
        store: that keeps the small copies.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[GarmentColour, ...]] = {}

    def of_style(self, board: StyleBoard, style_id: str) -> tuple[Swatch, ...]:
        """Colours of up to 24 products, from the middle of a style to its rim.

        Raises:
            NotFoundError: there is no such style.
        """
        return palette_of(self._garments(board.sample(style_id, _N_GARMENTS)))

    def _garments(self, product_ids: Sequence[str]) -> list[tuple[GarmentColour, ...]]:
        photos = self._store.photos(product_ids)
        first = [refs[0].sha256 for refs in photos.values() if refs and refs[0].sha256]
        return [self._colours(sha256) for sha256 in sorted(first)]

    def _colours(self, sha256: str) -> tuple[GarmentColour, ...]:
        if sha256 not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[sha256] = _colours_of(self._store.thumbnail(sha256))
        return self._known[sha256]


def _colours_of(photo: bytes | None) -> tuple[GarmentColour, ...]:
    if not photo:
        return ()
    from PIL import Image

    with Image.open(io.BytesIO(photo)) as image:
        return tuple(dominant_colours(image.convert("RGB"), _N_COLOURS))
