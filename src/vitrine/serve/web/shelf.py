"""Photos of visitors, kept for a while under names that nobody can guess."""

from __future__ import annotations

import asyncio
import io
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE_PX = 1600
_MOST_PHOTOS = 2000
_QUALITY = 92
_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A JPEG file of our own making, without anything but pixels."""

    data: bytes
    width: int
    height: int
    parts: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """Garments on it: kind, and left, top, right, bottom as shares."""


class PhotoShelf:
    """Keeps photos in memory; the oldest go first, and none stays longer than it may.

    Used from the event loop alone.

    Args:
        kept_s: how long a photo is kept; 0 keeps none.
        max_bytes: of all photos together.
        clock: seconds that never go back.
    """

    def __init__(
        self, kept_s: float, max_bytes: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.kept_s = kept_s
        self._max_bytes = max_bytes
        self._clock = clock
        self._photos: OrderedDict[str, tuple[float, KeptPhoto]] = OrderedDict()
        self._n_bytes = 0

    def __len__(self) -> int:
        return len(self._photos)

    def put(self, photo: KeptPhoto) -> str:
        """Keep a photo; its name holds 128 random bits."""
        name = secrets.token_urlsafe(_NAME_BYTES)
        self._photos[name] = (self._clock() + self.kept_s, photo)
        self._n_bytes += len(photo.data)
        while self._n_bytes > self._max_bytes or len(self._photos) > _MOST_PHOTOS:
            self.forget(next(iter(self._photos)))
        asyncio.get_running_loop().call_later(self.kept_s, self.forget, name)
        return name

    def get(self, name: str) -> KeptPhoto | None:
        """A photo; None once it has been let go."""
        return self._photos[name][1] if self.left_s(name) > 0 else None

    def left_s(self, name: str) -> float:
        """Seconds that a photo will still be kept; 0 once it has been let go."""
        if name not in self._photos:
            return 0.0
        left = self._photos[name][0] - self._clock()
        if left <= 0:
            self.forget(name)
        return max(0.0, left)

    def forget(self, name: str) -> None:
        """Let a photo go; one that is gone already stays so."""
        if found := self._photos.pop(name, None):
            self._n_bytes -= len(found[1].data)


def cleaned(image: Image.Image) -> KeptPhoto:
    """Encode a decoded photo anew, at most 1600 px a side, without metadata."""
    small = image.convert("RGB")
    small.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    small.info = {}
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return KeptPhoto(out.getvalue(), small.width, small.height)


def shelf_of(request: Request) -> PhotoShelf:
    """The shelf of the app that answers."""
    return request.app.state.photos
