"""What a shop answers: searches, explanations, products."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vitrine.encoders import Encoder
from vitrine.errors import NotFoundError
from vitrine.outfits import outfit_question
from vitrine.search import Box, Query, parse_where, query_of
from vitrine.settings import Settings
from vitrine.shop.compare_results import Comparison, OfferGroups, PriceDrops
from vitrine.shop.comparing import Comparer, compare_question
from vitrine.shop.eyes import Eyes
from vitrine.shop.feedback import ShopEvents, shop_events
from vitrine.shop.finding import find
from vitrine.shop.garments import Garment, find_garments
from vitrine.shop.heat_maps import Explanation, explain
from vitrine.shop.outfit_results import OutfitResult
from vitrine.shop.outfitting import Outfitter, box_on
from vitrine.shop.price_drops import find_price_drops
from vitrine.shop.recommending import Recommendations, Recommending, wish_of
from vitrine.shop.recommending_to_all import recommend_to_all
from vitrine.shop.results import SearchResult
from vitrine.shop.style_suggestions import StyleSuggestion
from vitrine.shop.styling import Styling
from vitrine.shop.training import train_shop_ranker
from vitrine.shop.videos import VideoResult, search_video
from vitrine.shop.viewing import LatestView
from vitrine.store import Store
from vitrine.types import EncoderIdentity, Product, Tags, Vectors, Where

if TYPE_CHECKING:
    from vitrine.recommend import TrainedRanker
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
        self.styles = Styling(store, self._view, lambda: self._eyes)
        """Clusters of looks: found, named, and given to products."""
        self._outfitter = Outfitter(store, self._view, self._eyes)
        self._comparer = Comparer(store, self._view)
        self._events = shop_events(store, settings)
        self._recommending = Recommending(store, self._events, self._view)
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

    @property
    def events(self) -> ShopEvents:
        """What visitors did, for recommendations; appended, read and purged here."""
        return self._events

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
        self._events.close()
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

    def find_garments(self, image: Photo) -> list[Garment]:
        """Find up to five garments on a photo of a person, the surest first.

        Each has a box that goes into `search` as `crop`, and a name as far as the encoder has one.

        Raises:
            ImageError: the photo cannot be read.
        """
        return find_garments(self._eyes, self._view().encoder, image)

    # outfits

    def outfits(
        self,
        *,
        like: str | Sequence[str] = (),
        image: Photo | None = None,
        crop: Box | Sequence[float] | str | None = None,
        where: Where | str | None = None,
        **asked: Any,
    ) -> OutfitResult:
        """Complete the look: outfits around products, or around one's own photo.

        Args:
            like: product ids that every outfit holds; `keep` says more of them.
            image: a photo of one garment that somebody has.
            crop: the part of the photo to look at, as in `search`.
            where: a filter for whatever is added.
            **asked: `budget` ("100 EUR", for all products together), `season`, `gender`,
                `exclude` (product ids), `slots` (what an outfit is made of), `k` (how many),
                `pieces` (most in one), `alternatives` (how many for each piece), and `shuffle`
                (another number gives other ideas, the same each time).

        Raises:
            QueryError: nothing to begin with, two pieces in one slot, one in none, or a value out
                of its range.
            NotFoundError: a product does not exist.
            ImageError: the photo cannot be read.
        """
        tree = parse_where(where) if isinstance(where, str) else where
        question = outfit_question(like=like, where=tree, **asked)
        return self._outfitter.outfits(question, image, box_on(image, crop))

    def judge_outfit(
        self, products: Sequence[str], *, where: Where | str | None = None, **asked: Any
    ) -> OutfitResult:
        """Score products as somebody put them together, no two in one slot.

        Args:
            products: ids, two or more.
            where: a filter for alternatives.
            **asked: `alternatives`, `budget`, `season`, `gender` and `exclude` as in `outfits`;
                all but the first speak of alternatives.

        Raises:
            QueryError: fewer than two products, two in one slot, one in none.
            NotFoundError: a product does not exist.
        """
        tree = parse_where(where) if isinstance(where, str) else where
        return self._outfitter.judge(outfit_question(like=products, where=tree, **asked))

    def recommend(self, **asked: Any) -> Recommendations:
        """Recommend products to a visitor, known or not; `docs/recommendations.md` tells how.

        Args:
            **asked: keywords of `wish_of`: visitor, like, dislike, viewed, where, k, offset, kind
                (for-you, looking-similar, bought-together or trending), age, gender, region,
                explore, at.

        Returns:
            k hits, best first, if k products match the filter; each says why it is there. Nothing
            that is out of stock, liked in the question or disliked is among them.

        Raises:
            QueryError: an unknown kind or field, or a number out of its range.
            NotFoundError: a product that was named does not exist.
        """
        return self._recommending.answer(wish_of(**asked))

    def train_ranker(
        self, *, seed: int = 0, on_step: Callable[[str], None] = lambda _: None
    ) -> TrainedRanker:
        """Train a ranker on the shop's events; kept and used if it beats the untrained blend.

        Raises:
            DataError: too few visitors came back.
            MissingExtraError: the extra 'recommend' is not installed.
        """
        return train_shop_ranker(self._store, self._events, self._view, seed=seed, on_step=on_step)

    def recommend_to_all(self, k: int = 12) -> Iterator[tuple[str, list[str]]]:
        """Give k product ids, best first, for every visitor of whom anything is known.

        Raises:
            NotFoundError: there are neither events nor visitors.
        """
        return recommend_to_all(self._store, self._events, self._view, k)

    @property
    def recommending(self) -> Recommending:
        """What recommendations are made of: counts, events, a trained ranker."""
        return self._recommending

    # styles

    def suggest_styles(
        self, photos: Sequence[Photo], *, where: Where | str | None = None, k: int = 4
    ) -> StyleSuggestion:
        """Find somebody's own style from photos, and what fits it in each part of the wardrobe.

        Args:
            photos: 1 to 50: paths, encoded bytes, or PIL images.
            where: a filter on what is suggested, as an object or as one line.
            k: how many products in each part of the wardrobe, 1 to 24.

        Raises:
            NotFoundError: no styles were found in this shop yet.
            UsageError: no photos, or too many, or k out of its range.
            ImageError: a photo cannot be read.
        """
        chosen = parse_where(where) if isinstance(where, str) else where

        def popular(n: int) -> list[str]:
            return [hit.product_id for hit in self.recommend(where=chosen, k=n).hits]

        return self.styles.suggest(photos, popular=popular, where=chosen, k=k)

    # the same elsewhere

    def compare(self, product_id: str, **asked: Any) -> Comparison:
        """Find the same product at other sellers, and its design in other colours.

        Args:
            product_id: a listing.
            **asked: `rates` between currencies ("EUR=90 INR"), `sort` (probability or price),
                `min_probability` (default .5) and `k` (how many, default 20).

        Raises:
            NotFoundError: no such product.
            UsageError: a value is out of its range, or prices in several currencies are to be
                sorted without a rate.
        """
        return self._comparer.compare(product_id, compare_question(**asked))

    def compare_all(self, **asked: Any) -> OfferGroups:
        """Give every product that several sellers have; keywords as for `compare`."""
        return self._comparer.groups(compare_question(**asked))

    def price_drops(self, since: str | datetime | None = None, k: int = 20) -> PriceDrops:
        """Find products that cost less than they did, the largest share first.

        Args:
            since: a moment, or a date such as "2026-11-01"; without a zone it is UTC. Default: 30
                days ago. What came into the shop later is compared with its first price.
            k: how many.

        Raises:
            QueryError: no date, or `k` is below 1.
        """
        return find_price_drops(self._store, since, k)

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
