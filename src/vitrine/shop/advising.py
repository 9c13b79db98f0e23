"""What a shop advises: recommendations, outfits, styles, the same product elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.encoders import Encoder
from vitrine.outfits import outfit_question
from vitrine.search import Box, parse_where
from vitrine.settings import Settings
from vitrine.shop.asking import AskedShop
from vitrine.shop.compare_results import Comparison, OfferGroups, PriceDrops
from vitrine.shop.comparing import Comparer, compare_question
from vitrine.shop.feedback import ShopEvents, shop_events
from vitrine.shop.outfit_results import OutfitResult
from vitrine.shop.outfitting import Outfitter, box_on
from vitrine.shop.price_drops import find_price_drops
from vitrine.shop.recommending import Recommendations, Recommending, wish_of
from vitrine.shop.recommending_to_all import recommend_to_all
from vitrine.shop.style_labels import StyleLabels
from vitrine.shop.style_maps import StyleMaps
from vitrine.shop.style_suggestions import StyleSuggestion
from vitrine.shop.styling import Styling
from vitrine.shop.training import train_shop_ranker
from vitrine.shop.trending import ShopTrends, Trending
from vitrine.store import Store
from vitrine.types import Where

if TYPE_CHECKING:
    from vitrine.recommend import TrainedRanker
    from vitrine.search.query import Photo


class AdvisingShop(AskedShop):
    """Recommend, dress and compare, by the catalogue and by what visitors did.

    Takes the arguments of `AskedShop`.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        encoder: str | Path | Encoder | None = None,
        loaded: Encoder | None = None,
    ) -> None:
        super().__init__(store, settings, encoder=encoder, loaded=loaded)
        self.styles = Styling(store, self._view, lambda: self._eyes)
        """Clusters of looks: found, named, and given to products."""
        self._outfitter = Outfitter(store, self._view, lambda: self._eyes)
        self._comparer = Comparer(store, self._view)
        self._events = shop_events(store, settings)
        self._recommending = Recommending(store, self._events, self._view)
        self.style_maps = StyleMaps(store, self.styles)
        """The map of the styles: drawn, and shown with the products of today."""
        self.style_labels = StyleLabels(store, self.styles)
        """Words that people give to a few products, spread over all of them."""
        self._trending = Trending(store, self._view, self.styles, self._events)

    @property
    def events(self) -> ShopEvents:
        """What visitors did, for recommendations; appended, read and purged here."""
        return self._events

    def close(self) -> None:
        """Let go of the file; the shop cannot be used afterwards."""
        self._events.close()
        super().close()

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

    def style_trends(
        self, by: str = "style", *, source: str = "products", dates: str | None = None
    ) -> ShopTrends:
        """Tell which styles or words become more frequent; see `Trending.find`."""
        return self._trending.find(by, source=source, dates=dates)

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
