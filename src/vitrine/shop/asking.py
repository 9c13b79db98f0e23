"""What a shop answers: searches, explanations, products."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vitrine.encoders import Encoder
from vitrine.errors import NotFoundError
from vitrine.search import Box, Query, query_of
from vitrine.settings import Settings
from vitrine.shop.eyes import Eyes
from vitrine.shop.finding import find
from vitrine.shop.garments import Garment, find_garments
from vitrine.shop.heat_maps import Explanation, explain
from vitrine.shop.results import SearchResult
from vitrine.shop.tag_maps import TagExplanation, tags_explained
from vitrine.shop.videos import VideoResult, search_video
from vitrine.shop.viewing import LatestView
from vitrine.store import Store
from vitrine.types import EncoderIdentity, Product, Tags, Vectors, Where

if TYPE_CHECKING:
    from vitrine.search.query import Photo, Weights


class AskedShop:
    """Search a catalogue; safe to share between threads.

    Every search first looks whether this or another process changed the shop (one tiny query) and
    then answers from one immutable view.

    Args:
        store: where the rows are.
        settings: limits, threads, where models are.
        encoder: name or folder of the encoder, or the encoder itself; None takes the one that the
            shop names.
        loaded: the encoder, where it is at hand, so that it is not loaded again.

    Raises:
        EncoderMismatchError: `encoder` is not the one that made the shop's vectors.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        encoder: str | Path | Encoder | None = None,
        loaded: Encoder | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._eyes = Eyes(settings, encoder, store.location, loaded)
        self._view = LatestView(store)
        if encoder is not None:
            self._eyes.encoder(store.encoder())

    @property
    def location(self) -> str:
        """Path of the shop file."""
        return self._store.location

    @property
    def encoder(self) -> EncoderIdentity:
        """The encoder whose vectors are searched."""
        return self._store.encoder()

    def __len__(self) -> int:
        return self._view().n_products

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the shop cannot be used afterwards."""
        self._store.close()

    # searching

    def search(
        self,
        *,
        image: Photo | Sequence[Photo] | None = None,
        like: str | Sequence[str] | Weights = (),
        text: str | None = None,
        where: Where | str | None = None,
        k: int = 12,
        but: str | None = None,
        dislike: str | Sequence[str] | Weights = (),
        dislike_image: Photo | Sequence[Photo] | None = None,
        crop: Box | Sequence[float] | str | None = None,
        sort: str = "relevance",
        diversity: float = 0.0,
        group_by: str = "none",
        min_score: float | None = None,
        offset: int = 0,
        facets: str | Sequence[str] = (),
    ) -> SearchResult:
        """Find products by photos, by products like them, or by words, within a filter.

        Args:
            image: photos: each a path, encoded bytes, or a PIL image.
            like: product ids, or a mapping to their weights. Several, and photos with them, are
                searched by their mean. What is liked or disliked is never among the hits.
            text: words. With an encoder that understands words they also find photos.
            where: a filter, as an object or as one line (`gender=women price<50`). Alone it gives
                every product that it lets through.
            k: how many hits; all k come back if k products (or groups) match.
            but: what should differ from the photos and products: "red", "cheaper", "for men",
                "without stripes"; the rest is kept as far as possible.
            dislike: product ids, or weights, to keep away from.
            dislike_image: photos to keep away from.
            crop: left, top, right, bottom as shares 0..1 of the one photo: the part to look at.
            sort: relevance, price_asc, price_desc or newest. Where every product has some score,
                another order than relevance holds among the most relevant (200; in shops below
                4,000 products a twentieth), then among as many that follow.
            diversity: 0..1, how much hits should differ from each other.
            group_by: item_group_id or near_duplicate: of each group only the best is a hit.
            min_score: hits below are left out; if none remains, `nothing_close` says so.
            offset: how many hits to pass over.
            facets: fields whose values are counted over all that matches.

        Returns:
            Hits, best first; ties by product id. Of photos and products the score is the
            probability that a hit shows the same article type in the same colour, where that was
            measured of the encoder, else the cosine with the hit's best photo, which `why` has in
            any case. Of words it is the share of them found, or, where they find photos too, how
            near to being first in both rankings. `docs/search.md` tells of mixtures.

        Raises:
            QueryError: nothing to search by, an unknown field, or a value out of its range.
            NotFoundError: a liked or disliked product does not exist.
            ImageError: a photo cannot be read.
        """
        query = query_of(
            image=image,
            dislike_image=dislike_image,
            like=like,
            dislike=dislike,
            crop=crop,
            where=where,
            facets=facets,
            text=text,
            but=but,
            k=k,
            offset=offset,
            sort=sort,
            diversity=diversity,
            group_by=group_by,
            min_score=min_score,
        )
        return self.answer(query)

    def answer(self, query: Query) -> SearchResult:
        """Answer a query as `search` does."""
        started = time.perf_counter()
        found = find(self._store, self._view(), self._eyes, query)
        return replace(found, took_ms=(time.perf_counter() - started) * 1000)

    def search_video(self, video: str | Path, **asked: Any) -> VideoResult:
        """Find products that a video shows: one frame a second, those that look alike left out.

        Args:
            video: an MP4, MOV, WebM, Matroska or AVI file of at most 10 minutes; needs PyAV.
            **asked: keywords as for `search`, but for image, offset, sort, diversity and facets.

        Raises:
            MissingExtraError: PyAV is not installed.
            QueryError: as `search`, or something is asked that belongs to one photo.
            ImageError: the video cannot or must not be read.
        """
        return search_video(self.answer, video, asked)

    def explain(self, product_id: str, query: Query | None = None, **asked: Any) -> Explanation:
        """Say why a product is a hit, with heat maps where the encoder has cells.

        Args:
            product_id: a hit of the query.
            query: what was asked.
            **asked: in its place, keywords as for `search`.

        Raises:
            NotFoundError: no such product.
            QueryError: the product is no hit of this query.
            ImageError: a photo of the query cannot be read.
        """
        query = query or query_of(**asked)
        return explain(self._store, self._view(), self._eyes, self._settings, query, product_id)

    def explain_tags(
        self,
        image: Photo,
        *,
        tags: Sequence[str] = (),
        crop: Box | Sequence[float] | str | None = None,
    ) -> TagExplanation:
        """Say what this shop's encoder sees on a photo, with a heat map of every tag.

        Args:
            image: path, bytes, or a picture.
            tags: `article_type` or `article_type=Dresses`; nothing gives the surest of every
                attribute.
            crop: the part of the photo: left, top, right and bottom as shares 0..1.

        Raises:
            UsageError: no such tag, or the encoder cannot tell which places speak for its tags.
            ImageError: the photo cannot be read.
        """
        return tags_explained(self._eyes, self._view().encoder, image, tags, crop)

    def find_garments(self, image: Photo) -> list[Garment]:
        """Find up to five garments on a photo of a person, the surest first.

        Each has a box that goes into `search` as `crop`, and a name as far as the encoder has one.

        Raises:
            ImageError: the photo cannot be read.
        """
        return find_garments(self._eyes, self._view().encoder, image)

    def embed(self, image: Photo) -> Vectors:
        """Vector (dim,) of a photo under this shop's encoder."""
        return self._eyes.look(image, self._view().encoder)[0]

    # products

    def get(self, product_id: str) -> Product:
        """One product.

        Raises:
            NotFoundError: no such product.
        """
        found = self._store.products([product_id])
        if product_id not in found:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")
        return found[product_id]

    def get_all(self, product_ids: Iterable[str]) -> dict[str, Product]:
        """Products by their ids, as they are now; those that do not exist are left out."""
        return self._store.products(list(dict.fromkeys(product_ids)))

    def tags(self, product_id: str) -> Tags:
        """What the encoder is sure of on a product's first photo; empty where it has none.

        Raises:
            NotFoundError: no such product.
        """
        view = self._view()
        if product_id not in view.product_row_of:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")
        return view.tags_of(product_id)

    def products(self) -> Iterator[Product]:
        """Every product in order of `product_id`."""
        return (product for product, _ in self._store.iterate())

    def thumbnail(self, product_id: str, position: int = 0) -> bytes | None:
        """A small copy of a product's photo, as an encoded image; None if it has none there."""
        refs = self._store.photos([product_id]).get(product_id, ())
        sha256 = refs[position].sha256 if position < len(refs) else ""
        return self._store.thumbnail(sha256) if sha256 else None
