"""What to show whom: candidates from looks and behaviour, ranked, varied and explained."""

from vitrine.recommend.behaviour import Behaviour, behaviour_of
from vitrine.recommend.factors import Factors, Learned, Space, factors_from_bytes
from vitrine.recommend.knowledge import Counted, Knowledge, Placed, count, know
from vitrine.recommend.ladder import Judge, Ladder
from vitrine.recommend.learning import LEARNERS, learn, learned_from_bytes
from vitrine.recommend.nouns import BECAUSE, KINDS, Asked, Recommended, Recommender
from vitrine.recommend.ranker import Ranker, ranker_from_bytes
from vitrine.recommend.shelf import FIELDS, Shelf, make_shelf, shelf_of
from vitrine.recommend.table import RECOMMENDERS, blend, ladder_for, ranked
from vitrine.recommend.training import LEAST_EXAMPLES, TrainedRanker, train_ranker

__all__ = [
    "BECAUSE",
    "FIELDS",
    "KINDS",
    "LEARNERS",
    "LEAST_EXAMPLES",
    "RECOMMENDERS",
    "Asked",
    "Behaviour",
    "Counted",
    "Factors",
    "Judge",
    "Knowledge",
    "Ladder",
    "Learned",
    "Placed",
    "Ranker",
    "Recommended",
    "Recommender",
    "Shelf",
    "Space",
    "TrainedRanker",
    "behaviour_of",
    "blend",
    "count",
    "factors_from_bytes",
    "know",
    "ladder_for",
    "learn",
    "learned_from_bytes",
    "make_shelf",
    "ranked",
    "ranker_from_bytes",
    "shelf_of",
    "train_ranker",
]
