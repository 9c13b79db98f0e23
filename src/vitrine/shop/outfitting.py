"""Outfits out of a shop: around products or a photo, or as somebody put them together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.colours import dominant_colours
from vitrine.errors import QueryError
from vitrine.index import Snapshot
from vitrine.outfits import (
    NO_KIND,
    Closet,
    Combination,
    Compatibility,
    Looks,
    OutfitQuestion,
    Pieces,
    alternatives,
    closet_of,
    naming_tag,
    outfits_in,
    pair_logits,
    piece_of_photo,
    pieces_of,
    read_compatibility,
    reason,
    score_of,
    shipped_compatibility,
)
from vitrine.search import Box, query_of
from vitrine.shop.eyes import Eyes
from vitrine.shop.outfit_results import Outfit, OutfitPiece, OutfitResult, Pairing
from vitrine.store import Store
from vitrine.types import Json, Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.search.query import Photo

LEARNED = "outfits"
"""The name under which a shop keeps a compatibility of its own."""


@dataclass(frozen=True, slots=True)
class _Wardrobe:
    """What outfits are made from, for one view of the shop."""

    view: Snapshot
    learned_at: str
    compatibility: Compatibility
    pieces: Pieces
    looks: Looks


@dataclass(frozen=True, slots=True)
class _Seen:
    """The one piece on a photo, and the tag that names its kind."""

    piece: Pieces
    tag: Tag

    def to_json(self) -> Json:
        piece = self.piece
        said = {"slot": piece.slot(0), "kind": piece.kind(0), "colour": piece.word("colour", 0)}
        return said | {"sure": round(self.tag.confidence, 4)}

    def doubts(self) -> tuple[str, ...]:
        if not self.tag.unsure:
            return ()
        return (
            f"only {self.tag.confidence:.0%} sure of the kind {self.piece.kind(0)!r} on the photo;"
            " if it is another, crop to one garment, or begin with a product",
        )


class Outfitter:
    """Makes outfits out of a shop's latest view; safe to share between threads.

    Args:
        store: where products and what was learned are.
        view: gives the newest view.
        eyes: gives those of now, for photos.
    """

    def __init__(
        self, store: Store, view: Callable[[], Snapshot], eyes: Callable[[], Eyes]
    ) -> None:
        self._store = store
        self._view = view
        self._eyes = eyes
        self._wardrobe: _Wardrobe | None = None
        self._laying_out = threading.Lock()

    def outfits(
        self, question: OutfitQuestion, image: Photo | None = None, crop: Box | None = None
    ) -> OutfitResult:
        """Make outfits around the products of a question and what is on a photo.

        Raises:
            QueryError: nothing to begin with, two pieces in one slot, one in none, or a budget
                that does not fit.
            NotFoundError: a product does not exist.
            ImageError: the photo cannot be read.
        """
        started = time.perf_counter()
        wardrobe = self._latest()
        seen = None if image is None else self._seen(wardrobe, image, crop)
        view, pieces = wardrobe.view, wardrobe.pieces
        own = None if seen is None else seen.piece
        closet = closet_of(view, pieces, wardrobe.compatibility, question, own)
        found, notes = outfits_in(closet, question)
        shown = tuple(self._shown(view, closet, each, question.n_alternatives) for each in found)
        doubts = () if seen is None else seen.doubts()
        photo = None if seen is None else seen.to_json()
        took_ms = (time.perf_counter() - started) * 1000
        notes = (*doubts, *view.unheard(question.where), *notes)
        return OutfitResult(shown, photo, notes, took_ms)

    def judge(self, question: OutfitQuestion) -> OutfitResult:
        """Score the products of a question as they are, with what could stand in each place.

        Raises:
            QueryError: fewer than two products, two in one slot, or one in none.
            NotFoundError: a product does not exist.
        """
        started = time.perf_counter()
        if len(question.like) < 2:
            raise QueryError("an outfit that is judged has two pieces or more")
        wardrobe = self._latest()
        view = wardrobe.view
        closet = closet_of(view, wardrobe.pieces, wardrobe.compatibility, question)
        as_it_is = Combination(closet.kept, score_of(pair_logits(closet, closet.kept)))
        shown = self._shown(view, closet, as_it_is, question.n_alternatives)
        took_ms = (time.perf_counter() - started) * 1000
        return OutfitResult((shown,), None, tuple(view.unheard(question.where)), took_ms)

    def _latest(self) -> _Wardrobe:
        """Pieces of the newest view, made anew where it or what was learned changed."""
        with self._laying_out:
            view, learned_at = self._view(), self._store.learned_at(LEARNED)
            known = self._wardrobe
            if known is None or known.view is not view or known.learned_at != learned_at:
                compatibility = self._compatibility()
                columns = compatibility.columns.items()
                pieces, looks = pieces_of(view, {name: of.words for name, of in columns})
                known = _Wardrobe(view, learned_at, compatibility, pieces, looks)
                self._wardrobe = known
            return known

    def _compatibility(self) -> Compatibility:
        record = self._store.learned(LEARNED)
        return shipped_compatibility() if record is None else read_compatibility(record.content)

    def _seen(self, wardrobe: _Wardrobe, image: Photo, crop: Box | None) -> _Seen:
        """The piece on a photo."""
        encoder = wardrobe.view.encoder
        vector, tags = self._eyes().look(image, encoder, crop)
        opened = self._eyes().open(image, encoder, crop)
        part = opened if crop is None else opened.crop(crop.pixels(*opened.size))
        colour = dominant_colours(part.convert("RGB"), 1)[0].name
        piece, tag = piece_of_photo(vector, tags, colour, wardrobe.looks), naming_tag(tags)
        if tag is None or piece.kinds[0] == NO_KIND:
            raise QueryError(
                "the shop's encoder cannot tell what piece of an outfit this photo shows; crop it"
                " to one garment, or begin with a product"
            )
        return _Seen(piece, tag)

    def _shown(
        self, view: Snapshot, closet: Closet, found: Combination, n_alternatives: int
    ) -> Outfit:
        """Read the products of an outfit, and give the reasons."""
        others = [
            alternatives(closet, found.rows, n, n_alternatives) for n in range(len(found.rows))
        ]
        ids = {
            row: view.product_ids[row]
            for rows in (found.rows, *others)
            for row in rows
            if row < len(view.product_ids)
        }
        products = self._store.products(list(ids.values()))
        logits = pair_logits(closet, found.rows)
        return Outfit(
            found.score,
            tuple(
                OutfitPiece(
                    closet.pieces.slot(row),
                    products[ids[row]],
                    row in closet.kept,
                    tuple(_pairings(closet, found, n, logits[n], ids)),
                    tuple(products[ids[other]] for other in others[n] if ids[other] in products),
                )
                for n, row in enumerate(found.rows)
                if ids.get(row) in products
            ),
        )


def box_on(image: Photo | None, crop: Box | Sequence[float] | str | None) -> Box | None:
    """Read which part of a photo is meant.

    Raises:
        QueryError: there is no photo, or the part does not read as one.
    """
    if crop is None or isinstance(crop, Box):
        return crop
    if image is None:
        raise QueryError("crop goes with a photo: give one, or leave crop out")
    return query_of(image=image, crop=crop).crop


def _pairings(
    closet: Closet,
    found: Combination,
    place: int,
    logits: NDArray[np.float32],
    ids: dict[int, str],
) -> Iterator[Pairing]:
    for n, other in enumerate(found.rows):
        if n != place:
            says = reason(closet.compatibility, closet.pieces, found.rows[place], other)
            score = float(1 / (1 + np.exp(-logits[n])))
            yield Pairing(ids.get(other), closet.pieces.slot(other), says, score)
