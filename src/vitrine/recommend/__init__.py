"""What to show whom: candidates from looks and behaviour, ranked, varied and explained."""

from vitrine.recommend.behaviour import Behaviour, behaviour_of
from vitrine.recommend.factors import Factors, Learned, Space, factors_from_bytes
from vitrine.recommend.knowledge import Knowledge, Placed, count, know
from vitrine.recommend.ladder import Judge, Ladder
from vitrine.recommend.nouns import BECAUSE, KINDS, Asked, Recommended, Recommender
from vitrine.recommend.shelf import FIELDS, Shelf, make_shelf, shelf_of
from vitrine.recommend.table import RECOMMENDERS, blend, ranked

__all__ = [
    "BECAUSE",
    "FIELDS",
    "KINDS",
    "RECOMMENDERS",
    "Asked",
    "Behaviour",
    "Factors",
    "Judge",
    "Knowledge",
    "Ladder",
    "Learned",
    "Placed",
    "Recommended",
    "Recommender",
    "Shelf",
    "Space",
    "behaviour_of",
    "blend",
    "count",
    "factors_from_bytes",
    "know",
    "make_shelf",
    "ranked",
    "shelf_of",
]
