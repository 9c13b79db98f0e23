"""Outfits: slots, what goes together, and combinations around pieces that are given."""

from vitrine.outfits.building import (
    Closet,
    Combination,
    alternatives,
    pair_logits,
    score_of,
)
from vitrine.outfits.choosing import closet_of, outfits_in
from vitrine.outfits.compatibility import (
    Compatibility,
    learn_kinds,
    read_compatibility,
    shipped_compatibility,
)
from vitrine.outfits.learning import learn
from vitrine.outfits.looks import Looks
from vitrine.outfits.pieces import Pieces, naming_tag, piece_of_photo, pieces_of
from vitrine.outfits.question import BudgetError, OutfitQuestion, outfit_question
from vitrine.outfits.reasons import reason
from vitrine.outfits.slots import KINDS, NO_KIND, SLOTS, kind_of

__all__ = [
    "KINDS",
    "NO_KIND",
    "SLOTS",
    "BudgetError",
    "Closet",
    "Combination",
    "Compatibility",
    "Looks",
    "OutfitQuestion",
    "Pieces",
    "alternatives",
    "closet_of",
    "kind_of",
    "learn",
    "learn_kinds",
    "naming_tag",
    "outfit_question",
    "outfits_in",
    "pair_logits",
    "piece_of_photo",
    "pieces_of",
    "read_compatibility",
    "reason",
    "score_of",
    "shipped_compatibility",
]
