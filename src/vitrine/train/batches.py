"""Random batches: pixels, labels, kinds and texts, put together row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vitrine.encoders import Tokenizer, words_of
from vitrine.train.augment import catalogue_view, recolour, shopper_view
from vitrine.train.cache import Cache
from vitrine.train.labels import PHRASE_HEADS
from vitrine.train.plan import Recipe, Stage
from vitrine.train.table import SMALL, Table
from vitrine.train.words import NoisyWords, padded, phrase_of
from vitrine.types import Rows

_SHOPPER_SHARE = 0.15
_RECOLOUR_SHARE = 0.5
_TITLE_SHARE = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """n photos followed by second views of the first of them; texts of the n, then extras."""

    pixels: Tensor
    """(n + second, 3, height, width) in 0..1."""
    rows: Tensor
    """(n + second,) of the table."""
    n: int
    recoloured: Tensor
    """(n + second,) bool: the colour is not the product's own."""
    labels: Tensor
    shopper: Tensor
    kinds: Tensor
    token_ids: Tensor
    """(texts, tokens)."""
    match: Tensor
    """(n + second, texts) bool."""


class Batches:
    """Draws batches without end, from one generator whose state can be kept."""

    def __init__(
        self,
        table: Table,
        cache: Cache,
        tokenizer: Tokenizer,
        recipe: Recipe,
        seed: int,
        device: torch.device,
    ) -> None:
        self.table, self.cache, self.device = table, cache, device
        self._noisy = NoisyWords(tokenizer)
        self.rng = np.random.default_rng(seed)
        train = table.rows("train")
        self.n_train = len(train)
        self._recipe = recipe
        self._pools: Mapping[str, Rows] = {
            str(name): table.rows("train", str(name)) for name in np.unique(table.pools[train])
        }
        self._titled = train[table.titles[train] >= 0]
        self._phrase_heads = [head for head in PHRASE_HEADS if head in table.values]
        self._columns = [table.heads.index(head) for head in self._phrase_heads]

    def draw(self, stage: Stage, side_px: tuple[int, int]) -> Batch:
        """One batch of photos bent to `side_px`."""
        rows = self._draw_rows(stage)
        second = rows[: min(self._recipe.n_second, len(rows))]
        pixels, recoloured = self._pixels(rows, len(second), side_px)
        twice = np.concatenate([rows, second])
        labels = torch.from_numpy(self.table.labels[twice])
        if "base_colour" in self.table.values:
            labels[recoloured, self.table.heads.index("base_colour")] = -1
        kinds = torch.from_numpy(self.table.kinds[twice]).masked_fill(recoloured, -1)
        token_ids, match = self.texts(rows, twice)
        match[recoloured] = False
        return Batch(
            pixels=pixels,
            rows=self._there(torch.from_numpy(twice)),
            n=len(rows),
            recoloured=self._there(recoloured),
            labels=self._there(labels),
            shopper=self._there(torch.from_numpy(self.table.shopper[twice])),
            kinds=self._there(kinds),
            token_ids=self._there(token_ids),
            match=self._there(match),
        )

    def _draw_rows(self, stage: Stage) -> Rows:
        pools = self._pools
        weights = [stage.small_weight if name.endswith(SMALL) else 1.0 for name in pools]
        share = np.array([len(r) * w for r, w in zip(pools.values(), weights, strict=True)])
        counts = self.rng.multinomial(min(stage.n, self.n_train), share / share.sum())
        drawn = [
            self.rng.choice(rows, count, replace=count > len(rows))
            for rows, count in zip(pools.values(), counts, strict=True)
        ]
        return self.rng.permutation(np.concatenate(drawn))

    def _pixels(self, rows: Rows, n_second: int, side_px: tuple[int, int]) -> tuple[Tensor, Tensor]:
        bent = self.rng.random(len(rows)) < _SHOPPER_SHARE
        bent[:n_second] = False
        other_colour = self.rng.random(n_second) < _RECOLOUR_SHARE
        shopper = np.concatenate([bent, other_colour == 0])
        rows = np.concatenate([rows, rows[:n_second]])
        large = self.cache.large_row[rows] >= 0
        large &= side_px[0] > self.cache.small.shape[1]
        out = torch.empty(len(rows), 3, *side_px, device=self.device)
        for is_large in (False, True):
            for is_shopper in (False, True):
                at = np.flatnonzero((large == is_large) & (shopper == is_shopper))
                if len(at):
                    view = self._view(rows[at], is_large, is_shopper, side_px)
                    out[self._there(torch.from_numpy(at))] = view
        recoloured = torch.zeros(len(rows), dtype=torch.bool)
        recoloured[len(rows) - n_second :] = torch.from_numpy(other_colour)
        if bool(recoloured.any()):
            chosen = self._there(recoloured)
            out[chosen] = recolour(out[chosen])
        return out.contiguous(memory_format=torch.channels_last), recoloured

    def _view(self, rows: Rows, large: bool, shopper: bool, side_px: tuple[int, int]) -> Tensor:
        cache = self.cache
        stored = cache.large[cache.large_row[rows]] if large else cache.small[rows]
        photos = self._there(torch.from_numpy(np.ascontiguousarray(stored)))
        if not shopper:
            return catalogue_view(photos, side_px)
        behind = cache.backgrounds[self.rng.integers(0, len(cache.backgrounds), len(rows))]
        return shopper_view(photos, self._there(torch.from_numpy(behind)), side_px)

    def texts(self, rows: Rows, seen: Rows) -> tuple[Tensor, Tensor]:
        """Titles and phrases of `rows` and of others, and which photos of `seen` they are true of.

        Returns:
            (texts, tokens) token ids and (len(seen), texts) bool.
        """
        n_extra = min(self._recipe.n_extra_texts, len(self._titled))
        asked = np.concatenate([rows, self.rng.choice(self._titled, n_extra, replace=False)])
        ids: list[list[int]] = []
        by_title = np.zeros(len(asked), bool)
        used = np.zeros((len(asked), len(self._phrase_heads)), bool)
        for i, row in enumerate(asked):
            photo, title = self.table.photos[int(row)], self.table.words[int(row)]
            if title and self.rng.random() < _TITLE_SHARE:
                by_title[i] = True
                known = self._noisy.ids(title, self.rng, hash_share=0.1, drop_share=0.1)
                ids.append(known)
            elif any(head in photo.labels for head in self._phrase_heads):
                phrase, heads = phrase_of(photo.labels, self.rng)
                used[i] = [head in heads for head in self._phrase_heads]
                ids.append(self._noisy.ids(words_of(phrase), self.rng, hash_share=0.05))
            else:
                ids.append([])
        match = self._matches(seen, asked, by_title, used)
        width = max(1, *(len(numbers) for numbers in ids))
        return torch.from_numpy(padded(ids, width)), torch.from_numpy(match)

    def _matches(
        self, photos: Rows, asked: Rows, by_title: NDArray[np.bool_], used: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """A title goes with every photo of that title, a phrase with all that it is true of."""
        table = self.table
        labels = table.labels[:, self._columns]
        true = np.ones((len(photos), len(asked)), bool)
        for column in range(len(self._columns)):
            same = labels[photos, column, None] == labels[None, asked, column]
            true &= same | ~used[None, :, column]
        same_title = table.titles[photos, None] == table.titles[None, asked]
        same_title &= table.titles[asked] >= 0
        return np.where(by_title[None], same_title, true & used.any(axis=1, keepdims=True).T)

    def _there(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.device)
