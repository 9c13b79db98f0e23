"""Photos of a prepared table as pixels: as they are, or varied for training."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vitrine.train.augment import catalogue_view, shopper_view
from vitrine.train.cache import Cache
from vitrine.types import Rows

_SHOPPER_SHARE = 0.3


class Views:
    """Pixels of rows, (n, 3, height, width) float32 in 0..1.

    Args:
        cache: of a prepared table.
        side_px: height and width wanted.
        device: where they go.
        augment: whether training views are varied at all.
        pasted: whether some of them have another background, light and crop, as shoppers' have.
    """

    def __init__(
        self,
        cache: Cache,
        side_px: tuple[int, int],
        device: torch.device,
        *,
        augment: bool = True,
        pasted: bool = True,
    ) -> None:
        self._cache, self._side_px, self._device = cache, side_px, device
        self._augment, self._pasted = augment, pasted and len(cache.backgrounds) > 0

    def plain(self, rows: Rows) -> Tensor:
        """As they are."""
        return self._cache.pixels(rows, self._side_px, self._device)

    def varied(self, rows: Rows, rng: np.random.Generator) -> Tensor:
        """Turned, cropped, lit otherwise; some on another background.

        Args:
            rows: of the table.
            rng: chooses backgrounds; torch's own generator does the rest.
        """
        if not self._augment:
            return self.plain(rows)
        shopper = (rng.random(len(rows)) < _SHOPPER_SHARE) & self._pasted
        large = (self._cache.large_row[rows] >= 0) & (self._side_px[0] > self._cache.small.shape[1])
        out = torch.empty(len(rows), 3, *self._side_px, device=self._device)
        for is_large in (False, True):
            for is_shopper in (False, True):
                at = np.flatnonzero((large == is_large) & (shopper == is_shopper))
                if len(at):
                    view = self._bent(rows[at], is_large, is_shopper, rng)
                    out[torch.from_numpy(at).to(self._device)] = view
        return out

    def _bent(self, rows: Rows, large: bool, shopper: bool, rng: np.random.Generator) -> Tensor:
        cache = self._cache
        stored = cache.large[cache.large_row[rows]] if large else cache.small[rows]
        photos = torch.from_numpy(np.ascontiguousarray(stored)).to(self._device)
        if not shopper:
            return catalogue_view(photos, self._side_px)
        behind = cache.backgrounds[rng.integers(0, len(cache.backgrounds), len(rows))]
        return shopper_view(photos, torch.from_numpy(behind).to(self._device), self._side_px)
