"""A whole shop in a temporary folder: draw photos, index them, find one again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from vitrine.errors import DataError

if TYPE_CHECKING:
    from vitrine.settings import Settings
    from vitrine.types import Json

_DRAWN = {"red-dress": (190, 30, 40), "blue-shirt": (40, 70, 160), "green-coat": (40, 110, 60)}


def find_a_drawing(settings: Settings, encoder: str) -> Json:
    """Index three drawings and search by a smaller copy of one, under another format.

    Raises:
        VitrineError: anything on the way does not work.
        DataError: another product was found than the one drawn.
    """
    from vitrine.shop import build

    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="vitrine-doctor-") as temporary:
        folder = Path(temporary, "photos")
        folder.mkdir()
        for name, colour in _DRAWN.items():
            _draw(folder / f"{name}.png", 240, colour)
        wanted, colour = next(iter(_DRAWN.items()))
        query = Path(temporary, "query.jpg")
        _draw(query, 180, colour)
        with build(folder, Path(temporary, "doctor.shop"), encoder=encoder, settings=settings) as s:
            best = s.search(image=query, k=1)[0]
    if best.product_id != wanted:
        raise DataError(f"searched by {wanted!r}, found {best.product_id!r} first")
    return {
        "encoder": encoder,
        "found": best.product_id,
        "score": round(best.score, 3),
        "took_ms": round((perf_counter() - started) * 1000),
    }


def _draw(path: Path, side_px: int, colour: tuple[int, int, int]) -> None:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side_px * 3 // 4, side_px), "white")
    width, height = image.size
    shape = [(0.35, 0.1), (0.65, 0.1), (0.85, 0.9), (0.15, 0.9)]
    ImageDraw.Draw(image).polygon([(x * width, y * height) for x, y in shape], fill=colour)
    image.save(path)
