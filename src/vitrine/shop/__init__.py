"""The composition root: build, open, search and keep a shop."""

from vitrine.shop.compare_results import (
    Comparison,
    Offer,
    OfferGroup,
    OfferGroups,
    PriceDrop,
    PriceDrops,
)
from vitrine.shop.event_files import EventReport, import_events
from vitrine.shop.exporting import export_products
from vitrine.shop.failures import read_failures, write_failures
from vitrine.shop.feedback import Refused, ShopEvents, Taken
from vitrine.shop.garments import LEAST_GARMENT_SHARE, Garment
from vitrine.shop.heat_maps import Explanation, Side
from vitrine.shop.opening import build, create_shop, look_into_shop, open_shop
from vitrine.shop.recommending import Recommendations
from vitrine.shop.results import ImportReport, SearchResult, product_to_json
from vitrine.shop.shop import Shop
from vitrine.shop.tag_maps import TagExplanation, TagMap, explain_tags
from vitrine.shop.videos import VideoResult

__all__ = [
    "LEAST_GARMENT_SHARE",
    "Comparison",
    "EventReport",
    "Explanation",
    "Garment",
    "ImportReport",
    "Offer",
    "OfferGroup",
    "OfferGroups",
    "PriceDrop",
    "PriceDrops",
    "Recommendations",
    "Refused",
    "SearchResult",
    "Shop",
    "ShopEvents",
    "Side",
    "TagExplanation",
    "TagMap",
    "Taken",
    "VideoResult",
    "build",
    "create_shop",
    "explain_tags",
    "export_products",
    "import_events",
    "look_into_shop",
    "open_shop",
    "product_to_json",
    "read_failures",
    "write_failures",
]
