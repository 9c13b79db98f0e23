"""Quick figures on the validation part, for the log."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from vitrine.encoders import Tokenizer
from vitrine.train.cache import Cache
from vitrine.train.precision import Precision
from vitrine.train.student import Student
from vitrine.train.table import SMALL, Table
from vitrine.train.towers import ImageTower
from vitrine.types import Rows, Vectors
from vitrine.vectors import unit

FIGURES = ("sharp_", "small_", "title_", "shopper_p")
"""How the names of figures begin: accuracy by head of photos that are at least as large as the
model's, of smaller ones, recall by title, and precision of shoppers' photos."""
_MOST_ROWS = 2000
_BATCH = 128


class Validation:
    """Tags, titles and shoppers' photos of unseen groups, in some ten seconds.

    Args:
        table: the photos.
        cache: their pixels.
        tokenizer: for titles.
        precision: device and number format.
    """

    def __init__(
        self, table: Table, cache: Cache, tokenizer: Tokenizer, precision: Precision
    ) -> None:
        self.table, self.cache, self.precision = table, cache, precision
        validation = table.rows("validation")
        shopper = table.is_shopper()
        small = np.array([str(pool).endswith(SMALL) for pool in table.pools], bool)
        self._parts = {
            "sharp": _some(validation[~shopper[validation] & ~small[validation]]),
            "small": _some(validation[~shopper[validation] & small[validation]]),
        }
        self._shoppers = _some(np.flatnonzero(shopper & (table.parts != "train")))
        titled = np.concatenate(list(self._parts.values()))
        self._titled = titled[table.titles[titled] >= 0]
        titles = [table.photos[int(row)].title for row in self._titled]
        self._token_ids = torch.from_numpy(tokenizer.encode(titles)).to(precision.device)

    def __call__(self, student: Student, side_px: tuple[int, int]) -> dict[str, float]:
        """Accuracy per head (sharp and small photos), title recall, shoppers' precision at 10."""
        found: dict[str, float] = {}
        for part, rows in self._parts.items():
            if len(rows):
                _, logits = self._embed(student.image, rows, side_px)
                found |= {f"{part}_{h}": a for h, a in self._accuracies(rows, logits).items()}
        if len(self._titled) > 10:
            images, _ = self._embed(student.image, self._titled, side_px)
            found |= self._title_recall(student, images)
        if len(self._shoppers) > 10:
            vectors, _ = self._embed(student.image, self._shoppers, side_px)
            found |= self._shopper_precision(vectors)
        return found

    def _accuracies(self, rows: Rows, logits: dict[str, NDArray[np.float32]]) -> dict[str, float]:
        found: dict[str, float] = {}
        for column, head in enumerate(self.table.heads):
            labels = self.table.labels[rows, column]
            known = labels >= 0
            if known.any():
                right = logits[head].argmax(1) == labels
                found[head] = float(right[known].mean())
        return found

    def _title_recall(self, student: Student, images: Vectors) -> dict[str, float]:
        """Asked by its title: is a photo of that very title first, and among the first ten."""
        with torch.no_grad():
            texts = unit(student.text.eval()(self._token_ids).cpu().numpy())
        top = np.argsort(-(texts @ images.T), axis=1, kind="stable")[:, :10]
        titles = self.table.titles[self._titled]
        hit = titles[top] == titles[:, None]
        return {"title_r1": float(hit[:, 0].mean()), "title_r10": float(hit.any(1).mean())}

    def _shopper_precision(self, vectors: Vectors) -> dict[str, float]:
        """Share of the ten nearest photos of other senders with the same label."""
        senders = [self.table.photos[int(row)].sender for row in self._shoppers]
        codes = np.unique(senders, return_inverse=True)[1]
        labels = self.table.shopper[self._shoppers]
        scores = np.where(codes[:, None] == codes[None], -2.0, vectors @ vectors.T)
        top = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        asked = labels >= 0
        if not asked.any():
            return {}
        return {"shopper_p10": float((labels[top[asked]] == labels[asked, None]).mean())}

    @torch.no_grad()
    def _embed(
        self, tower: ImageTower, rows: Rows, side_px: tuple[int, int]
    ) -> tuple[Vectors, dict[str, NDArray[np.float32]]]:
        tower.eval()
        vectors: list[NDArray[np.float32]] = []
        logits: dict[str, list[NDArray[np.float32]]] = {head: [] for head in self.table.heads}
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            pixels = self.cache.pixels(part, side_px, self.precision.device)
            feature = tower.see(pixels, self.precision)
            vectors.append(tower.project(feature).cpu().numpy())
            for head, layer in tower.heads.items():
                logits[head].append(layer(feature).cpu().numpy())
        return unit(np.concatenate(vectors)), {h: np.concatenate(v) for h, v in logits.items()}


def _some(rows: Rows) -> Rows:
    """At most 2,000 rows, spread evenly."""
    if len(rows) <= _MOST_ROWS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _MOST_ROWS).astype(np.int64)]
