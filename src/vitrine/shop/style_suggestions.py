"""Somebody's own style in the words and products of a shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.outfits import NO_KIND, SLOTS, kind_of
from vitrine.outfits.slots import SLOT_OF_KIND
from vitrine.styles import StyleBoard, StyleSummary, Wardrobe, fitting, wardrobe_of
from vitrine.styles.board import different

if TYPE_CHECKING:
    from vitrine.index import Mask
    from vitrine.types import Json, Rows, Vectors

_N_STYLES = 3
_LEAST_SHARE = 0.1
_OTHER = "other"

Popular = Callable[[int], Sequence[str]]
"""How many -> that many product ids, what is popular first."""


@dataclass(frozen=True, slots=True)
class SuggestedStyle:
    """A style, and how much of somebody's photos it stands for."""

    style: StyleSummary
    share: float

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return self.style.to_json() | {"share": round(self.share, 4)}


@dataclass(frozen=True, slots=True)
class SuggestedLook:
    """Photos that look alike, and the style that they match."""

    photos: tuple[int, ...]
    style_id: str
    name: str
    share: float
    """Of the products nearest to these photos, that are of this style."""


@dataclass(frozen=True, slots=True)
class WardrobePart:
    """Products that fit somebody's photos in one part of the wardrobe."""

    part: str
    """top, bottom, shoes...: a slot of outfits; `other` where a shop says no types."""
    hits: tuple[tuple[str, float], ...]
    """Product id and score, the best first; -1..1."""


@dataclass(frozen=True, slots=True)
class StyleSuggestion:
    """What somebody's photos say."""

    n_photos: int
    styles: tuple[SuggestedStyle, ...]
    """The most representative first; empty where nothing matched."""
    looks: tuple[SuggestedLook, ...]
    outliers: tuple[int, ...]
    """Positions of photos for which no style of the shop stands."""
    wardrobe: tuple[WardrobePart, ...]
    popular: tuple[str, ...]
    """What is popular instead, where nothing matched."""
    notes: tuple[str, ...] = ()
    """What the asker should know, one line each: a filter that lets nothing through, say."""

    @property
    def matched(self) -> bool:
        """Whether a style of the shop stands for any of the photos."""
        return bool(self.styles)

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "matched": self.matched,
            "photos": self.n_photos,
            "style": self.styles[0].to_json() if self.styles else None,
            "styles": [each.to_json() for each in self.styles],
            "looks": [
                {
                    "photos": list(each.photos),
                    "style_id": each.style_id,
                    "name": each.name,
                    "share": round(each.share, 4),
                }
                for each in self.looks
            ],
            "outliers": list(self.outliers),
            "wardrobe": [
                {
                    "part": each.part,
                    "hits": [
                        {"product_id": name, "score": round(score, 4)} for name, score in each.hits
                    ],
                }
                for each in self.wardrobe
            ],
            "popular": list(self.popular),
            **({"notes": list(self.notes)} if self.notes else {}),
        }


def suggestion_for(
    photos: Vectors, board: StyleBoard, allowed: Mask, k: int, popular: Popular
) -> StyleSuggestion:
    """Say what unit vectors (n, dim) of somebody's photos have to do with a shop.

    Args:
        photos: at least one.
        board: the shop's styles.
        allowed: (n_product_rows,) products that may be suggested.
        k: how many in each part of the wardrobe.
        popular: asked where nothing matches.
    """
    found = wardrobe_of(photos, board)
    styles = board.model.styles
    looks = tuple(
        SuggestedLook(each.photos, styles[each.style].style_id, styles[each.style].name, each.share)
        for each in found.looks
    )
    parts = tuple(_wardrobe(found, board, allowed, k)) if looks else ()
    return StyleSuggestion(
        n_photos=len(photos),
        styles=tuple(_styles(found, board)) if looks else (),
        looks=looks,
        outliers=found.outliers,
        wardrobe=parts,
        popular=() if looks else tuple(popular(k * _N_STYLES)),
    )


def _styles(found: Wardrobe, board: StyleBoard) -> Iterator[SuggestedStyle]:
    by_id = {each.style_id: each for each in board.summaries}
    for place in np.argsort(-found.shares, kind="stable")[:_N_STYLES].tolist():
        share = float(found.shares[place])
        if place == found.best or share >= _LEAST_SHARE:
            yield SuggestedStyle(by_id[board.model.styles[place].style_id], share)


def _wardrobe(found: Wardrobe, board: StyleBoard, allowed: Mask, k: int) -> Iterator[WardrobePart]:
    for part, rows in _parts(board):
        among = rows[allowed[board.looks.rows[rows]]]
        if len(among):
            scores = fitting(found, board, among)
            order = np.argsort(-scores, kind="stable")
            score_of = dict(zip(among[order].tolist(), scores[order].tolist(), strict=True))
            chosen = different(board.looks.vectors, among[order].tolist(), k)
            ids = board.looks.product_ids
            yield WardrobePart(part, tuple((ids[row], score_of[row]) for row in chosen))


def _parts(board: StyleBoard) -> Iterator[tuple[str, Rows]]:
    """Slots of outfits and the rows of products that stand in them, the main ones first."""
    slots = np.full(len(board.looks.rows), -1)
    told = np.zeros(len(slots), dtype=np.bool_)
    for field in ("article_type", "sub_category", "product_type"):
        if column := board.looks.said.get(field):
            kinds = [kind_of(word) for word in column.words]
            slot_of = [-1 if k is None or k == NO_KIND else int(SLOT_OF_KIND[k]) for k in kinds]
            known = np.array([kind is not None for kind in kinds] + [False])[column.codes]
            slots = np.where(known & ~told, np.array([*slot_of, -1])[column.codes], slots)
            told |= known
    if not told.any():
        yield _OTHER, np.arange(len(slots))
    for slot, name in enumerate(SLOTS):
        rows = np.flatnonzero(slots == slot)
        if len(rows):
            yield name, rows
