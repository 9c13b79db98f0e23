"""Why one product is a hit, place by place: the cosine split over both photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import (
    Encoder,
    Method,
    as_explainer,
    as_similarity_explainer,
    similarity_map,
)
from vitrine.errors import (
    ConfigurationError,
    EncoderMismatchError,
    FetchError,
    NotFoundError,
    QueryError,
    UsageError,
    VitrineError,
)
from vitrine.images import image_limits, photo_sha256
from vitrine.index import Snapshot
from vitrine.search import Box, HeatMap, Query, heat_map
from vitrine.settings import Settings
from vitrine.shop.eyes import Eyes
from vitrine.shop.finding import find
from vitrine.shop.photos import PhotoSource, is_url
from vitrine.store import PhotoRef, Store
from vitrine.types import Json, Vectors
from vitrine.vectors import unit

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.search.query import Photo
    from vitrine.types import Pixels

_Heat = Callable[[Vectors], HeatMap]
"""A vector -> what in a photo is like it."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two photos that are compared."""

    heat: HeatMap
    photo: Image.Image
    """Upright and whole, about as large as the encoder needs it."""
    product_id: str
    """Whose photo it is; empty for one that the query brought along."""
    position: int
    """Which of the product's photos, or of the query's, from 0."""

    def to_json(self) -> Json:
        """The heat map and whose photo it lies on; not the photo itself."""
        owner = {"product_id": self.product_id} if self.product_id else {}
        return {**self.heat.to_json(), "of": {**owner, "photo": self.position}}


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why a product is a hit of a query."""

    product_id: str
    why: Json
    """As the hit itself has it: shared tags with confidences, matched words, what changed."""
    cosine: float | None = None
    """Of the two photos, or of words and photo; each exact map sums to it. None without maps."""
    query: Side | None = None
    """The query's photo; None for words."""
    hit: Side | None = None
    """The product's photo that matched best."""
    method: Method = "exact"
    """How the maps were made."""
    no_maps: str = ""
    """Why there are no maps; empty where there are."""
    notes: tuple[str, ...] = ()
    """What one should know of the maps, one line each."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        sides = {"query": self.query, "hit": self.hit}
        maps = {name: side.to_json() if side else None for name, side in sides.items()}
        return {
            "product_id": self.product_id,
            "cosine": None if self.cosine is None else round(self.cosine, 6),
            "maps": maps if self.hit else None,
            **({"method": self.method} if self.hit else {}),
            **({"no_maps": self.no_maps} if self.no_maps else {}),
            "why": self.why,
            **({"notes": list(self.notes)} if self.notes else {}),
        }


def explain(
    store: Store, view: Snapshot, eyes: Eyes, settings: Settings, query: Query, product_id: str
) -> Explanation:
    """Say why a product is a hit of a query, with heat maps where the encoder has cells.

    Raises:
        NotFoundError: no such product.
        QueryError: the product is no hit of this query.
        ImageError: a photo of the query cannot be read.
    """
    if product_id not in view.product_row_of:
        raise NotFoundError(f"there is no product {product_id!r} in this shop")
    if product_id in query.like or product_id in query.dislike:
        raise QueryError(f"product {product_id!r} is part of the query, so it is never a hit")
    alone = replace(
        query,
        **{"k": 1, "offset": 0, "diversity": 0.0, "sort": "relevance"},
        **{"group_by": "none", "min_score": None, "facets": ()},
    )
    hits = find(store, view, eyes, alone, only=product_id).hits
    if not hits:
        raise QueryError(
            f"product {product_id!r} is no hit of this search: it does not pass its filter, lacks "
            "what was asked to change, holds none of its words, or has no photo"
        )
    why = hits[0].why
    try:
        maps = _Maps(store, view, eyes, settings, query, _seeing(view, eyes, query))
        return maps.explanation(product_id, why)
    except _NoMapsError as reason:
        return Explanation(product_id, why, no_maps=str(reason))


class _NoMapsError(Exception):
    """Ends the making of maps; says why, in words for a visitor."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A photo whose places can be told apart."""

    photo: Image.Image
    vector: Vectors
    heat: _Heat
    product_id: str = ""
    position: int = 0

    def side(self, other: Vectors) -> Side:
        return Side(self.heat(other), self.photo, self.product_id, self.position)


def _seeing(view: Snapshot, eyes: Eyes, query: Query) -> Encoder:
    """The encoder, if there is something to compare and it can tell places apart."""
    if not query.shows and query.text is None:
        raise _NoMapsError("the query is a filter alone, so there is nothing to compare with")
    name = view.encoder.name
    try:
        encoder = eyes.encoder(view.encoder)
    except EncoderMismatchError:
        raise
    except (UsageError, ConfigurationError, FetchError) as error:
        raise _NoMapsError(f"the encoder {name!r} cannot be loaded") from error
    if as_explainer(encoder) is None and as_similarity_explainer(encoder) is None:
        raise _NoMapsError(f"the encoder {name!r} has no cells to make heat maps of")
    return encoder


def _places(
    encoder: Encoder, pixels: Pixels, size: tuple[int, int], crop: Box | None
) -> tuple[Vectors, _Heat]:
    """Vector of a prepared photo of a size, and what makes heat maps of it."""
    if explainer := as_explainer(encoder):
        frame, cells = explainer.frame(*size), explainer.embed_cells(pixels)[0]
        vector = unit(cells.mean(axis=(1, 2))[np.newaxis])[0]
        return vector, lambda other: heat_map(similarity_map(cells, other), frame, crop)
    guesser = as_similarity_explainer(encoder)
    if guesser is None:
        raise _NoMapsError(f"the encoder {encoder.identity.name!r} cannot tell places apart")
    around = guesser.frame(*size)
    return encoder.embed(pixels)[0], lambda other: heat_map(
        guesser.guess_similarity(pixels, other), around, crop, whole=False
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Maps:
    """Makes the maps of one hit, and gathers what is to be noted."""

    store: Store
    view: Snapshot
    eyes: Eyes
    settings: Settings
    query: Query
    encoder: Encoder
    notes: list[str] = field(default_factory=list[str])

    def explanation(self, product_id: str, why: Json) -> Explanation:
        position, near = self._best_photo(product_id, why)
        asked = self._asked(near) if self.query.shows else None
        hit = self._of_product(product_id, position)
        other = self._words() if asked is None else asked.vector
        return Explanation(
            product_id,
            why,
            float(other @ hit.vector),
            None if asked is None else asked.side(hit.vector),
            hit.side(other),
            self._method(),
            notes=tuple(self.notes),
        )

    def _method(self) -> Method:
        guesser = None if as_explainer(self.encoder) else as_similarity_explainer(self.encoder)
        return guesser.similarity_method if guesser else "exact"

    def _best_photo(self, product_id: str, why: Json) -> tuple[int, Vectors]:
        """Position and vector of the hit's photo that is compared."""
        rows = self.view.photo_rows(product_id)
        if not len(rows):
            raise _NoMapsError(f"product {product_id!r} has no photo")
        positions = self.view.photo_positions[rows].tolist()
        vectors = self.view.photos.vectors(rows)
        if "photo" in why:
            place = positions.index(why["photo"])
        else:
            place = int((vectors @ self._words()).argmax())
        return positions[place], vectors[place]

    def _words(self) -> Vectors:
        words = self.eyes.read(self.query.text or "", self.view.encoder)
        if words is None:
            name = self.view.encoder.name
            raise _NoMapsError(f"the encoder {name!r} understands no words to compare photos with")
        return words

    def _asked(self, near: Vectors) -> _Seen:
        """The photo of the query that is nearest to a vector."""
        view, crop = self.view, self.query.crop
        seen = [
            replace(self._look(image, crop), position=n)
            for n, image in enumerate(self.query.images)
        ]
        liked = [
            (float(view.photos.vectors(rows[n : n + 1])[0] @ near), product_id, position)
            for product_id in self.query.like
            for rows in [view.photo_rows(product_id)]
            for n, position in enumerate(view.photo_positions[rows].tolist())
        ]
        best = max(seen, key=lambda each: float(each.vector @ near), default=None)
        nearest = max(liked, default=None)
        if nearest and (best is None or nearest[0] > float(best.vector @ near)):
            return self._of_product(nearest[1], nearest[2])
        if best is None:
            raise _NoMapsError("no photo stands for what the query likes")
        return best

    def _of_product(self, product_id: str, position: int) -> _Seen:
        """A product's own photo, else its small copy."""
        refs: Sequence[PhotoRef] = self.store.photos([product_id]).get(product_id, ())
        called = f"photo {position} of product {product_id!r}"
        if position >= len(refs):
            raise _NoMapsError(f"{called} was removed a moment ago")
        for data in self._files(refs[position], called):
            try:
                seen = self._look(data, None)
            except VitrineError:
                continue
            return replace(seen, product_id=product_id, position=position)
        raise _NoMapsError(f"{called} cannot be read any more, and there is no small copy of it")

    def _files(self, ref: PhotoRef, called: str) -> Iterator[bytes]:
        """The photo as it was indexed, then its small copy with a note why."""
        if is_url(ref.location):
            reason = "lies on the network and is not fetched for a query"
        else:
            try:
                source = PhotoSource(None, max_bytes=image_limits(self.settings).max_bytes)
                data = source.read(ref.location)
                if photo_sha256(data) == ref.sha256:
                    yield data
                reason = "is another one now than the one that was indexed"
            except VitrineError:
                reason = "cannot be read any more"
        small = self.store.thumbnail(ref.sha256)
        if small is not None:
            self.notes.append(f"{called} {reason}; its small copy was compared instead")
            yield small

    def _look(self, image: Photo, crop: Box | None) -> _Seen:
        photo = self.eyes.open(image, self.view.encoder, crop)
        part = photo if crop is None else photo.crop(crop.pixels(*photo.size))
        pixels = self.encoder.prepare(part)[np.newaxis]
        return _Seen(photo, *_places(self.encoder, pixels, part.size, crop))
